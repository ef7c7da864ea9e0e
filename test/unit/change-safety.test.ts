import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeAll, describe, expect, test } from '@jest/globals';

import { heldData, type HeldData, losses } from './support/held-data.ts';
import { planOf } from './support/local-plan.ts';
import type { Recorded } from './support/mocks.ts';

/**
 * What the stack local held before the layers for production came. Only a release that ends the
 * support of older state may replace it: UPDATE_HELD_DATA=1 writes it.
 */
const file = join(import.meta.dirname, '..', 'fixtures', 'held-data', 'local.json');

let resources: readonly Recorded[];
let before: HeldData;
beforeAll(async () => {
  ({ resources } = await planOf('local'));
  if (process.env['UPDATE_HELD_DATA'] === '1') {
    writeFileSync(file, JSON.stringify(heldData(resources), undefined, 2) + '\n');
  }
  before = JSON.parse(readFileSync(file, 'utf8')) as HeldData;
}, 120_000);

test('an update of an older platform deletes, replaces and renames nothing that holds data', () => {
  expect(Object.keys(before).length).toBeGreaterThan(40);
  expect(losses(before, resources)).toEqual([]);
});

test('what is compared holds no secret', () => {
  expect(JSON.stringify(before)).not.toMatch(/-result|-private|BEGIN/);
});

describe('a change is refused that would', () => {
  const volume = 'saas:backup:ObjectGateway$kubernetes:core/v1:PersistentVolumeClaim::objects-data';
  const changed = (name: string, change: Partial<Recorded>, inputs: object = {}) =>
    resources.map((one) =>
      one.name === name ? { ...one, ...change, inputs: { ...one.inputs, ...inputs } } : one,
    );
  const volumeOf = (spec: object) => {
    const { inputs } = resources.find(({ name }) => name === 'objects-data') ?? { inputs: {} };
    const old = (inputs as { spec: object }).spec;
    return changed('objects-data', {}, { spec: { ...old, ...spec } });
  };
  const requests = (storage: string) => ({ resources: { requests: { storage } } });

  test('delete a volume', () => {
    const rest = resources.filter(({ name }) => name !== 'objects-data');
    expect(losses(before, rest)).toEqual([
      `${volume}: would be deleted. If it was renamed, alias it.`,
    ]);
  });

  test('rename it, unless an alias says what it was called', () => {
    const renamed = { name: 'objects-volume' };
    expect(losses(before, changed('objects-data', renamed))).toHaveLength(1);
    const alias = { name: 'objects-data', type: '', parentUrn: '', noParent: false };
    expect(losses(before, changed('objects-data', { ...renamed, formerly: [alias] }))).toEqual([]);
  });

  test('move it to another namespace or storage class', () => {
    const metadata = { name: 'objects-data', namespace: 'elsewhere' };
    expect(losses(before, changed('objects-data', {}, { metadata }))).toEqual([
      `${volume}: would be made anew: metadata.namespace changes.`,
    ]);
    expect(losses(before, volumeOf({ storageClassName: 'other' }))).toEqual([
      `${volume}: would be made anew: spec.storageClassName changes.`,
    ]);
  });

  test('shrink it; growing is no loss', () => {
    expect(losses(before, volumeOf(requests('1Gi')))).toEqual([
      `${volume}: would have to shrink, which it cannot: spec.resources.requests.storage.`,
    ]);
    expect(losses(before, volumeOf(requests('100Gi')))).toEqual([]);
  });

  test('rename a component and with it all that it holds, unless the component has an alias', () => {
    const renamed = (formerly: Recorded['formerly']) =>
      resources.map((one) => {
        if (one.type.endsWith(':ObjectGateway')) return { ...one, name: 'store', formerly };
        const parentUrn = one.parentUrn.replace(/::objects(?=-|$)/, '::store');
        if (parentUrn === one.parentUrn) return one;
        return { ...one, parentUrn, name: one.name.replace(/^objects/, 'store') };
      });
    expect(losses(before, renamed([])).length).toBeGreaterThan(2);
    const alias = { name: 'objects', type: '', parentUrn: '', noParent: false };
    expect(losses(before, renamed([alias]))).toEqual([]);
  });
});
