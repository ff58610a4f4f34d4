-- A company as a text/template of its size: 20,000 customers have 24,000 locations, 100,000 jobs, 150,000 appointments
-- and 180,000 assignments. Everything is visibly made up. Every page of 20 customers has 24 locations. ANALYZE stands
-- behind each insert: the next one joins what is there, and a planner without statistics takes minutes. The triggers
-- are off, which would write every customer once more: phone and email are given as they would.
SELECT set_config('lazi.tenant_id', '1', false);
ALTER TABLE raw.st_customers DISABLE TRIGGER USER;
ALTER TABLE raw.st_customer_contacts DISABLE TRIGGER USER;

INSERT INTO raw.st_tag_types (tenant_id, content_hash, full_data)
SELECT 1, 'x', jsonb_build_object('id', i, 'name', 'Tag ' || i, 'color', '#336699', 'active', true, 'modifiedOn', '2025-01-01T00:00:00Z')
FROM generate_series(1, 10) i;
INSERT INTO raw.st_job_types (tenant_id, content_hash, full_data)
SELECT 1, 'x', jsonb_build_object('id', i, 'name', 'Job Type ' || i, 'active', true, 'modifiedOn', '2025-01-01T00:00:00Z')
FROM generate_series(1, 20) i;
INSERT INTO raw.st_zones (tenant_id, content_hash, full_data)
SELECT 1, 'x', jsonb_build_object('id', i, 'name', 'Zone ' || i, 'active', true, 'modifiedOn', '2025-01-01T00:00:00Z')
FROM generate_series(1, 12) i;
INSERT INTO raw.st_teams (tenant_id, content_hash, full_data)
SELECT 1, 'x', jsonb_build_object('id', i, 'name', 'Team ' || i, 'active', true, 'modifiedOn', '2025-01-01T00:00:00Z')
FROM generate_series(1, 8) i;
INSERT INTO raw.st_technicians (tenant_id, content_hash, full_data)
SELECT 1, 'x', jsonb_build_object('id', i, 'name', 'Technician ' || i, 'active', true, 'team', 'Team ' || (1 + i % 8),
 'createdOn', '2024-01-01T00:00:00Z', 'modifiedOn', '2025-01-01T00:00:00Z')
FROM generate_series(1, 100) i;
ANALYZE raw.st_tag_types, raw.st_job_types, raw.st_zones, raw.st_teams, raw.st_technicians;

INSERT INTO raw.st_customers (tenant_id, content_hash, fetched_at, email, phone, full_data)
SELECT 1, 'x', '2025-06-01T00:00:00Z', 'customer' || i || '@example.test', '303-555-01' || lpad((i % 100)::text, 2, '0'),
 jsonb_build_object('id', 100000 + i, 'name', 'Sample Customer ' || i, 'active', true,
 'type', CASE i % 5 WHEN 0 THEN 'Commercial' ELSE 'Residential' END,
 'address', jsonb_build_object('street', i || ' Example Street', 'unit', NULL, 'city', 'Sampletown', 'state', 'CO', 'zip', (80000 + i % 900)::text, 'country', 'USA'),
 'balance', (i % 977) / 4.0, 'doNotMail', false, 'doNotService', false, 'customFields', '[]'::jsonb, 'tagTypeIds', '[]'::jsonb, 'mergedToId', NULL,
 'createdOn', to_char(timestamp '2020-01-01' + i * interval '1 hour', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
 'modifiedOn', to_char(timestamp '2024-01-01' + i * interval '1 minute', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
FROM generate_series(1, {{.Customers}}) i;
ANALYZE raw.st_customers;

INSERT INTO raw.st_customer_contacts (tenant_id, content_hash, full_data)
SELECT 1, 'x', jsonb_build_object('id', 200000 + 2 * i + k.n, 'customerId', 100000 + i, 'type', k.type, 'memo', NULL,
 'value', CASE k.n WHEN 0 THEN 'customer' || i || '@example.test' ELSE '303-555-01' || lpad((i % 100)::text, 2, '0') END,
 'createdOn', '2024-01-01T00:00:00Z', 'modifiedOn', '2025-01-01T00:00:00Z')
FROM generate_series(1, {{.Customers}}) i CROSS JOIN (VALUES (0, 'Email'), (1, 'Phone')) k (n, type);
ANALYZE raw.st_customers, raw.st_customer_contacts;

INSERT INTO raw.st_locations (tenant_id, content_hash, full_data)
SELECT 1, 'x', jsonb_build_object('id', 300000 + i, 'customerId', 100000 + CASE WHEN i <= {{.Customers}} THEN i ELSE (i - {{.Customers}}) * 5 END,
 'name', 'Location ' || i, 'active', true, 'zoneId', 1 + i % 12,
 'address', jsonb_build_object('street', i || ' Example Street', 'unit', NULL, 'city', 'Sampletown', 'state', 'CO', 'zip', '80000', 'country', NULL,
  'latitude', 39.5 + (i % 97) / 200.0, 'longitude', -105.2 + (i % 89) / 200.0),
 'customFields', '[]'::jsonb, 'tagTypeIds', '[]'::jsonb, 'createdOn', '2024-01-01T00:00:00Z', 'modifiedOn', '2025-01-01T00:00:00Z')
FROM generate_series(1, {{.Locations}}) i;
ANALYZE raw.st_locations;

INSERT INTO raw.st_jobs (tenant_id, content_hash, full_data)
SELECT 1, 'x', jsonb_build_object('id', 400000 + i, 'jobNumber', (400000 + i)::text, 'customerId', l.customer_id, 'locationId', l.st_id,
 'jobTypeId', 1 + i % 20, 'jobStatus', (ARRAY['Completed', 'Scheduled', 'InProgress', 'Canceled'])[1 + i % 4], 'priority', 'Normal',
 'summary', 'Sample work no. ' || i || ': inspect and repair', 'total', i % 1000, 'tagTypeIds', jsonb_build_array(1 + i % 10),
 'customFields', '[]'::jsonb, 'createdOn', '2024-01-01T00:00:00Z', 'modifiedOn', '2025-01-01T00:00:00Z')
FROM generate_series(1, {{.Jobs}}) i JOIN raw.st_locations l ON l.tenant_id = 1 AND l.st_id = 300001 + i::bigint * 7919 % {{.Locations}};
ANALYZE raw.st_jobs;

INSERT INTO raw.st_appointments (tenant_id, content_hash, full_data)
SELECT 1, 'x', jsonb_build_object('id', 600000 + i, 'jobId', j.st_id, 'customerId', j.customer_id, 'appointmentNumber', i::text,
 'start', to_char(timestamp '2025-01-01' + i * interval '5 minutes', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
 'end', to_char(timestamp '2025-01-01 02:00' + i * interval '5 minutes', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
 'status', 'Done', 'isConfirmed', true, 'unused', false, 'active', true, 'createdOn', '2024-01-01T00:00:00Z', 'modifiedOn', '2025-01-01T00:00:00Z')
FROM generate_series(1, {{.Appointments}}) i JOIN raw.st_jobs j ON j.tenant_id = 1 AND j.st_id = 400001 + i % {{.Jobs}};
ANALYZE raw.st_appointments;

INSERT INTO raw.st_appointment_assignments (tenant_id, content_hash, full_data)
SELECT 1, 'x', jsonb_build_object('id', 900000 + i, 'appointmentId', a.st_id, 'jobId', a.job_id, 'technicianId', 1 + (i + i / {{.Appointments}}) % 100,
 'status', 'Done', 'isPaused', false, 'active', true, 'assignedOn', '2025-01-01T00:00:00Z', 'createdOn', '2024-01-01T00:00:00Z', 'modifiedOn', '2025-01-01T00:00:00Z')
FROM generate_series(1, {{.Assignments}}) i JOIN raw.st_appointments a ON a.tenant_id = 1 AND a.st_id = 600001 + i % {{.Appointments}};
ANALYZE raw.st_appointment_assignments;

-- A fortnight that is planned, from Monday 14 June 2027 on, in Denver's summer: 50 technicians work from eight to six and have six
-- visits a day that touch each other from eight to four, 40 of them on the first day, the rest on the others. All
-- have years of assignments behind them.
INSERT INTO raw.st_technician_shifts (tenant_id, content_hash, full_data)
SELECT 1, 'x', jsonb_build_object('id', 3000000 + 100 * d + t, 'technicianId', t, 'shiftType', 'Normal', 'title', 'Day', 'active', true,
 'start', to_char(timestamp '2027-06-14 14:00' + d * interval '1 day', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
 'end', to_char(timestamp '2027-06-15 00:00' + d * interval '1 day', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
 'createdOn', '2024-01-01T00:00:00Z', 'modifiedOn', '2025-01-01T00:00:00Z')
FROM generate_series(0, 13) d, generate_series(1, 50) t;
INSERT INTO raw.st_appointments (tenant_id, content_hash, full_data)
SELECT 1, 'x', jsonb_build_object('id', 4000000 + 1000 * d + 10 * t + n, 'jobId', j.st_id, 'customerId', j.customer_id,
 'appointmentNumber', (4000000 + 1000 * d + 10 * t + n)::text,
 'start', to_char(timestamp '2027-06-14 14:00' + d * interval '1 day' + n * interval '80 minutes', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
 'end', to_char(timestamp '2027-06-14 15:20' + d * interval '1 day' + n * interval '80 minutes', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
 'status', 'Scheduled', 'isConfirmed', true, 'unused', false, 'active', true, 'createdOn', '2024-01-01T00:00:00Z', 'modifiedOn', '2025-01-01T00:00:00Z')
FROM generate_series(0, 13) d CROSS JOIN generate_series(1, 50) t CROSS JOIN generate_series(0, 5) n
JOIN raw.st_jobs j ON j.tenant_id = 1 AND j.st_id = 400001 + (1000 * d + 10 * t + n) * 7 % {{.Jobs}}
WHERE d > 0 OR t <= 40;
INSERT INTO raw.st_appointment_assignments (tenant_id, content_hash, full_data)
SELECT 1, 'x', jsonb_build_object('id', a.st_id, 'appointmentId', a.st_id, 'jobId', a.job_id, 'technicianId', (a.st_id - 4000000) % 1000 / 10,
 'status', 'Scheduled', 'isPaused', false, 'active', true, 'assignedOn', '2025-01-01T00:00:00Z', 'createdOn', '2024-01-01T00:00:00Z', 'modifiedOn', '2025-01-01T00:00:00Z')
FROM raw.st_appointments a WHERE a.tenant_id = 1 AND a.st_id >= 4000000;
ANALYZE raw.st_technician_shifts, raw.st_appointments, raw.st_appointment_assignments;

ALTER TABLE raw.st_customers ENABLE TRIGGER USER;
ALTER TABLE raw.st_customer_contacts ENABLE TRIGGER USER;

INSERT INTO raw.sync_state (tenant_id, entity_type, last_full_sync_at)
SELECT 1, unnest(ARRAY['Customer', 'CustomerContact', 'Location', 'Job', 'Appointment', 'AppointmentAssignment', 'Technician',
 'TechnicianShift', 'NonJobAppointment', 'TagType', 'JobType', 'Zone', 'Team']), timestamptz '2025-06-01T00:00:00Z';
