import assert from 'node:assert/strict';
import test from 'node:test';
import { startProps } from './start.js';

const examples = [
  { name: 'first', title: 'First', query: '{ first }', variables: '{\n  "a": 1\n}' },
  { name: 'second', title: 'Second', query: '{ second }', variables: '' },
];
const visited = { getItem: (key) => (key === 'graphiql:tabState' ? '{"tabs":[]}' : null) };
const fresh = { getItem: () => null };

test('a first visit opens the first example and the list', () => {
  const props = startProps({ search: '', storage: fresh, examples });
  assert.equal(props.initialQuery, '{ first }');
  assert.equal(props.initialVariables, '{\n  "a": 1\n}');
  assert.equal(props.visiblePlugin, 'Examples');
});

test('a later visit keeps the tabs and panels as they were', () => {
  const props = startProps({ search: '', storage: visited, examples });
  assert.deepEqual(Object.keys(props), ['defaultQuery']);
});

test('a linked query wins over tabs and examples', () => {
  const search = `?query=${encodeURIComponent('{ linked }')}&variables=${encodeURIComponent('{"b":2}')}`;
  const props = startProps({ search, storage: visited, examples });
  assert.equal(props.initialQuery, '{ linked }');
  assert.equal(props.initialVariables, '{\n  "b": 2\n}');
});

test('a linked query without variables clears those of the earlier visit', () => {
  assert.equal(startProps({ search: '?query={a}', storage: visited, examples }).initialVariables, '');
});

test('linked variables that are not JSON reach the editor as they came', () => {
  assert.equal(startProps({ search: '?query={a}&variables={x', storage: fresh, examples }).initialVariables, '{x');
});

test('blocked storage and no examples are a plain start', () => {
  assert.deepEqual(Object.keys(startProps({ search: '', storage: null, examples: [] })), ['defaultQuery']);
});
