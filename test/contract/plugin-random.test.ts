import { describe, expect, test } from '@jest/globals';

import { SandboxProvider } from '../../sandbox/plugins/provider/provider.ts';
import { isSecret, reveal, UNKNOWN, type Values } from '../../sandbox/plugins/provider/values.ts';
import { random } from '../../sandbox/plugins/random/plugin.ts';
import { urn } from './plugin-urn.ts';

const provider = new SandboxProvider(random);
const PASSWORD = urn('random:index/randomPassword:RandomPassword');
const BYTES = urn('random:index/randomBytes:RandomBytes');
const STRING = urn('random:index/randomString:RandomString');
const ID = urn('random:index/randomId:RandomId');
const UUID = urn('random:index/randomUuid:RandomUuid');

/** What the engine does for a new resource: check, then create. */
async function create(resource: string, inputs: Values) {
  const checked = provider.check(resource, {}, inputs);
  expect(checked.failures).toEqual([]);
  const planned = await provider.create(resource, checked.inputs, true);
  const created = await provider.create(resource, checked.inputs, false);
  // An output that the preview did not announce could not be used by the rest of a program.
  expect(Object.keys(created.outputs).sort()).toEqual(Object.keys(planned.outputs).sort());
  return created;
}

async function text(inputs: Values): Promise<string> {
  return (await create(STRING, inputs)).outputs['result'] as string;
}

function failures(resource: string, inputs: Values): string[] {
  return provider.check(resource, {}, inputs).failures.map((f) => `${f.property} ${f.reason}`);
}

describe('a password', () => {
  test('and its hash are secrets in the state', async () => {
    const { outputs } = await create(PASSWORD, { length: 16 });
    expect(isSecret(outputs['result'])).toBe(true);
    expect(isSecret(outputs['bcryptHash'])).toBe(true);
    expect(
      JSON.stringify(Object.values(outputs).filter((value) => !isSecret(value))),
    ).not.toContain(reveal(outputs['result']));
  });

  test('matches its bcrypt hash', async () => {
    const { outputs } = await create(PASSWORD, { length: 20 });
    const { default: bcrypt } = await import('bcryptjs');
    const hash = reveal(outputs['bcryptHash']) as string;
    expect(await bcrypt.compare(reveal(outputs['result']) as string, hash)).toBe(true);
    expect(await bcrypt.compare('another', hash)).toBe(false);
  });

  test('is unknown, and still secret, in a preview', async () => {
    const { outputs } = await provider.create(PASSWORD, { length: 16 }, true);
    expect(isSecret(outputs['result'])).toBe(true);
    expect(reveal(outputs['result'])).toBe(UNKNOWN);
  });
});

describe('a random string', () => {
  test('has the length that was asked for, and never repeats', async () => {
    const all = await Promise.all(Array.from({ length: 50 }, () => text({ length: 24 })));
    expect(new Set(all.map((one) => one.length))).toEqual(new Set([24]));
    expect(new Set(all).size).toBe(50);
  });

  test('holds only the classes that were allowed', async () => {
    const inputs = { length: 400, special: false, upper: false };
    // 400 characters: each of the two classes is missing with a chance below 1 in 10^50.
    expect(await text(inputs)).toMatch(/^(?=.*[a-z])(?=.*[0-9])[a-z0-9]{400}$/);
    expect(await text({ ...inputs, lower: false })).toMatch(/^[0-9]{400}$/);
  });

  test('holds every class at first, with the official special characters', async () => {
    const result = await text({ length: 2000 });
    expect(new Set(result).size).toBe(26 + 26 + 10 + '!@#$%&*()-_=+[]{}<>:?'.length);
  });

  test('takes its special characters from overrideSpecial', async () => {
    const inputs = { length: 300, lower: false, upper: false, numeric: false };
    expect(await text({ ...inputs, overrideSpecial: '-_' })).toMatch(/^(?=.*-)(?=.*_)[-_]{300}$/);
  });

  test('has at least the minimum of each class, at any place', async () => {
    const inputs = { length: 8, minUpper: 2, minLower: 2, minNumeric: 2, minSpecial: 2 };
    const all = await Promise.all(Array.from({ length: 60 }, () => text(inputs)));
    for (const one of all) {
      const counts = [/[A-Z]/g, /[a-z]/g, /[0-9]/g, /[^A-Za-z0-9]/g].map(
        (kind) => one.match(kind)?.length,
      );
      expect(counts).toEqual([2, 2, 2, 2]);
    }
    // Without shuffling the first character would be a lower-case letter every time.
    expect(all.some((one) => !/^[a-z]/.test(one))).toBe(true);
  });

  test('gives every character the same chance', async () => {
    const result = await text({ length: 200_000 });
    const counts = new Map<string, number>();
    for (const one of result) counts.set(one, (counts.get(one) ?? 0) + 1);
    // 83 characters: mean 2410, standard deviation 49. Bytes folded into 83 would be off by 700.
    for (const count of counts.values()) expect(Math.abs(count - 200_000 / 83)).toBeLessThan(350);
  });
});

test('the bytes of a key are secret in every notation, and its identifier tells nothing', async () => {
  const { id, outputs } = await create(BYTES, { length: 32 });
  expect([isSecret(outputs['base64']), isSecret(outputs['hex'])]).toEqual([true, true]);
  const bytes = Buffer.from(reveal(outputs['base64']) as string, 'base64');
  expect(bytes).toHaveLength(32);
  expect(reveal(outputs['hex'])).toBe(bytes.toString('hex'));
  expect(id).toBe('none');
  expect(failures(BYTES, { length: 0 })).toEqual(['length must be at least 1, got 0.']);
});

test('an identifier has one value in every notation', async () => {
  const { id, outputs } = await create(ID, { byteLength: 6, prefix: 'db-' });
  const bytes = Buffer.from(id, 'base64url');
  expect(bytes).toHaveLength(6);
  expect(outputs).toMatchObject({
    b64Url: `db-${id}`,
    b64Std: `db-${bytes.toString('base64')}`,
    hex: `db-${bytes.toString('hex')}`,
    dec: `db-${BigInt(`0x${bytes.toString('hex')}`)}`,
  });
});

test('a UUID is a UUID', async () => {
  const { id, outputs } = await create(UUID, {});
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(outputs['result']).toBe(id);
});

test('the second preview of an unchanged password is empty', async () => {
  const inputs = { length: 16, keepers: { generation: '1' } };
  const { outputs } = await create(PASSWORD, inputs);
  const state = reveal(outputs) as Values;
  expect(provider.diff(PASSWORD, inputs, state, inputs).changed).toEqual([]);
  // Writing down what is the default anyway changes nothing either.
  expect(provider.diff(PASSWORD, inputs, state, { ...inputs, upper: true }).changed).toEqual([]);
});

test.each([
  ['length', { length: 17 }],
  ['keepers', { keepers: { generation: '2' } }],
  ['keepers', { keepers: UNKNOWN }],
  ['special', { special: false }],
])('a changed %s makes a new password', (property, change) => {
  const inputs = { length: 16, keepers: { generation: '1' } };
  const { replaces } = provider.diff(PASSWORD, inputs, inputs, { ...inputs, ...change });
  expect(replaces).toEqual([property]);
});

test.each<[string, Values, string]>([
  ['no length', {}, 'length is required.'],
  ['a length of text', { length: '16' }, 'length must be an integer, got "16".'],
  ['a length of zero', { length: 0 }, 'length must be at least 1, got 0.'],
  [
    'more minimum characters than length',
    { length: 4, minUpper: 3, minLower: 2 },
    'length 4 is less than the sum of minLower, minUpper, minNumeric and minSpecial, 5.',
  ],
  [
    'no characters to choose from',
    { length: 8, lower: false, upper: false, numeric: false, special: false },
    'length needs at least one class of characters.',
  ],
  [
    'number against numeric',
    { length: 8, number: true, numeric: false },
    'number contradicts numeric; write numeric alone.',
  ],
  [
    'a misspelt input',
    { length: 8, specials: true },
    "specials is not supported by the sandbox's random plugin.",
  ],
])('refuses %s', (_mistake, inputs, message) => {
  expect(failures(PASSWORD, inputs)).toEqual([message]);
});

test('an input that is not known yet is not refused', () => {
  expect(failures(PASSWORD, { length: UNKNOWN, keepers: { a: UNKNOWN } })).toEqual([]);
});

test('a resource that is not served is refused by name', () => {
  const pet = urn('random:index/randomPet:RandomPet', 'mascot');
  expect(() => provider.check(pet, {}, {})).toThrow(
    "resource random:index/randomPet:RandomPet (mascot) is not supported by the sandbox's random plugin. It serves RandomBytes, RandomId, RandomPassword, RandomString, RandomUuid.",
  );
});
