import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';
import { load } from 'js-yaml';

import { ConfigProblems, parseSettings } from '../../infra/config.ts';
import { readImagesLock, resolveImages } from '../../infra/images.ts';
import { longestGapDays } from '../../infra/config/cron.ts';

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
    return { name: file.replace(/\.yaml$/, ''), settings: load(text), expected };
  });
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
