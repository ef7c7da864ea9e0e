import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '..', '..');
const read = (...path: string[]) => readFileSync(join(root, ...path), 'utf8');

/** How many requirements each group has. */
const GROUPS = { R1: 7, R2: 5, R3: 4, R4: 8, R5: 5, R6: 4, R7: 8 };
const numbers = Object.entries(GROUPS).flatMap(([group, count]) =>
  Array.from({ length: count }, (_, index) => `${group}.${index + 1}`),
);

const rows = read('docs', 'coverage.md')
  .split('\n')
  .filter((line) => /^\| R\d/.test(line))
  .map((line) => {
    const [number = '', , state = '', by = '', shownBy = '', missing = ''] = line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim());
    return { number, state, by, shownBy, missing };
  });
const quoted = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? '');
const all = rows.map(({ by, shownBy, missing }) => [by, shownBy, missing].join(' ')).join(' ');

describe('docs/coverage.md', () => {
  test('answers every requirement once, in order', () => {
    expect(rows.map(({ number }) => number)).toEqual(numbers);
  });

  test('claims nothing that no test shows', () => {
    for (const { number, state, by, shownBy, missing } of rows) {
      expect([number, ['done', 'part', 'not yet'].includes(state)]).toEqual([number, true]);
      const claims = state !== 'not yet';
      expect([number, by !== '', quoted(shownBy).length > 0]).toEqual([number, claims, claims]);
      expect([number, missing !== '']).toEqual([number, state !== 'done']);
      for (const file of quoted(shownBy)) expect(file).toMatch(/\.test\.ts$|^app\/test\/cases\//);
    }
  });

  test('names only files that exist', () => {
    const files = quoted(all).filter((name) => /\.(ts|md|ya?ml)$/.test(name));
    expect(files.length).toBeGreaterThan(40);
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });

  test('names only components that exist', () => {
    const components = quoted(all).filter((name) => /^[A-Z]\w+$/.test(name));
    const known = read('docs', 'components.md');
    expect(components.length).toBeGreaterThan(10);
    expect(components.filter((name) => !known.includes(`\n## ${name}\n`))).toEqual([]);
  });

  test('names only commands that exist', () => {
    const targets = quoted(all).flatMap((name) => /^make (\w+)/.exec(name)?.[1] ?? []);
    const makefile = read('Makefile');
    expect(targets.filter((name) => !new RegExp(`^${name}:`, 'm').test(makefile))).toEqual([]);
  });
});
