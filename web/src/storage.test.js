import assert from 'node:assert/strict';
import test from 'node:test';
import { withoutHeaders } from './storage.js';

/** A Storage in memory, with its contents in view. */
function memory() {
  const kept = new Map();
  return {
    kept,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => kept.set(key, value),
    removeItem: (key) => kept.delete(key),
    clear: () => kept.clear(),
  };
}

for (const list of ['queries', 'favorites']) {
  test(`${list} are kept without headers and read with those of this load`, () => {
    const browser = memory();
    const entry = { query: '{ a }', variables: '{}', label: 'kept' };
    const stored = JSON.stringify({ [list]: [{ ...entry, headers: 'old token' }] });
    withoutHeaders(browser, 'old token').setItem(`graphiql:${list}`, stored);
    assert.doesNotMatch(browser.kept.get(`graphiql:${list}`), /token/);

    const read = JSON.parse(withoutHeaders(browser, 'new token').getItem(`graphiql:${list}`));
    assert.deepEqual(read, { [list]: [{ ...entry, headers: 'new token' }] });
  });
}

test('other values pass unchanged', () => {
  const browser = memory();
  const wrapped = withoutHeaders(browser, 'token');
  wrapped.setItem('graphiql:theme', 'dark');
  assert.equal(browser.kept.get('graphiql:theme'), 'dark');
  assert.equal(wrapped.getItem('graphiql:theme'), 'dark');
  assert.equal(wrapped.getItem('graphiql:queries'), null);
  wrapped.removeItem('graphiql:theme');
  assert.equal(wrapped.getItem('graphiql:theme'), null);
});

test('blocked storage stays blocked', () => {
  assert.equal(withoutHeaders(null, 'token'), null);
});
