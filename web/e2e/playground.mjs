// Opens the playground of a running server in headless Chromium and uses it as a person would.
//
//   npm run e2e -- <server url> [--screenshot file.png] [--no-auth]
//
// It exits with 0 when every check passes, with 1 and a message naming the first one that does not, with 2 on wrong usage.
// --no-auth is for a server that hands out no token. CHROMIUM names the browser's binary (default /usr/bin/chromium).
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { check, editorText, watchPage } from './page.mjs';

// Without these, Chromium looks for its maker's servers at every start.
const BROWSER_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** How long one step may take: a cold start on a busy machine of two cores, with room. */
const STEP_MS = 30_000;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { screenshot: { type: 'string' }, 'no-auth': { type: 'boolean', default: false } },
});
if (positionals.length !== 1) {
  console.error('usage: npm run e2e -- <server url> [--screenshot file.png] [--no-auth]');
  process.exit(2);
}

const profile = await mkdtemp(join(tmpdir(), 'lazi-e2e-'));
const context = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: BROWSER_FLAGS,
  headless: true,
  viewport: { width: 1400, height: 900 },
});
context.setDefaultTimeout(STEP_MS);
const page = context.pages()[0] ?? (await context.newPage());
try {
  await run(page, new URL(positionals[0]));
} catch (error) {
  console.error(`e2e: ${error.message}`);
  process.exitCode = 1;
} finally {
  if (options.screenshot) await page.screenshot({ path: options.screenshot });
  await context.close();
  await rm(profile, { recursive: true, force: true });
}

async function run(page, server) {
  const problems = watchPage(page, server.origin);
  const address = new URL('/playground/', server).href;
  const config = await (await context.request.get(new URL('config.json', address).href)).json();
  check(config.examples.length > 0, 'the server offers no examples');

  await firstVisit(page, address, config);
  await everyExampleOpens(page, config.examples);
  await subscription(page, server, config);
  await laterVisit(page, address, config);
  await linkedQuery(page, address);
  check(problems.length === 0, `the page had problems:\n  ${problems.join('\n  ')}`);
  console.log(`e2e: ok, ${config.examples.length} examples, ${address}`);
}

/** A new user sees the first example with its variables and the headers, and can run it at once. */
async function firstVisit(page, address, { headers, examples }) {
  await step('the page loads GraphiQL', async () => {
    await page.goto(address);
    await page.locator('.graphiql-query-editor .view-line').first().waitFor();
    check((await page.title()) === 'LAZI GraphQL Playground', `its title is ${await page.title()}`);
  });
  await step('the headers editor is filled in', async () => {
    check(options['no-auth'] || headers.Authorization, 'config.json has no Authorization header');
    const shown = await editorText(page, 'request-headers.json');
    check(sameJSON(shown || '{}', headers), 'it does not show the headers of config.json');
  });
  await step('the examples are listed', async () => {
    const titles = await page.locator('[data-example] span').allTextContents();
    check(sameJSON(JSON.stringify(titles), examples.map((example) => example.title)), `the list shows ${titles.join(', ')}`);
  });
  await step('the first example is open', () => showsExample(page, examples[0]));
  await step('the first example answers with data', () => runOperation(page));
  await step('the schema is loaded', async () => {
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
    await page.locator('.graphiql-doc-explorer').getByText('Root Types').waitFor();
  });
  await step('the explorer opens', async () => {
    await page.getByRole('button', { name: 'Show GraphiQL Explorer' }).click();
    await page.locator('.docExplorerWrap, .graphiql-explorer-root').first().waitFor();
  });
  await page.getByRole('button', { name: 'Show Examples' }).click();
}

/** Every example opens by keyboard, in a tab of its own. */
async function everyExampleOpens(page, examples) {
  for (const example of examples) {
    await step(`example ${example.name} opens by keyboard`, async () => {
      await page.locator(`[data-example="${example.name}"]`).focus();
      await page.keyboard.press('Enter');
      await showsExample(page, example);
    });
  }
  const tabs = await page.locator('.graphiql-tab').allTextContents();
  check(tabs.length === examples.length, `${examples.length} examples opened ${tabs.length} tabs: ${tabs.join(', ')}`);
  examples.forEach(({ name, query }, i) => {
    const operation = /^(?:query|mutation|subscription)\s+(\w+)/m.exec(query)?.[1];
    check(!operation || tabs[i].includes(operation), `the tab of example ${name} is called ${tabs[i]}`);
  });
}

/** A subscription runs over a WebSocket with the headers of the editor, shows events as they come, and ends when it is stopped. */
async function subscription(page, server, { endpoint, headers, examples }) {
  const watch = examples.find(({ query }) => /^subscription SyncProgress/m.test(query)); // a sync can be started here
  check(watch, 'no example is a subscription');
  await step('a subscription shows what happens', async () => {
    await page.locator(`[data-example="${watch.name}"]`).click();
    await showsExample(page, watch);
    await subscribe(page);
    const query = 'mutation { startSync(input: {entities: [CUSTOMERS], mode: FULL}) { runs { runId } userErrors { message } } }';
    const answer = await page.context().request.post(new URL(endpoint, server).href, { headers, data: { query } });
    const { runs } = (await answer.json()).data.startSync;
    const shown = (id) =>
      globalThis.__MONACO.editor.getModels().find((model) => model.uri.path.endsWith('response.json')).getValue().includes(`"runId": "${id}"`);
    await page.waitForFunction(shown, runs[0].runId);
  });
  await step('a subscription can be stopped', async () => {
    await page.getByRole('button', { name: 'Stop query' }).click();
    await page.getByRole('button', { name: 'Execute query' }).waitFor();
  });
}

/**
 * Presses the run button until the page subscribes, which it does once its WebSocket is acknowledged. For a moment after a
 * tab is opened, GraphiQL does not know yet that it holds a subscription, and sends it as a query.
 *
 * Frames are watched from the moment when a socket appears: those right behind it would be missed by waiting for the socket first.
 */
async function subscribe(page) {
  let subscribed = false;
  page.on('websocket', (socket) => {
    socket.on('framesent', ({ payload }) => {
      subscribed ||= JSON.parse(payload).type === 'subscribe';
    });
  });
  const run = page.getByRole('button', { name: 'Execute query' }); // it is called otherwise while something runs
  const deadline = Date.now() + STEP_MS;
  while (!subscribed) {
    check(Date.now() < deadline, 'the page does not subscribe');
    if (await run.isVisible()) await run.click({ timeout: 1_000 }).catch(() => {}); // it may have begun to run meanwhile
    await sleep(500);
  }
}

/** Coming back, the user finds the tabs again, and the headers are the server's, not kept ones. */
async function laterVisit(page, address, { headers, examples }) {
  await step('a later visit keeps the tabs', async () => {
    const saved = (count) => (JSON.parse(localStorage.getItem('graphiql:tabState'))?.tabs.length ?? 0) === count;
    await page.waitForFunction(saved, examples.length);
    check(!(await page.evaluate(() => JSON.stringify(localStorage))).includes('Bearer '), 'a token is kept in the browser');
    await page.goto(address);
    await page.locator('.graphiql-query-editor .view-line').first().waitFor();
    const tabs = await page.locator('.graphiql-tab').count();
    check(tabs === examples.length, `there are ${tabs} tabs, not ${examples.length}`);
    check(sameJSON((await editorText(page, 'request-headers.json')) || '{}', headers), 'the headers editor is not filled in');
  });
}

/** An address with a query opens that query, with just the variables of the address. */
async function linkedQuery(page, address) {
  await step('an address with a query opens it', async () => {
    const query = 'query Linked { __typename }';
    await page.goto(`${address}?${new URLSearchParams({ query, variables: '{"linked":true}' })}`);
    await showsExample(page, { query, variables: { linked: true } });
    await runOperation(page);
  });
}

/** Waits until the editors show an operation and its variables. */
async function showsExample(page, { query, variables }) {
  await page.waitForFunction(
    (wanted) => globalThis.__MONACO?.editor.getModels().some((model) => model.uri.path.endsWith('operation.graphql') && model.getValue() === wanted),
    query,
  );
  const shown = (await editorText(page, 'variables.json')) || '{}';
  check(sameJSON(shown, variables ?? {}), `its variables are ${shown}`);
}

/** Presses the run button and waits for an answer that has data and no errors. */
async function runOperation(page) {
  await page.locator('.graphiql-execute-button').click();
  await page.waitForFunction(() => {
    const response = globalThis.__MONACO?.editor.getModels().find((model) => model.uri.path.endsWith('response.json'));
    return response?.getValue().includes('}');
  });
  const response = await editorText(page, 'response.json');
  check(JSON.parse(response).data && !JSON.parse(response).errors, `the response is ${response.slice(0, 500)}`);
}

/** Names the step in the message of whatever goes wrong in it. */
async function step(name, action) {
  try {
    await action();
  } catch (error) {
    throw new Error(`${name}: ${error.message}`, { cause: error });
  }
}

/** Reports whether a JSON text means the same as a value, whatever the order of its keys. */
function sameJSON(text, value) {
  const sorted = (_, part) => (part && part.constructor === Object ? Object.fromEntries(Object.entries(part).sort()) : part);
  return JSON.stringify(JSON.parse(text), sorted) === JSON.stringify(value, sorted);
}
