import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

const APP = join(process.cwd(), 'app');
const PITFALLS = 23;

test('every known pitfall of row-level security has a defence and a test that exists', () => {
  const rows = readFileSync(join(APP, 'ISOLATION.md'), 'utf8')
    .split('\n')
    .filter((line) => /^\| \d+ /.test(line))
    .map((line) => line.split(' | '));
  expect(rows.map(([number]) => number?.trim())).toEqual(
    Array.from({ length: PITFALLS }, (_, index) => `| ${index + 1}`),
  );
  const missing = rows.flatMap(([number, , , shown = '']) => {
    const tests = shown.replace(/ \|$/, '').split('<br>');
    return tests
      .filter((named) => {
        const [, file = '', title = ''] = /^`(test\/[\w/-]+\.ts)`: (.+)$/.exec(named) ?? [];
        // As a title and not in passing.
        const text = file === '' ? '' : readFileSync(join(APP, file), 'utf8');
        return !['test(', 'title: '].some((before) => text.includes(`${before}'${title}'`));
      })
      .map((named) => `${number}: ${named}`);
  });
  expect(missing).toEqual([]);
});
