// Composes LAZI, at $URL, with a second subgraph that gives customers points, and sends the operations of $OPERATIONS through
// Apollo's gateway. Prints one JSON object a line: what composition says first, then each answer.
import { createRequire } from "node:module";
import gql from "graphql-tag";

const require = createRequire(import.meta.url); // these packages are CommonJS
const { composeServices } = require("@apollo/composition");
const { ApolloGateway, LocalGraphQLDataSource, RemoteGraphQLDataSource } = require("@apollo/gateway");
const { buildSubgraphSchema } = require("@apollo/subgraph");
const { ApolloServer } = require("@apollo/server");

const { URL: url, AUTHORIZATION: authorization, OPERATIONS: operations } = process.env;
const say = (what) => console.log(JSON.stringify(what));

async function lazi(query) {
  const headers = { "Content-Type": "application/json", authorization };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify({ query }) });
  return (await response.json()).data;
}

const ours = gql((await lazi("{ _service { sdl } }"))._service.sdl);
const theirs = gql`
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key"])
  scalar BigInt
  type Customer @key(fields: "externalId") {
    externalId: BigInt
    points: Int
  }
  type Job @key(fields: "id") {
    id: ID!
    stars: Int
  }
  type Query {
    "Customers by ServiceTitan's id, the best first."
    best(externalIds: [BigInt!]!): [Customer!]!
  }
`;
const points = (externalId) => Number(externalId) % 1000;
const loyalty = buildSubgraphSchema({
  typeDefs: theirs,
  resolvers: {
    Customer: { __resolveReference: (customer) => customer, points: ({ externalId }) => points(externalId) },
    Job: { __resolveReference: (job) => job, stars: ({ id }) => id.length },
    Query: { best: (_, { externalIds }) => externalIds.map((externalId) => ({ externalId })) },
  },
});

const composed = composeServices([
  { name: "lazi", url, typeDefs: ours },
  { name: "loyalty", url: "http://loyalty.example.test", typeDefs: theirs },
]);
say({ errors: (composed.errors ?? []).map((e) => e.message), hints: (composed.hints ?? []).map((h) => h.toString()) });

const gateway = new ApolloGateway({
  supergraphSdl: composed.supergraphSdl,
  buildService({ name, url }) {
    if (name === "loyalty") return new LocalGraphQLDataSource(loyalty);
    return new RemoteGraphQLDataSource({ url, willSendRequest: ({ request }) => request.http.headers.set("authorization", authorization) });
  },
});
const server = new ApolloServer({ gateway });
await server.start();
for (const operation of JSON.parse(operations)) {
  const { body } = await server.executeOperation(operation);
  say(body.singleResult);
}
await server.stop();
