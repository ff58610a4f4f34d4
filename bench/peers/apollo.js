// Apollo Server as its standalone server.
import { ApolloServer } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'
import { serve } from './cluster.js'
import { openPool } from './database.js'
import { openContext, schema } from './schema.js'

await serve(async () => {
  const pool = openPool()
  const { url } = await startStandaloneServer(new ApolloServer({ schema }), {
    listen: { port: 0, host: '127.0.0.1' },
    context: async () => openContext(pool),
  })
  return Number(new URL(url).port)
}, '/')
