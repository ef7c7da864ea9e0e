import { describe, expect, test } from '@jest/globals';

import { cost } from '../../../infra/review/cost.ts';
import { readPreview, type Step } from '../../../infra/review/preview.ts';
import { readPrices } from '../../../infra/review/prices.ts';
import { comment, fixture, prices, review, step } from './support.ts';

const stepsOf = (name: string) => readPreview(fixture(name)).steps;
/** Amounts before and after by item. */
const amounts = (steps: readonly Step[]) =>
  Object.fromEntries(
    cost(steps, prices).lines.map(({ item, before, after }) => [item, [before, after]]),
  );
const created = (type: string, spec: object) =>
  step({ change: 'create', type, name: 'x', after: { metadata: { name: 'x' }, spec } });

describe('the cost of a change', () => {
  test('is instances times what each asks for, on both sides', () => {
    // Redis: 6 × 10 → 20 GiB; PostgreSQL: 3 × (100 + 20) GiB, 2 cores and 4 GiB each, deleted.
    expect(amounts(stepsOf('prod.json'))).toEqual({
      cpu: [6 * 0.25 + 3 * 2 + 3 * 0.25, 6 * 0.25 + 3 * 0.25],
      memory: [6 * 0.25 + 3 * 4 + 3 * 0.25, 6 * 0.25 + 3 * 0.25],
      volume: [6 * 10 + 3 * 120, 6 * 20],
    });
  });

  test('counts load balancers, buckets, keys and claims', () => {
    expect(amounts(stepsOf('staging.json'))).toEqual({
      volume: [360, 370],
      'load-balancer': [0, 1],
      bucket: [0, 1],
      'kms-key': [0, 1],
    });
  });

  test('is the sum of its lines at the prices of the file', () => {
    const { lines, difference } = cost(stepsOf('staging.json'), prices);
    const { volume, bucket } = prices.items;
    const expected =
      10 * volume.month +
      prices.items['load-balancer'].month +
      bucket.month +
      prices.items['kms-key'].month;
    expect(difference).toBeCloseTo(expected, 9);
    expect(lines.map(({ difference: one }) => one).reduce((sum, one) => sum + one)).toBe(
      difference,
    );
  });

  test('replicas that an autoscaler decides count as its minimum', () => {
    const pod = {
      template: { spec: { containers: [{ resources: { requests: { cpu: '500m' } } }] } },
    };
    const deployment = created('kubernetes:apps/v1:Deployment', pod);
    const target = { kind: 'Deployment', name: 'x' };
    const scaler = created('kubernetes:autoscaling/v2:HorizontalPodAutoscaler', {
      minReplicas: 4,
      scaleTargetRef: target,
    });
    expect(amounts([deployment, scaler])).toEqual({ cpu: [0, 2] });
    expect(amounts([deployment])).toEqual({ cpu: [0, 0.5] });
  });

  test('a MongoDB replica set is members times server, backup agent and volume', () => {
    const spec = {
      replsets: [
        {
          size: 3,
          resources: { requests: { cpu: '500m', memory: '1Gi' } },
          volumeSpec: { persistentVolumeClaim: { resources: { requests: { storage: '50Gi' } } } },
        },
      ],
      backup: { resources: { requests: { cpu: '250m', memory: '512Mi' } } },
    };
    const set = created('kubernetes:psmdb.percona.com/v1:PerconaServerMongoDB', spec);
    expect(amounts([set])).toEqual({ cpu: [0, 2.25], memory: [0, 4.5], volume: [0, 150] });
    const backup = created('kubernetes:psmdb.percona.com/v1:PerconaServerMongoDBBackup', {});
    expect(cost([set, backup], prices).unpriced).toEqual([]);
  });

  test('a pod asks for its containers and sidecars, or for its largest start', () => {
    const asks = (cpu: string, more = {}) => ({ resources: { requests: { cpu } }, ...more });
    const pod = (start: string) =>
      created('kubernetes:core/v1:Pod', {
        containers: [asks('100m'), asks('200m')],
        initContainers: [asks('50m', { restartPolicy: 'Always' }), asks(start)],
      });
    expect(amounts([pod('10m')])['cpu']?.[1]).toBeCloseTo(0.35);
    expect(amounts([pod('2')])).toEqual({ cpu: [0, 2] });
  });

  test('what has no price is named with the reason, and only when it changes', () => {
    expect(cost(stepsOf('staging.json'), prices).unpriced).toEqual([
      'DaemonSet log-agent: one pod per node, and the number of nodes is not in a preview',
      'Widget odd-widget: no price for this kind',
    ]);
    expect(comment([review('staging')])).toContain('not priced: Widget odd-widget');
    const same = step({
      change: 'same',
      type: 'kubernetes:example.org/v1:Widget',
      name: 'x',
      after: {},
    });
    expect(cost([same], prices).unpriced).toEqual([]);
  });
});

test('a price without its source and its day is refused', () => {
  expect(() => readPrices('{"currency":"USD","items":{"cpu":{"unit":"core","month":1}}}')).toThrow(
    /items\.cpu/,
  );
  for (const { source, date } of Object.values(prices.items)) {
    expect(source.length).toBeGreaterThan(20);
    expect(Date.parse(date)).toBeLessThanOrEqual(Date.now());
  }
});
