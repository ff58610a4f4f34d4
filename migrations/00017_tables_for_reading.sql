-- +goose Up
-- Indexes that answer by themselves, documents apart from the row, and a vacuum that keeps up with a mirror that is
-- written all day. docs/decisions/0004-tables-for-reading.md has the figures.
--
-- An index holds no column that may be longer than a few hundred bytes: a document whose text did not fit into its page
-- would be refused. Hence no summary and no address here.

-- Each new index is made before the old one goes, so that reads wait for no build. They are written under one lock.

-- A job's appointments, by start, with what every screen asks of them, without a look at the table.
CREATE INDEX st_appointments_job_id_reads
    ON raw.st_appointments (tenant_id, job_id, start_time, st_id) INCLUDE (end_time, status, active)
    WHERE deleted_at IS NULL;
DROP INDEX raw.st_appointments_job_id;
ALTER INDEX raw.st_appointments_job_id_reads RENAME TO st_appointments_job_id;

-- A customer's jobs; how many of them are open, without a look at the table.
CREATE INDEX st_jobs_customer_id_reads
    ON raw.st_jobs (tenant_id, customer_id, st_id) INCLUDE (job_status)
    WHERE deleted_at IS NULL;
DROP INDEX raw.st_jobs_customer_id;
ALTER INDEX raw.st_jobs_customer_id_reads RENAME TO st_jobs_customer_id;

-- Assignments have neither an order nor a filter by time of change. Without this index a change of status, the most
-- frequent one of all, leaves the other indexes alone (HOT) where the page has room: fillfactor leaves some.
DROP INDEX raw.st_appointment_assignments_modified_on;
ALTER TABLE raw.st_appointment_assignments SET (fillfactor = 90);

-- A document of more than 2 kB leaves its row, whole or compressed, until the row has 1 kB; by default it stays wherever
-- the row fits into 2 kB, and a page then holds four rows. Rows that are here already move when they are next written.
ALTER TABLE raw.st_customers SET (toast_tuple_target = 1024);
ALTER TABLE raw.st_locations SET (toast_tuple_target = 1024);
ALTER TABLE raw.st_jobs SET (toast_tuple_target = 1024);
ALTER TABLE raw.st_appointments SET (toast_tuple_target = 1024);
ALTER TABLE raw.st_invoices SET (toast_tuple_target = 1024);
ALTER TABLE raw.st_payments SET (toast_tuple_target = 1024);
ALTER TABLE raw.st_estimates SET (toast_tuple_target = 1024);
ALTER TABLE raw.st_installed_equipment SET (toast_tuple_target = 1024);
ALTER TABLE raw.st_projects SET (toast_tuple_target = 1024);
ALTER TABLE raw.st_pricebook_services SET (toast_tuple_target = 1024);
ALTER TABLE raw.st_pricebook_materials SET (toast_tuple_target = 1024);
ALTER TABLE raw.st_pricebook_equipment SET (toast_tuple_target = 1024);

-- An index answers by itself only for pages that VACUUM has seen since they were last written. By default it comes when a
-- fifth of a table has changed, which for a table of millions is weeks; here, when one row in fifty has.
ALTER TABLE raw.st_customers SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE raw.st_customer_contacts SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE raw.st_locations SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE raw.st_jobs SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE raw.st_appointments SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE raw.st_appointment_assignments SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE raw.st_invoices SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE raw.st_payments SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE raw.st_estimates SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);

-- What is new in an index of arrays waits in a list, by default, that every lookup reads to its end until a vacuum comes:
-- after a first copy, for ever on a quiet table. These hold a few ids for each row and are written at once.
ALTER INDEX raw.st_customers_tag_type_ids SET (fastupdate = off);
ALTER INDEX raw.st_locations_tag_type_ids SET (fastupdate = off);
ALTER INDEX raw.st_jobs_tag_type_ids SET (fastupdate = off);
ALTER INDEX raw.st_technicians_zone_ids SET (fastupdate = off);
ALTER INDEX raw.st_job_types_business_unit_ids SET (fastupdate = off);
ALTER INDEX raw.st_pricebook_services_categories SET (fastupdate = off);
ALTER INDEX raw.st_pricebook_services_material_ids SET (fastupdate = off);
ALTER INDEX raw.st_pricebook_materials_categories SET (fastupdate = off);
ALTER INDEX raw.st_pricebook_equipment_categories SET (fastupdate = off);
ALTER INDEX raw.st_pricebook_discounts_categories SET (fastupdate = off);
ALTER INDEX raw.st_payments_invoice_ids SET (fastupdate = off);
SELECT gin_clean_pending_list('raw.st_customers_tag_type_ids');
SELECT gin_clean_pending_list('raw.st_locations_tag_type_ids');
SELECT gin_clean_pending_list('raw.st_jobs_tag_type_ids');
SELECT gin_clean_pending_list('raw.st_technicians_zone_ids');
SELECT gin_clean_pending_list('raw.st_job_types_business_unit_ids');
SELECT gin_clean_pending_list('raw.st_pricebook_services_categories');
SELECT gin_clean_pending_list('raw.st_pricebook_services_material_ids');
SELECT gin_clean_pending_list('raw.st_pricebook_materials_categories');
SELECT gin_clean_pending_list('raw.st_pricebook_equipment_categories');
SELECT gin_clean_pending_list('raw.st_pricebook_discounts_categories');
SELECT gin_clean_pending_list('raw.st_payments_invoice_ids');

-- +goose Down
ALTER INDEX raw.st_payments_invoice_ids RESET (fastupdate);
ALTER INDEX raw.st_pricebook_discounts_categories RESET (fastupdate);
ALTER INDEX raw.st_pricebook_equipment_categories RESET (fastupdate);
ALTER INDEX raw.st_pricebook_materials_categories RESET (fastupdate);
ALTER INDEX raw.st_pricebook_services_material_ids RESET (fastupdate);
ALTER INDEX raw.st_pricebook_services_categories RESET (fastupdate);
ALTER INDEX raw.st_job_types_business_unit_ids RESET (fastupdate);
ALTER INDEX raw.st_technicians_zone_ids RESET (fastupdate);
ALTER INDEX raw.st_jobs_tag_type_ids RESET (fastupdate);
ALTER INDEX raw.st_locations_tag_type_ids RESET (fastupdate);
ALTER INDEX raw.st_customers_tag_type_ids RESET (fastupdate);

ALTER TABLE raw.st_estimates RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_insert_scale_factor, autovacuum_analyze_scale_factor);
ALTER TABLE raw.st_payments RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_insert_scale_factor, autovacuum_analyze_scale_factor);
ALTER TABLE raw.st_invoices RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_insert_scale_factor, autovacuum_analyze_scale_factor);
ALTER TABLE raw.st_appointment_assignments RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_insert_scale_factor, autovacuum_analyze_scale_factor);
ALTER TABLE raw.st_appointments RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_insert_scale_factor, autovacuum_analyze_scale_factor);
ALTER TABLE raw.st_jobs RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_insert_scale_factor, autovacuum_analyze_scale_factor);
ALTER TABLE raw.st_locations RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_insert_scale_factor, autovacuum_analyze_scale_factor);
ALTER TABLE raw.st_customer_contacts RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_insert_scale_factor, autovacuum_analyze_scale_factor);
ALTER TABLE raw.st_customers RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_insert_scale_factor, autovacuum_analyze_scale_factor);

ALTER TABLE raw.st_pricebook_equipment RESET (toast_tuple_target);
ALTER TABLE raw.st_pricebook_materials RESET (toast_tuple_target);
ALTER TABLE raw.st_pricebook_services RESET (toast_tuple_target);
ALTER TABLE raw.st_projects RESET (toast_tuple_target);
ALTER TABLE raw.st_installed_equipment RESET (toast_tuple_target);
ALTER TABLE raw.st_estimates RESET (toast_tuple_target);
ALTER TABLE raw.st_payments RESET (toast_tuple_target);
ALTER TABLE raw.st_invoices RESET (toast_tuple_target);
ALTER TABLE raw.st_appointments RESET (toast_tuple_target);
ALTER TABLE raw.st_jobs RESET (toast_tuple_target);
ALTER TABLE raw.st_locations RESET (toast_tuple_target);
ALTER TABLE raw.st_customers RESET (toast_tuple_target);

ALTER TABLE raw.st_appointment_assignments RESET (fillfactor);
CREATE INDEX st_appointment_assignments_modified_on
    ON raw.st_appointment_assignments (tenant_id, modified_on, st_id) WHERE deleted_at IS NULL;

DROP INDEX raw.st_jobs_customer_id;
CREATE INDEX st_jobs_customer_id ON raw.st_jobs (tenant_id, customer_id, st_id) WHERE deleted_at IS NULL;

DROP INDEX raw.st_appointments_job_id;
CREATE INDEX st_appointments_job_id
    ON raw.st_appointments (tenant_id, job_id, start_time, st_id) WHERE deleted_at IS NULL;
