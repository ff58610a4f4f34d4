/** The keys of GraphiQL's history, mapped to the property of the stored object that holds its list. */
const HISTORY_LISTS = { 'graphiql:queries': 'queries', 'graphiql:favorites': 'favorites' };

/**
 * Wraps the browser's storage so that request headers, and the tokens in them, are never written to it.
 * GraphiQL leaves them out of its tabs but not out of its history. Picking an entry of the history
 * sets the headers editor, so entries are read back with the headers of this load.
 *
 * @param {Storage | null} storage null where the user has blocked it
 * @param {string} headers what the headers editor starts with
 * @returns {Storage | null}
 */
export function withoutHeaders(storage, headers) {
  return (
    storage && {
      get length() {
        return storage.length;
      },
      getItem: (key) => mapHistory(key, storage.getItem(key), (entry) => ({ ...entry, headers })),
      setItem: (key, value) => storage.setItem(key, mapHistory(key, value, ({ headers: _, ...entry }) => entry)),
      removeItem: (key) => storage.removeItem(key),
      clear: () => storage.clear(),
    }
  );
}

/** Applies change to each entry of a history list; values under other keys pass unchanged. */
function mapHistory(key, value, change) {
  const list = HISTORY_LISTS[key];
  if (!list || !value) {
    return value;
  }
  return JSON.stringify({ [list]: JSON.parse(value)[list].map(change) });
}
