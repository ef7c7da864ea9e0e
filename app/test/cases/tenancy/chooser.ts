import { expect, test } from '@jest/globals';

import { chooseModel, schemaCeiling } from '../../../src/db/choose-model.ts';
import type { Situation } from '../../../src/db/choose-model.ts';

const GIB = 2 ** 30;
const small: Situation = {
  isolation: 'shared',
  rows: 1_000,
  searched: false,
  schemas: 0,
  databases: 0,
  memory: 8 * GIB,
  connections: 60,
};

export function chooserCases(): void {
  test.each([
    ['an ordinary tenant shares', {}, 'shared'],
    ['many rows alone are no reason', { rows: 10_000_000 }, 'shared'],
    ['many rows that are searched get a schema', { rows: 100_001, searched: true }, 'schema'],
    ['100,000 searched rows still share', { rows: 100_000, searched: true }, 'shared'],
    ['strict isolation gets a schema', { isolation: 'strict' }, 'schema'],
    ['strict goes up when schemas are full', { isolation: 'strict', schemas: 223 }, 'database'],
    [
      'search is no need: it shares when schemas are full',
      { rows: 1e6, searched: true, schemas: 223 },
      'shared',
    ],
    ['a dedicated tenant gets a database', { isolation: 'dedicated', databases: 49 }, 'database'],
  ] as const)('%s', (_title, change, model) => {
    expect(chooseModel({ ...small, ...change })).toBe(model);
  });

  test('a need that does not fit is refused, never lowered', () => {
    const full = { ...small, schemas: 1_000, databases: 50 };
    expect(() => chooseModel({ ...full, isolation: 'dedicated' })).toThrow(
      '50 databases are in use; this cluster takes no more.',
    );
    expect(() => chooseModel({ ...full, isolation: 'strict' })).toThrow(
      'Neither another schema nor another database fits this cluster.',
    );
  });

  test('the ceiling of schemas follows memory and connections', () => {
    expect(schemaCeiling({ memory: 8 * GIB, connections: 60 })).toBe(223);
    expect(schemaCeiling({ memory: 8 * GIB, connections: 20 })).toBe(671);
    expect(schemaCeiling({ memory: 2 * GIB, connections: 60 })).toBe(55);
  });
}
