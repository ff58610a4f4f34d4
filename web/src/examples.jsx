import './examples.css';
import { pick, useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { Kind, parse } from 'graphql';

/**
 * A GraphiQL plugin that lists the server's example operations. Choosing one opens it in a tab.
 *
 * @param {import('./config.js').Example[]} examples
 */
export function examplesPlugin(examples) {
  return {
    title: 'Examples',
    icon: ExamplesIcon,
    content: () => <Examples examples={examples} />,
  };
}

const editorState = pick('tabs', 'activeTabIndex', 'queryEditor', 'variableEditor');

function Examples({ examples }) {
  const state = useGraphiQL(editorState);
  const actions = useGraphiQLActions();
  const active = state.tabs[state.activeTabIndex];
  return (
    <section className="lazi-examples" aria-labelledby="lazi-examples-title">
      <h2 id="lazi-examples-title">Examples</h2>
      {examples.length === 0 && <p>This server offers no examples.</p>}
      <ul>
        {examples.map((example) => (
          <li key={example.name}>
            <button
              type="button"
              data-example={example.name}
              aria-current={shows(active, example) ? 'true' : undefined}
              onClick={() => openExample(example, state, actions)}
            >
              <span>{example.title}</span>
              <code>{example.name}</code>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Shows an example: in the tab that has it already, in the current tab if that is empty, else in a new tab. */
function openExample(example, { tabs, activeTabIndex, queryEditor, variableEditor }, actions) {
  const current = tabs[activeTabIndex];
  if (shows(current, example)) {
    return;
  }
  const open = tabs.findIndex((tab) => shows(tab, example));
  if (open >= 0) {
    actions.changeTab(open);
    return;
  }
  if (current?.query?.trim()) {
    actions.addTab();
  }
  queryEditor?.setValue(example.query);
  variableEditor?.setValue(example.variables);
  // GraphiQL reads the operation's name from the editor a moment later; until then it would run and label the tab with the last one.
  const facts = operationFacts(example.query);
  actions.setOperationFacts(facts);
  actions.updateActiveTabValues({ query: example.query, variables: example.variables, operationName: facts.operationName ?? null });
}

/** Finds out what GraphiQL wants to know of a document: nothing, when it does not parse. */
function operationFacts(query) {
  try {
    const documentAST = parse(query);
    const operations = documentAST.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
    return { documentAST, operations, operationName: operations[0]?.name?.value };
  } catch {
    return {};
  }
}

/** Reports whether a tab holds an example unchanged. */
function shows(tab, example) {
  return tab?.query === example.query && (tab.variables ?? '') === example.variables;
}

/** A list with a play mark, drawn to the 24-pixel grid of GraphiQL's own icons. */
function ExamplesIcon(props) {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" height="1em" {...props}>
      <path d="M3 5.5h18M3 12h7M3 18.5h7" strokeLinecap="round" />
      <path d="M14 11.2v8.1l6.5-4.05z" strokeLinejoin="round" />
    </svg>
  );
}
