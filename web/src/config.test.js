import assert from 'node:assert/strict';
import test from 'node:test';
import { headersText, loadConfig, parseConfig, variablesText } from './config.js';

test('parseConfig fills what the server left out', () => {
  assert.deepEqual(parseConfig({ endpoint: '/graphql' }), { endpoint: '/graphql', headers: {}, examples: [] });
});

test('parseConfig turns variables into editor text', () => {
  const { examples } = parseConfig({
    endpoint: '/graphql',
    examples: [{ name: 'a', title: 'A', query: '{ a }', variables: { first: 1 } }],
  });
  assert.equal(examples[0].variables, '{\n  "first": 1\n}');
});

test('parseConfig refuses a document without an endpoint', () => {
  assert.throws(() => parseConfig({}), /endpoint/);
});

test('absent and empty values are empty texts', () => {
  assert.equal(variablesText(null), '');
  assert.equal(variablesText(undefined), '');
  assert.equal(variablesText({}), '');
  assert.equal(headersText({}), '');
});

test('headersText is JSON', () => {
  assert.deepEqual(JSON.parse(headersText({ Authorization: 'Bearer x' })), { Authorization: 'Bearer x' });
});

test('loadConfig reports the status of a refusal', async () => {
  await assert.rejects(loadConfig(async () => new Response('no', { status: 503 })), /503/);
});
