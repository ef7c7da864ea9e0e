import type { CheckFailure, InputDefinition, ResourceDefinition } from '../provider/definition.ts';
import type { Values } from '../provider/values.ts';
import { contradiction, randomCharacters, type CharacterRules } from './characters.ts';

const count: InputDefinition = { kind: 'integer', default: 0, replaces: true };
const flag: InputDefinition = { kind: 'boolean', default: true, replaces: true };

const inputs = {
  keepers: { kind: 'map', replaces: true },
  length: { kind: 'integer', required: true, replaces: true },
  lower: flag,
  minLower: count,
  minNumeric: count,
  minSpecial: count,
  minUpper: count,
  // The old name of `numeric`; `normalise` makes the two agree.
  number: flag,
  numeric: flag,
  overrideSpecial: { kind: 'string', replaces: true },
  special: flag,
  upper: flag,
} as const satisfies ResourceDefinition['inputs'];

function normalise(_name: string, _olds: Values, news: Values): Values {
  if (news['numeric'] === undefined && news['number'] !== undefined) {
    return { ...news, numeric: news['number'] };
  }
  return news['numeric'] === undefined ? news : { number: news['numeric'], ...news };
}

function rules(values: Values): CharacterRules {
  // Empty means "not set" in the official provider.
  const overrideSpecial = values['overrideSpecial'] === '' ? undefined : values['overrideSpecial'];
  return { ...(values as unknown as CharacterRules), overrideSpecial } as CharacterRules;
}

function check(values: Values): readonly CheckFailure[] {
  if (values['number'] !== values['numeric']) {
    return [{ property: 'number', reason: 'contradicts numeric; write numeric alone.' }];
  }
  if (values['length'] === undefined) return [];
  const reason = contradiction(rules(values));
  return reason === undefined ? [] : [{ property: 'length', reason }];
}

export const randomPassword: ResourceDefinition = {
  inputs,
  computed: ['bcryptHash', 'result'],
  secrets: ['bcryptHash', 'result'],
  normalise,
  check,
  async create(values) {
    const result = randomCharacters(rules(values));
    const { default: bcrypt } = await import('bcryptjs');
    // bcrypt reads 72 bytes and no more; the official provider cuts there as well.
    const hashed = Buffer.from(result).subarray(0, 72).toString();
    return { id: 'none', outputs: { result, bcryptHash: await bcrypt.hash(hashed, 10) } };
  },
};

export const randomString: ResourceDefinition = {
  inputs,
  computed: ['result'],
  secrets: [],
  normalise,
  check,
  create(values) {
    const result = randomCharacters(rules(values));
    return Promise.resolve({ id: result, outputs: { result } });
  },
};
