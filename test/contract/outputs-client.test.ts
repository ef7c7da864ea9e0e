import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { beforeAll, expect, test } from '@jest/globals';

import { outputsSchema } from '../../infra/outputs.ts';
import { planOf } from '../unit/support/local-plan.ts';
import { value } from '../unit/support/mocks.ts';

const client = join(import.meta.dirname, '..', '..', 'app', 'contract', 'read-outputs.ts');

/** As a program of the app team would use it: the client runs in a Node of its own. */
function parse(text: string): { outputs?: Record<string, unknown>; error: string } {
  const script = `
    import { readFileSync } from 'node:fs';
    import { parseOutputs } from ${JSON.stringify(client)};
    try { console.log(JSON.stringify(parseOutputs(readFileSync(0, 'utf8')))); }
    catch (error) { console.error(error.message); }`;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', script],
    { input: text, encoding: 'utf8' },
  );
  if (stdout === '') return { error: stderr };
  return { outputs: JSON.parse(stdout) as Record<string, unknown>, error: stderr };
}

let real: Record<string, unknown>;
beforeAll(async () => {
  const { outputs } = await planOf('local');
  const known = Object.entries(outputs).map(async ([name, output]) => [name, await value(output)]);
  real = Object.fromEntries(await Promise.all(known)) as Record<string, unknown>;
  expect(outputsSchema.safeParse(real).error).toBeUndefined();
}, 120_000);

test('the app team reads every output of the stack local', () => {
  const { outputs, error } = parse(JSON.stringify(real));
  expect(error).toBe('');
  expect(outputs).toEqual(JSON.parse(JSON.stringify(real)));
});

test('an output that is added later does not break the app', () => {
  expect(parse(JSON.stringify({ ...real, later: { a: 1 } })).error).toBe('');
});

test('outputs that are missing or of another type are named, all at once, without their values', () => {
  const { url, ...rest } = real;
  const postgres = { ...(real['postgres'] as object), port: 'canary' };
  const { outputs, error } = parse(JSON.stringify({ ...rest, postgres }));
  expect(url).toBeDefined();
  expect(outputs).toBeUndefined();
  expect(error).toContain("the outputs do not fit the platform's contract:\n");
  expect(error).toContain('  url: is missing.\n');
  expect(error).toContain('  postgres.port: must be integer.\n');
  expect(error).not.toContain('canary');
});

test('a hidden secret is told with the option that shows it', () => {
  expect(parse(JSON.stringify({ ...real, demoPasswords: '[secret]' })).error).toBe(
    "the outputs do not fit the platform's contract:\n" +
      '  demoPasswords: is hidden. Add --show-secrets.\n',
  );
});

test('text that is no JSON is told with the command that makes it', () => {
  expect(parse('Current stack is local').error).toBe(
    'the outputs are not JSON: pass "pulumi stack output --json --show-secrets".\n',
  );
});
