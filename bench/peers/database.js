// The connections of one process to the tables. PGHOST, PGPORT, PGUSER and PGDATABASE say where they are.
import pg from 'pg'

/** The company of data.sql. */
export const tenant = 1

/** Each process' share: two processes have more connections than the load has. */
export const connections = 10

/** openPool makes a pool whose sessions are in UTC. */
export function openPool() {
  return new pg.Pool({ max: connections, options: '-c TimeZone=UTC', types: { getTypeParser } })
}

/**
 * getTypeParser leaves as text what JavaScript has nothing as exact or as cheap for: a timestamp becomes RFC 3339 with
 * no Date between, and an address is parsed when it is asked for.
 */
function getTypeParser(oid, format) {
  switch (oid) {
    case pg.types.builtins.TIMESTAMPTZ:
      return timestamp
    case pg.types.builtins.JSONB:
      return (text) => text
    default:
      return pg.types.getTypeParser(oid, format)
  }
}

/** timestamp turns 2025-01-01 00:05:00+00 into 2025-01-01T00:05:00Z. */
function timestamp(text) {
  return text.slice(0, 10) + 'T' + text.slice(11, -3) + 'Z'
}
