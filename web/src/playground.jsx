import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import '@graphiql/plugin-explorer/style.css';
import { GraphiQL, HISTORY_PLUGIN } from 'graphiql';
import { explorerPlugin } from '@graphiql/plugin-explorer';
import { createRoot } from 'react-dom/client';
import { headersText } from './config.js';
import { examplesPlugin } from './examples.jsx';
import { playgroundFetcher } from './fetcher.js';
import { startProps } from './start.js';
import { withoutHeaders } from './storage.js';

/**
 * Renders GraphiQL. Headers are never kept in the browser's storage:
 * the token in them belongs to the running server, which hands out the right one at each load.
 *
 * @param {Element} root
 * @param {import('./config.js').Config} config
 */
export function renderPlayground(root, config) {
  const headers = headersText(config.headers);
  const storage = withoutHeaders(browserStorage(), headers);
  const start = startProps({ search: location.search, storage, examples: config.examples });
  createRoot(root).render(
    <GraphiQL
      fetcher={playgroundFetcher(config)}
      plugins={[examplesPlugin(config.examples), explorerPlugin(), HISTORY_PLUGIN]}
      storage={storage}
      defaultHeaders={headers}
      shouldPersistHeaders={false}
      defaultEditorToolsVisibility
      {...start}
    >
      <GraphiQL.Logo>LAZI</GraphiQL.Logo>
    </GraphiQL>,
  );
}

/** The browser's local storage, or null where the user has blocked it. */
function browserStorage() {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
