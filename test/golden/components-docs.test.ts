import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import { componentDocs } from '../../components/docs/component-docs.ts';
import { expectGolden } from './support/golden.ts';

const root = join(import.meta.dirname, '..', '..');
const docs = componentDocs();

test('docs/components.md explains every component as its comments do', () => {
  expectGolden('docs/components.md', docs);
  expect(docs).toContain('| `backup.schedule` | `string` | Six fields, seconds first');
});

test('every kind of component in the reviewed plan has its section', () => {
  const plan = readFileSync(join(root, 'test', 'golden', 'local.txt'), 'utf8');
  const planned = [...plan.matchAll(/^saas:\w+:(\w+) /gm)].map(([, name]) => name ?? '');
  expect(planned.length).toBeGreaterThan(10);
  for (const name of planned) expect(docs).toContain(`\n## ${name}\n`);
});

test('no component is without an explanation', () => {
  const unexplained = docs
    .split('\n## ')
    .slice(1)
    .filter((section) => section.split('\n')[2] === '');
  expect(unexplained).toEqual([]);
});
