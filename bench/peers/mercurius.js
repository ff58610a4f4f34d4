// mercurius on fastify, which compiles an operation after its first run.
import Fastify from 'fastify'
import mercurius from 'mercurius'
import { serve } from './cluster.js'
import { openPool } from './database.js'
import { openContext, schema } from './schema.js'

await serve(async () => {
  const pool = openPool()
  const app = Fastify()
  await app.register(mercurius, { schema, jit: 1, context: () => openContext(pool) })
  await app.listen({ port: 0, host: '127.0.0.1' })
  return app.server.address().port
}, '/graphql')
