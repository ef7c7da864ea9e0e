import { readFileSync } from 'node:fs';

import { describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';

import { crdTypes, KINDS, type Operator, origin } from './support/crd-types.ts';
import { expectGolden } from './support/golden.ts';

const OPERATORS = Object.keys(KINDS) as Operator[];

describe.each(OPERATORS)('types of the kinds of %s', (operator) => {
  const file = `components/crds/${operator}.ts`;

  test('come from the lock entry whose CRDs are installed', () => {
    expect(readFileSync(file, 'utf8').split('\n')[0]).toBe(origin(operator));
  });

  const types = crdTypes(operator);
  // On a machine that has no manifests yet, the first line of the file is all there is to compare.
  (types === undefined ? test.skip : test)('are the ones that the CRDs give', () => {
    expectGolden(file, types ?? '');
  });

  test('hold shapes only, none of the prose of others', () => {
    const [, , ...lines] = readFileSync(file, 'utf8').split('\n');
    expect(lines.filter((line) => /\/\*|\/\//.test(line))).toEqual([]);
  });
});

test.each(['local', 'staging', 'prod'])('%s runs the operators that its CRDs belong to', (stack) => {
  const lock = JSON.parse(
    readFileSync('components/operators/operators.lock.json', 'utf8'),
  ) as Record<string, { version: string }>;
  const { config } = load(readFileSync(`Pulumi.${stack}.yaml`, 'utf8')) as {
    config: { 'saas-platform:settings': { images: Record<string, string> } };
  };
  const { cloudnativePg, barmanCloud } = config['saas-platform:settings'].images;
  expect(cloudnativePg?.split(':').at(-1)).toBe(lock['cloudnative-pg']?.version);
  expect(barmanCloud?.split(':').at(-1)).toBe(`v${lock['barman-cloud']?.version ?? ''}`);
});
