// Uses the endpoint $URL by the clients graphql-ws and graphql-sse and prints what they meet as one JSON object a line.
import { createClient as createSocket } from "graphql-ws";
import { createClient as createEvents } from "graphql-sse";
import { WebSocket } from "ws"; // Node has one of its own from version 22 on

const { URL: url, AUTHORIZATION: Authorization } = process.env;
const say = (name, got) => console.log(JSON.stringify({ name, got }));

// collect gathers what an operation sends until it ends.
async function collect(client, query, most = Infinity) {
  const got = [];
  try {
    for await (const result of client.iterate({ query })) {
      got.push(result.data ?? { errors: result.errors.map((e) => e.extensions.code) });
      if (got.length === most) break;
    }
  } catch (e) {
    got.push(Array.isArray(e) ? { errors: e.map((x) => x.extensions.code) } : { closed: e.code ?? e.message });
  }
  return got;
}

const subscription = "subscription { syncProgress { runId } }";
const fails = "subscription { syncProgress(entities: [PAYMENTS]) { runId } }";

const socket = createSocket({ webSocketImpl: WebSocket, url: url.replace("http", "ws"), connectionParams: { Authorization }, retryAttempts: 0 });
say("ws query", await collect(socket, "{ viewer { subject } }"));
say("ws subscription", await collect(socket, subscription, 3));
say("ws refused document", await collect(socket, "{ shoeSize }"));
say("ws refused subscription", await collect(socket, fails));
await socket.dispose();

const stranger = createSocket({ webSocketImpl: WebSocket, url: url.replace("http", "ws"), retryAttempts: 0 });
say("ws without token", await collect(stranger, "{ viewer { subject } }"));
await stranger.dispose();

const events = createEvents({ url, headers: { Authorization }, retryAttempts: 0 });
say("sse query", await collect(events, "{ viewer { subject } }"));
say("sse subscription", await collect(events, subscription, 3));
say("sse refused document", await collect(events, "{ shoeSize }"));
say("sse refused subscription", await collect(events, fails));
events.dispose();

const unknown = createEvents({ url, retryAttempts: 0 });
say("sse without token", await collect(unknown, "{ viewer { subject } }"));
unknown.dispose();
