import { describe, expect, test } from '@jest/globals';

import { aws } from '../../sandbox/plugins/aws/plugin.ts';
import type { PluginDefinition } from '../../sandbox/plugins/provider/definition.ts';
import { random } from '../../sandbox/plugins/random/plugin.ts';
import { tls } from '../../sandbox/plugins/tls/plugin.ts';
import { officialResource, sdkSource } from './plugin-sdk.ts';

const plugins: readonly PluginDefinition[] = [random, tls, aws];
const resources = plugins.flatMap(({ resources: all }) => Object.entries(all));
const namedOnly = plugins.flatMap(({ previewOnly }) => previewOnly);
const functions = plugins.flatMap(({ invokes }) => Object.keys(invokes));

describe.each(resources)('%s', (token, ours) => {
  const official = officialResource(token);
  const outputs = [...new Set([...Object.keys(ours.inputs), ...ours.computed])];

  test('is a resource of the official SDK', () => {
    expect(official.token).toBe(token);
    // A reader of the SDK that finds nothing would make every comparison below pass.
    expect(Object.keys(official.inputs)).not.toHaveLength(0);
    expect(official.outputs).not.toHaveLength(0);
  });

  test('takes inputs by the official names, of the official kinds', () => {
    for (const [name, { kind }] of Object.entries(ours.inputs)) {
      const expected = official.inputs[name];
      expect([name, kind === 'integer' ? 'number' : kind]).toEqual([name, expected]);
    }
  });

  test('requires what the official resource requires', () => {
    const required = Object.keys(ours.inputs).filter((name) => ours.inputs[name]?.required);
    expect(required).toEqual(expect.arrayContaining([...official.required]));
  });

  test('gives outputs by the official names', () => {
    expect(official.outputs).toEqual(expect.arrayContaining(outputs));
  });

  test('keeps secret what the official resource keeps secret', () => {
    const secret = official.secretOutputs.filter((name) => outputs.includes(name));
    expect([...ours.secrets].sort()).toEqual(secret.sort());
  });
});

test.each(Object.keys(random.resources))('%s lacks no official property', (token) => {
  expect(missing(random, token)).toEqual({ inputs: [], outputs: [] });
});

test.each(Object.keys(tls.resources))('%s lacks only the write-only keys', (token) => {
  const { inputs, outputs } = missing(tls, token);
  for (const name of [...inputs, ...outputs]) expect(name).toMatch(/PemWo(Version)?$/);
});

test.each(namedOnly)('%s, served in previews alone, is a resource of the official SDK', (token) => {
  expect(officialResource(token).token).toBe(token);
});

test.each(functions)('%s is a function of the official SDK', (token) => {
  expect(sdkSource(token)).toContain(`"${token}"`);
});

function missing(plugin: PluginDefinition, token: string) {
  const official = officialResource(token);
  const ours = plugin.resources[token];
  const inputs = Object.keys(ours?.inputs ?? {});
  const outputs = [...inputs, ...(ours?.computed ?? [])];
  return {
    inputs: Object.keys(official.inputs).filter((name) => !inputs.includes(name)),
    outputs: official.outputs.filter((name) => !outputs.includes(name)),
  };
}
