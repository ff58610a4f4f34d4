// One SQL statement for each level, prepared by its name, and a DataLoader that gathers the level's keys.
import DataLoader from 'dataloader'
import { tenant } from './database.js'

const customer = `st_id AS "externalId", active, name, type, address, phone, email, balance,
 created_on AS "createdAt", modified_on AS "modifiedAt", fetched_at AS "syncedAt"`

const statements = {
  customers: `SELECT ${customer} FROM raw.st_customers
 WHERE tenant_id = $1 AND st_id > $2 AND deleted_at IS NULL ORDER BY st_id LIMIT $3`,
  customer: `SELECT ${customer} FROM raw.st_customers WHERE tenant_id = $1 AND st_id = $2 AND deleted_at IS NULL`,
  locations: `SELECT p.id AS parent, c.* FROM unnest($2::bigint[]) p(id) CROSS JOIN LATERAL
 (SELECT st_id AS "externalId", name, address FROM raw.st_locations
  WHERE tenant_id = $1 AND customer_id = p.id AND deleted_at IS NULL ORDER BY st_id LIMIT $3) c`,
  jobs: `SELECT p.id AS parent, c.* FROM unnest($2::bigint[]) p(id) CROSS JOIN LATERAL
 (SELECT st_id AS "externalId", job_number AS number, job_status AS status, summary FROM raw.st_jobs
  WHERE tenant_id = $1 AND location_id = p.id AND deleted_at IS NULL ORDER BY st_id LIMIT $3) c`,
  appointments: `SELECT p.id AS parent, c.* FROM unnest($2::bigint[]) p(id) CROSS JOIN LATERAL
 (SELECT st_id AS "externalId", start_time AS start, end_time AS "end", status FROM raw.st_appointments
  WHERE tenant_id = $1 AND job_id = p.id AND deleted_at IS NULL ORDER BY start_time, st_id LIMIT $3) c`,
  technicians: `SELECT s.appointment_id AS parent, t.st_id AS "externalId", t.name FROM raw.st_appointment_assignments s
 JOIN raw.st_technicians t ON t.tenant_id = $1 AND t.st_id = s.technician_id AND t.deleted_at IS NULL
 WHERE s.tenant_id = $1 AND s.appointment_id = ANY($2::bigint[]) AND s.active AND s.deleted_at IS NULL
 ORDER BY t.name, t.st_id`,
}

/** Loaders read for one request. */
export class Loaders {
  #pool
  #lists = new Map()

  constructor(pool) {
    this.#pool = pool
  }

  customers(first, after) {
    return this.#read('customers', after, first)
  }

  async customer(id) {
    const [row] = await this.#read('customer', id)
    return row ?? null
  }

  /** list returns a parent's rows of a kind, at most `first` when it is given. */
  list(kind, parent, first) {
    const name = first === undefined ? kind : `${kind} ${first}`
    let loader = this.#lists.get(name)
    if (!loader) {
      loader = new DataLoader((keys) => this.#readLists(kind, keys, first), { maxBatchSize: 1000 })
      this.#lists.set(name, loader)
    }
    return loader.load(parent)
  }

  async #readLists(kind, keys, ...first) {
    const lists = new Map(keys.map((key) => [key, []]))
    for (const row of await this.#read(kind, keys, ...first)) lists.get(row.parent).push(row)
    return keys.map((key) => lists.get(key))
  }

  async #read(name, ...values) {
    const given = values.filter((value) => value !== undefined)
    const { rows } = await this.#pool.query({ name, text: statements[name], values: [tenant, ...given] })
    return rows
  }
}
