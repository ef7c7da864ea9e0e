import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import { planOf } from '../unit/support/local-plan.ts';

type Json = Record<string, unknown>;

/** One line per resource, sorted: what it is, its name here and in the cluster, and its images. */
async function readable(stack: 'local'): Promise<string> {
  const { resources } = await planOf(stack);
  const lines = resources.map(({ type, name, inputs }) => {
    const { namespace, name: object } = (inputs['metadata'] ?? {}) as Json;
    const place = [namespace, object].filter((part) => typeof part === 'string').join('/');
    const images = [...JSON.stringify(inputs).matchAll(/"image(?:Name)?":"([^"@]+)/g)];
    return [type, name, place, ...new Set(images.map(([, image]) => image))]
      .filter((part) => part !== '')
      .join('  ');
  });
  return lines.sort().join('\n') + '\n';
}

test('the plan of the stack local is the one that was reviewed', async () => {
  const file = join(import.meta.dirname, 'local.txt');
  const plan = await readable('local');
  // `UPDATE_GOLDEN=1 npm run test:golden` accepts a change; the diff of this file is the review.
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, plan);
  expect(plan).toBe(readFileSync(file, 'utf8'));
  expect(plan.split('\n').length).toBeGreaterThan(200);
}, 60_000);
