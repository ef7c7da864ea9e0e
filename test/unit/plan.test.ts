import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';

import { LAYER_ORDER, layerOf, OUTSIDE } from '../../infra/review/layers.ts';
import { isSound, overview } from '../../infra/review/overview.ts';
import type { PolicyFinding } from '../../infra/review/policy-events.ts';
import { parseSettings } from '../../infra/config.ts';
import { projectDir } from '../../sandbox/paths.ts';
import { type PlanProject, writePlanProject } from '../../sandbox/plan/project.ts';
import { prices, step } from './review/support.ts';

const finding: PolicyFinding = {
  policy: 'pod-01-privileged',
  level: 'mandatory',
  severity: 'critical',
  resource: 'redis-nodes',
  message: 'POD-01: container "r" is privileged.',
};
const create = (component: string, type: string, name: string, after: unknown = {}) =>
  step({ change: 'create', component, type, name, after });
const pods = { replicas: 2, template: { spec: { containers: [{ resources: {} }] } } };
const steps = [
  create('saas:redis:RedisCluster', 'kubernetes:apps/v1:StatefulSet', 'redis-nodes', {
    spec: {
      ...pods,
      volumeClaimTemplates: [{ spec: { resources: { requests: { storage: '10Gi' } } } }],
    },
  }),
  create('saas:gateway:Gateway', 'kubernetes:core/v1:Service', 'gateway-service', {
    spec: { type: 'LoadBalancer' },
  }),
  create('saas:gateway:Gateway', 'kubernetes:core/v1:Secret', 'gateway-secret'),
  create('pulumi:providers:kubernetes', 'pulumi:providers:kubernetes', 'cluster'),
];

describe('a plan tells', () => {
  const text = overview('prod', { steps, errors: [] }, [], prices);

  test('what each layer makes, by type', () => {
    expect(text).toContain('stack prod: 4 resources');
    expect(text).toContain('\ndata                 1  StatefulSet 1\n');
    expect(text).toContain('\napplication          2  Secret 1, Service 1\n');
    expect(text).toContain('\noutside of layers    1  kubernetes provider 1\n');
  });

  test('what a month costs', () => {
    expect(text).toMatch(/GiB of volume +20 +2\.00\n/);
    expect(text).toMatch(/load balancer +1 +24\.00\n/);
    expect(text).toMatch(/in all +26\.00\n/);
  });

  test('which policies are broken, where, and that is its failure', () => {
    expect(text).toContain('policy violations: 0\n');
    expect(isSound({ steps, errors: [] }, [])).toBe(true);
    expect(overview('prod', { steps, errors: [] }, [finding], prices)).toContain(
      'policy violations: 1\n  pod-01-privileged at redis-nodes: POD-01: container "r" is privileged.',
    );
    expect(isSound({ steps, errors: [] }, [finding])).toBe(false);
    const advice = [{ ...finding, level: 'advisory' }];
    expect(isSound({ steps, errors: [] }, advice)).toBe(true);
    expect(overview('prod', { steps, errors: [] }, advice, prices)).toContain(
      'policy violations: 0\nadvice, and what only the update can judge: 1\n  pod-01-privileged at',
    );
  });

  test('that it is incomplete, and that is its failure too', () => {
    const failed = { steps, errors: ['Pulumi.prod.yaml needs a change:\nhosts.port: is wrong.'] };
    expect(overview('prod', failed, [], prices)).toContain('Pulumi.prod.yaml needs a change:');
    expect(isSound(failed, [])).toBe(false);
  });

  test('the layer of every component of the reviewed plans', () => {
    const planned = ['local', 'staging', 'prod'].flatMap((stack) =>
      readFileSync(join(projectDir, 'test', 'golden', `${stack}.txt`), 'utf8').split('\n'),
    );
    const components = planned.flatMap((line) => /^saas:\w+:\w+/.exec(line)?.[0] ?? []);
    // Only used inside of others, so it is never the outermost.
    const outermost = components.filter((type) => !type.startsWith('saas:network:'));
    expect(outermost.length).toBeGreaterThan(30);
    expect(outermost.filter((type) => layerOf(type) === OUTSIDE)).toEqual([]);
    expect(LAYER_ORDER.at(-1)).toBe(OUTSIDE);
  });
});

describe('the project that a plan is made of', () => {
  const folder = mkdtempSync(join(tmpdir(), 'plan-project-'));
  const settings = join(projectDir, 'Pulumi.prod.yaml');
  const before = readFileSync(settings, 'utf8');
  let project: PlanProject;
  let config: Record<string, unknown>;
  beforeAll(() => {
    project = writePlanProject(folder, 'prod');
    const text = readFileSync(join(folder, 'Pulumi.prod.yaml'), 'utf8');
    ({ config } = load(text) as { config: Record<string, unknown> });
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test('has the settings of the stack, and its context', () => {
    expect(project.context).toBe('saas-prod');
    const planned = parseSettings(config['saas-platform:settings']);
    const { config: real } = load(before) as { config: Record<string, unknown> };
    const { images, ...rest } = parseSettings(real['saas-platform:settings']);
    expect(planned).toEqual({ ...rest, images: { ...images, lock: planned.images.lock } });
  });

  test('says that it makes up the digests that nobody has written yet', () => {
    expect(project.notes).toContain(
      'images.lock.json is missing: all images have the placeholder digest sha256:000….',
    );
    const lock = JSON.parse(readFileSync(join(folder, 'lock.json'), 'utf8')) as object;
    expect(Object.keys(lock)).toContain('docker.io/saas-platform/app:0.1.0');
  });

  test('leaves the real project alone', () => {
    expect(readFileSync(settings, 'utf8')).toBe(before);
  });

  test('names the stacks that there are when asked for another one', () => {
    expect(() => writePlanProject(folder, 'production')).toThrow('there is no stack "production".');
  });
});

test('a plan holds no encrypted value and no key of the stack, and says so', () => {
  const source = join(projectDir, 'Pulumi.plan-test.yaml');
  const folder = mkdtempSync(join(tmpdir(), 'plan-project-'));
  const text = readFileSync(join(projectDir, 'Pulumi.prod.yaml'), 'utf8');
  const secrets = 'secretsprovider: awskms://alias/x\nencryptedkey: a2V5\n';
  writeFileSync(source, `${secrets}${text}  saas-platform:token:\n    secure: v1:canary\n`);
  try {
    const { notes } = writePlanProject(folder, 'plan-test');
    const planned = readFileSync(join(folder, 'Pulumi.plan-test.yaml'), 'utf8');
    expect(planned).not.toMatch(/canary|awskms|a2V5/);
    expect(planned).toContain('saas-platform:token: placeholder-of-a-secret');
    expect(notes).toContain(
      "the state is under a passphrase made for this run, not the stack's own key.",
    );
    expect(notes.join(' ')).toContain('encrypted settings are "placeholder-of-a-secret"');
  } finally {
    rmSync(source);
    rmSync(folder, { recursive: true });
  }
});
