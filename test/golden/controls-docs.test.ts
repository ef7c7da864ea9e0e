import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import { controlDocs, elsewhere } from '../../policies/docs.ts';
import { rules } from '../../policies/rules/index.ts';

const root = join(import.meta.dirname, '..', '..');
const docs = controlDocs(rules);

test('docs/controls.md explains every rule as its description does', () => {
  const file = join(root, 'docs', 'controls.md');
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, docs);
  expect(readFileSync(file, 'utf8')).toBe(docs);
  for (const { id } of rules) expect(docs).toContain(`\n## ${id}\n`);
});

test('every control that a policy cannot see names a test that exists', () => {
  for (const { test: file } of elsewhere) expect([file, existsSync(join(root, file))]).toEqual([file, true]);
});
