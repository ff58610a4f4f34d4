// Runs the audits of GraphQL over HTTP against the endpoint $URL and prints what came of each as one JSON object a line.
import { serverAudits } from "graphql-http";

const { URL: url, AUTHORIZATION: authorization } = process.env;
const fetchFn = (input, init) => fetch(input, { ...init, headers: { ...init?.headers, authorization } });

for (const audit of serverAudits({ url, fetchFn })) {
  const result = await audit.fn();
  console.log(JSON.stringify({ name: audit.name, status: result.status, reason: result.reason }));
}
