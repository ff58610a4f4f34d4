// The schema and the resolvers that mercurius and Apollo Server share.
import { readFileSync } from 'node:fs'
import { makeExecutableSchema } from '@graphql-tools/schema'
import { Loaders } from './loaders.js'

/** openContext makes what the resolvers of one request need. */
export function openContext(pool) {
  return { loaders: new Loaders(pool) }
}

const connection = async (rows) => ({ nodes: await rows })

/** children reads a connection below the row. */
const children = (kind) => (row, { first }, { loaders }) => connection(loaders.list(kind, row.externalId, first))

const address = ({ address: text }) => {
  if (text === null) return null
  const { zip, ...rest } = JSON.parse(text)
  return { ...rest, postalCode: zip }
}

const resolvers = {
  Query: {
    customers: (_, { first, after }, { loaders }) => connection(loaders.customers(first, after ?? '0')),
    customer: (_, { id }, { loaders }) => loaders.customer(id),
  },
  Customer: {
    address,
    balance: ({ balance }) => (balance === null ? null : { amount: balance }),
    freshness: ({ syncedAt }) => ({ syncedAt }),
    locations: children('locations'),
  },
  Location: { address, jobs: children('jobs') },
  Job: { appointments: children('appointments') },
  Appointment: {
    scheduled: ({ start, end }) => ({ start, end }),
    technicians: (row, _, { loaders }) => loaders.list('technicians', row.externalId),
  },
  // ServiceTitan's words are those of the tables.
  CustomerType: { RESIDENTIAL: 'Residential', COMMERCIAL: 'Commercial' },
  JobStatus: {
    SCHEDULED: 'Scheduled',
    DISPATCHED: 'Dispatched',
    IN_PROGRESS: 'InProgress',
    HOLD: 'Hold',
    COMPLETED: 'Completed',
    CANCELED: 'Canceled',
  },
  AppointmentStatus: {
    SCHEDULED: 'Scheduled',
    DISPATCHED: 'Dispatched',
    WORKING: 'Working',
    HOLD: 'Hold',
    DONE: 'Done',
    CANCELED: 'Canceled',
  },
}

export const schema = makeExecutableSchema({
  typeDefs: readFileSync(new URL('schema.graphql', import.meta.url), 'utf8'),
  resolvers,
})
