/** The key under which GraphiQL keeps its tabs; its absence marks a first visit. */
const TABS_KEY = 'graphiql:tabState';

const EMPTY_QUERY = '# Write a query here, or pick one from "Examples" in the bar on the left.\n';

/**
 * Decides what GraphiQL shows first, as props for it:
 * a query in the address wins, then the tabs of an earlier visit, then the first example.
 *
 * Variables are always given together with a query, because GraphiQL would otherwise
 * complete the query with the variables of the earlier visit.
 *
 * @param {{search: string, storage: Pick<Storage, 'getItem'> | null, examples: import('./config.js').Example[]}} page
 */
export function startProps({ search, storage, examples }) {
  const linked = linkedQuery(search);
  const firstVisit = !storage?.getItem(TABS_KEY);
  const first = firstVisit ? examples[0] : undefined;
  const open = linked ?? first;
  return {
    defaultQuery: EMPTY_QUERY,
    ...(open && { initialQuery: open.query, initialVariables: open.variables }),
    ...(firstVisit && examples.length > 0 && { visiblePlugin: 'Examples' }),
  };
}

/** Reads ?query= and ?variables= of the address; undefined when it carries no query. */
function linkedQuery(search) {
  const params = new URLSearchParams(search);
  const query = params.get('query');
  if (!query) {
    return undefined;
  }
  return { query, variables: prettyJSON(params.get('variables') ?? '') };
}

/** Indents JSON; anything else is kept as it came, for the editor to mark. */
function prettyJSON(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
