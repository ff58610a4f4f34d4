import { createGraphiQLFetcher } from '@graphiql/toolkit';

/**
 * Makes the function that GraphiQL sends operations through.
 *
 * GraphiQL asks for the schema before its headers editor exists, so that one request
 * starts from the configured headers. Every other request carries exactly what the editor shows:
 * a user who empties it really is anonymous.
 *
 * @param {import('./config.js').Config} config
 */
export function playgroundFetcher({ endpoint, headers }) {
  const url = new URL(endpoint, location.href);
  const socket = new URL(url);
  socket.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return createGraphiQLFetcher({
    url: url.href,
    subscriptionUrl: socket.href,
    schemaFetcher: createGraphiQLFetcher({ url: url.href, headers, enableIncrementalDelivery: false }),
  });
}
