import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import { configDocs } from '../../infra/config/docs.ts';

test('docs/config.md explains every setting as the schema has it', () => {
  const file = join(import.meta.dirname, '..', '..', 'docs', 'config.md');
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, configDocs());
  expect(readFileSync(file, 'utf8')).toBe(configDocs());
  expect(configDocs()).toContain('| `postgres.instances` |');
});
