// PostGraphile over the same tables, with a schema of its own. The tables have no foreign keys, so smart tags say how
// they hang together; nothing but reading is in the schema.
import { createServer } from 'node:http'
import { grafserv } from 'postgraphile/grafserv/node'
import { makePgService } from 'postgraphile/adaptors/pg'
import { sqlValueWithCodec, TYPES } from 'postgraphile/@dataplan/pg'
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber'
import { addPgTableCondition, jsonPgSmartTags } from 'postgraphile/utils'
import { postgraphile } from 'postgraphile'
import { serve } from './cluster.js'
import { connections } from './database.js'

// PostGraphile is made for Node 22; this is all that it lacks in Node 20.
Promise.withResolvers ??= function () {
  let settle
  const promise = new this((resolve, reject) => (settle = { resolve, reject }))
  return { promise, ...settle }
}

/** link is the smart tag of a foreign key within a tenant. */
const link = (column, table, forward, backward) =>
  `(tenant_id, ${column}) references raw.${table} (tenant_id, st_id)|@fieldName ${forward}|@foreignFieldName ${backward}`

const tables = {
  st_customers: { name: 'customers' },
  st_locations: { name: 'locations', foreignKey: link('customer_id', 'st_customers', 'customer', 'locations') },
  st_jobs: { name: 'jobs', foreignKey: link('location_id', 'st_locations', 'location', 'jobs') },
  st_appointments: { name: 'appointments', foreignKey: link('job_id', 'st_jobs', 'job', 'appointments') },
  st_appointment_assignments: {
    name: 'assignments',
    foreignKey: [
      link('appointment_id', 'st_appointments', 'appointment', 'assignments'),
      link('technician_id', 'st_technicians', 'technician', 'assignments'),
    ],
  },
  st_technicians: { name: 'technicians' },
}

/** OthersHiddenPlugin keeps the tables that no operation reads out of the schema. */
const OthersHiddenPlugin = {
  name: 'OthersHiddenPlugin',
  version: '1.0.0',
  gather: {
    hooks: {
      pgIntrospection_class(_, { entity }) {
        if (!(entity.relname in tables)) entity.getTags().behavior = '-*'
      },
    },
  },
}

const preset = {
  extends: [PostGraphileAmberPreset],
  // A condition on a column is offered though no index begins with it: the tables' indexes are partial.
  disablePlugins: ['NodePlugin', 'MutationPlugin', 'SubscriptionPlugin', 'PgIndexBehaviorsPlugin'],
  plugins: [
    OthersHiddenPlugin,
    jsonPgSmartTags({
      version: 1,
      config: { class: Object.fromEntries(Object.entries(tables).map(([name, tags]) => [`raw.${name}`, { tags }])) },
    }),
    // A page begins behind a number, which the index serves. The cursors of an order by (tenant, number) would read
    // the tenant from its beginning.
    addPgTableCondition({ schemaName: 'raw', tableName: 'st_customers' }, 'after', ({ graphql, sql }) => ({
      type: graphql.GraphQLString,
      apply: (condition, value) => condition.where(sql`${condition}.st_id > ${sqlValueWithCodec(value, TYPES.bigint)}`),
    })),
  ],
  pgServices: [
    // A page costs no seek, so the planner is told that a technician is had sooner by the index than by reading all.
    makePgService({
      poolConfig: { max: connections, options: '-c TimeZone=UTC -c random_page_cost=1.1' },
      schemas: ['raw'],
    }),
  ],
  grafserv: { graphqlPath: '/graphql', graphiql: false, websockets: false },
  grafast: { explain: false },
}

await serve(async () => {
  const server = createServer()
  server.on('error', (error) => {
    throw error
  })
  await postgraphile(preset).createServ(grafserv).addTo(server)
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server.address().port
}, '/graphql')
