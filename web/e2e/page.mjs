// What the browser test needs to know of a page: its problems, and the text in GraphiQL's editors.

/** Fails the step it is called in. */
export function check(ok, message) {
  if (!ok) {
    throw new Error(message);
  }
}

/**
 * Collects, from now on, what must not happen on the page:
 * requests to another origin, failed requests, errors and warnings of policy on the console, uncaught exceptions.
 *
 * @returns {string[]} a list that grows as problems turn up
 */
export function watchPage(page, origin) {
  const problems = [];
  page.on('request', (request) => {
    const url = new URL(request.url());
    const local = url.origin === origin || ['data:', 'blob:'].includes(url.protocol);
    if (!local) problems.push(`request to ${url.origin}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) problems.push(`status ${response.status()} for ${new URL(response.url()).pathname}`);
  });
  page.on('requestfailed', (request) => {
    // Leaving a page cancels what it was still loading.
    const reason = request.failure()?.errorText;
    if (reason !== 'net::ERR_ABORTED') problems.push(`${reason} for ${request.url()}`);
  });
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => problems.push(`uncaught: ${error.message}`));
  return problems;
}

/**
 * Reads the whole text of one of GraphiQL's editors from Monaco, since the page itself holds only the lines in sight.
 *
 * @param {string} name the end of the model's address, as "variables.json"
 */
export async function editorText(page, name) {
  const model = await page.waitForFunction(
    (end) => globalThis.__MONACO?.editor.getModels().find((candidate) => candidate.uri.path.endsWith(end)),
    name,
  );
  return model.evaluate((found) => found.getValue());
}
