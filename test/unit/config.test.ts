import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';
import { load } from 'js-yaml';

import { ConfigProblems, parseSettings } from '../../infra/config.ts';
import { readImagesLock, resolveImages } from '../../infra/images.ts';
import { longestGapDays, runsPerDay } from '../../infra/config/cron.ts';

const FIXTURES = 'test/fixtures';
const lock = readImagesLock(join(FIXTURES, 'images.lock.json'));

function check(input: unknown): string {
  try {
    resolveImages(parseSettings(input).images, lock);
    return '';
  } catch (error) {
    // Anything else is a bug in the checks, and its stack says where.
    if (!(error instanceof ConfigProblems)) throw error;
    return error.message;
  }
}

function read(kind: 'valid' | 'invalid') {
  return readdirSync(join(FIXTURES, kind)).map((file) => {
    const text = readFileSync(join(FIXTURES, kind, file), 'utf8');
    const expected = text
      .split('\n')
      .filter((line) => line.startsWith('#! '))
      .map((line) => line.slice(3));
    return { name: file.replace(/\.yaml$/, ''), settings: settingsOf(kind, file), expected };
  });
}

/** Settings of a fixture; one that is based on another says only what differs, `null` takes away. */
function settingsOf(kind: 'valid' | 'invalid', file: string): unknown {
  const text = readFileSync(join(FIXTURES, kind, file), 'utf8');
  const base = /^# Based on valid\/(\S+)\.$/m.exec(text)?.[1];
  return base === undefined ? load(text) : merged(settingsOf('valid', base), load(text));
}

function merged(base: unknown, change: unknown): unknown {
  const group = (node: unknown) =>
    typeof node === 'object' && node !== null && !Array.isArray(node);
  if (!group(base) || !group(change)) return change;
  const entries = Object.entries({ ...(base as object), ...(change as object) }).map(
    ([key, own]) => [
      key,
      key in (base as object) ? merged((base as Record<string, unknown>)[key], own) : own,
    ],
  );
  return Object.fromEntries(entries.filter(([, own]) => own !== null));
}

test.each(read('valid'))('$name is accepted', ({ settings }) => {
  expect(check(settings)).toBe('');
});

test.each(read('invalid'))('$name is refused with all its mistakes', ({ settings, expected }) => {
  expect(expected).not.toEqual([]);
  expect(check(settings).split('\n')).toEqual(expected);
});

test('there is a fixture for at least fifteen mistakes', () => {
  expect(read('invalid').length).toBeGreaterThanOrEqual(15);
});

test('staging and prod share no bucket, no key, no identity and no host', () => {
  const names = ['staging', 'prod'].flatMap((stack) => {
    const text = readFileSync(`Pulumi.${stack}.yaml`, 'utf8');
    const settings = /^ +(?:bucket|oidcProviderArn|keyArn|identifier|api|admin): (\S+)$/gm;
    return [...text.matchAll(settings)].map(([, name]) => name);
  });
  expect(names.length).toBeGreaterThan(9);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

test.each(['local', 'staging', 'prod'])('the settings of the stack %s are accepted', (stack) => {
  const file = load(readFileSync(`Pulumi.${stack}.yaml`, 'utf8')) as {
    config: Record<string, unknown>;
  };
  expect(() => parseSettings(file.config['saas-platform:settings'])).not.toThrow();
});

test('a stack without settings says where they belong', () => {
  expect(check(undefined)).toBe('saas-platform:settings: is missing. See docs/config.md.');
});

test('a lock file that is not there names the command that makes it', () => {
  expect(() => readImagesLock('nowhere/images.lock.json')).toThrow(
    'images.lock: "nowhere/images.lock.json" cannot be read. For the embedded cluster run `make up`; for another one write it from your registry.',
  );
});

test('an image runs by the digest of the lock file', () => {
  const [first] = read('valid');
  const images = resolveImages(parseSettings(first?.settings).images, lock);
  expect(images.redis).toBe(
    `docker.io/library/redis:8.0.2@${lock['docker.io/library/redis:8.0.2']}`,
  );
});

test.each([
  ['0 2 * * *', 1],
  ['0 */6 * * *', 1],
  ['0 2 * * 0', 7],
  ['0 2 * * 7', 7],
  ['0 2 * * 1-5', 3],
  ['0 2 1 * *', 31],
  ['0 2 1,15 * *', 17],
  // Restricted day of the month and of the week are alternatives in cron.
  ['0 2 1 * 1', 7],
  ['0 2 29 2 *', 1461],
  ['0 2 30 2 *', Number.POSITIVE_INFINITY],
])('the longest time between two runs of "%s" is %d days', (schedule, days) => {
  expect(longestGapDays(schedule)).toBe(days);
});

test.each([
  ['0 2 * * *', 1],
  ['0 */6 * * *', 4],
  ['0,30 1-3 * * 1', 6],
])('"%s" runs %i times on its day, so many backups make one day', (schedule, runs) => {
  expect(runsPerDay(schedule)).toBe(runs);
});
