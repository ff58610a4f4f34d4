/**
 * What the server tells the page, as read from config.json beside it.
 *
 * @typedef {{name: string, title: string, query: string, variables: string}} Example
 *   `variables` is the JSON text shown in the editor, empty when there are none.
 * @typedef {{endpoint: string, headers: Record<string, string>, examples: Example[]}} Config
 */

/**
 * Fetches config.json. The address is relative to the page, so the playground may be mounted anywhere.
 *
 * @param {typeof fetch} [fetcher]
 * @returns {Promise<Config>}
 */
export async function loadConfig(fetcher = fetch) {
  const response = await fetcher('config.json', { headers: { accept: 'application/json' } });
  if (!response.ok) {
    throw new Error(`config.json answered with status ${response.status}`);
  }
  return parseConfig(await response.json());
}

/**
 * Turns the wire form into a Config; what the server left out becomes empty.
 *
 * @returns {Config}
 */
export function parseConfig({ endpoint, headers, examples }) {
  if (!endpoint) {
    throw new Error('config.json names no endpoint');
  }
  return {
    endpoint,
    headers: headers ?? {},
    examples: (examples ?? []).map((example) => ({ ...example, variables: variablesText(example.variables) })),
  };
}

/** Renders variables for the editor: no variables, or an empty object, is an empty text. */
export function variablesText(variables) {
  if (variables == null || Object.keys(variables).length === 0) {
    return '';
  }
  return JSON.stringify(variables, null, 2);
}

/** Renders headers for the headers editor: none is an empty text. */
export function headersText(headers) {
  return Object.keys(headers).length === 0 ? '' : JSON.stringify(headers, null, 2);
}
