import { accessSync, constants, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';

import { stacksOfChange } from '../../infra/review/stacks-of-change.ts';

interface WorkflowStep {
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
}
interface Job {
  if?: string;
  environment?: string;
  concurrency?: { group: string; 'cancel-in-progress': boolean };
  permissions?: Record<string, string>;
  steps: WorkflowStep[];
}
interface Workflow {
  on: Record<string, unknown>;
  permissions: Record<string, string>;
  jobs: Record<string, Job>;
}

const root = join(import.meta.dirname, '..', '..');
const folder = join(root, '.github', 'workflows');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const workflows = readdirSync(folder).map((file): [string, Workflow] => [
  file,
  load(readFileSync(join(folder, file), 'utf8')) as Workflow,
]);
const jobs = workflows.flatMap(([file, workflow]) =>
  Object.entries(workflow.jobs).map(([name, job]): [string, Job] => [`${file} ${name}`, job]),
);
const steps = jobs.flatMap(([name, job]) =>
  job.steps.map((step): [string, WorkflowStep] => [name, step]),
);
const runs = steps.flatMap(([, { run }]) => run ?? []);

test('there is one workflow for pull requests, one for merges and one for drift', () => {
  expect(workflows.map(([file]) => file)).toEqual(['drift.yml', 'merge.yml', 'pull-request.yml']);
});

describe('what runs in the pipeline is known in advance', () => {
  test('every action is pinned by the digest of its commit', () => {
    const used = steps.flatMap(([, { uses }]) => uses ?? []);
    expect(used.length).toBeGreaterThan(5);
    for (const action of used) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
  });

  test('every command of this repository that a step runs exists', () => {
    const targets = [...read('Makefile').matchAll(/^([a-z]+):/gm)].map(([, name]) => name);
    const scripts = Object.keys((JSON.parse(read('package.json')) as { scripts: object }).scripts);
    const named = (pattern: RegExp) =>
      runs.flatMap((run) => [...run.matchAll(pattern)].map(([, name]) => name ?? ''));
    expect(named(/\bmake (?:-s )?([a-z]+)/g)).not.toEqual([]);
    for (const name of named(/\bmake (?:-s )?([a-z]+)/g)) expect(targets).toContain(name);
    for (const name of named(/\bnpm run ([\w:]+)/g)) expect(scripts).toContain(name);
    for (const file of named(/\bnode ([\w/.-]+\.ts)/g)) accessSync(join(root, file));
    for (const file of named(/(\.ci\/[\w-]+)/g)) accessSync(join(root, file), constants.X_OK);
  });

  test('the pinned Pulumi is the one that the sandbox is tested with', () => {
    const [, version = 'none'] =
      /pulumiVersion = '(v[\d.]+)'/.exec(read('sandbox/pulumi.ts')) ?? [];
    expect(read('.ci/prepare')).toContain(`version.Version=${version}'`);
  });

  test('what a contributor writes never becomes part of a command', () => {
    for (const run of runs) {
      const inserted = [...run.matchAll(/\$\{\{\s*([^}]*?)\s*\}\}/g)].map(([, name]) => name);
      for (const name of inserted) expect(name).toMatch(/^vars\./);
    }
  });
});

describe('nobody outside the team gets rights', () => {
  test('no workflow runs foreign code with the rights of this repository', () => {
    for (const [, { on }] of workflows) {
      expect(Object.keys(on)).not.toContain('pull_request_target');
      expect(Object.keys(on)).not.toContain('workflow_run');
    }
  });

  test('every workflow starts with reading rights only', () => {
    for (const [file, { permissions }] of workflows) {
      expect([file, permissions]).toEqual([file, { contents: 'read' }]);
    }
  });

  test('no long-lived key is used: clouds are reached by tokens of the run', () => {
    const text = workflows.map(([file]) => read(join('.github', 'workflows', file))).join('\n');
    expect(text).not.toMatch(/\bsecrets\./);
    expect(text).not.toMatch(/aws-access-key-id/);
  });

  test('a job that can log in to a cloud can write nothing here, and the other way round', () => {
    for (const [name, { permissions = {} }] of jobs) {
      const writes = Object.keys(permissions).filter((key) => permissions[key] === 'write');
      expect([name, writes.length]).toEqual([name, Math.min(writes.length, 1)]);
    }
  });

  test('a pull request from a fork is tested, but gets no token for a cloud', () => {
    const [, pullRequest] = workflows.find(([file]) => file === 'pull-request.yml') ?? [];
    for (const job of Object.values(pullRequest?.jobs ?? {})) {
      if (job.permissions?.['id-token'] !== 'write') continue;
      expect(job.if).toBe('github.event.pull_request.head.repo.full_name == github.repository');
    }
    expect(pullRequest?.jobs['check']?.if).toBeUndefined();
  });

  test('what may write comments or issues runs no code of a pull request', () => {
    const writers = jobs.filter(
      ([, { permissions }]) => permissions?.['pull-requests'] === 'write',
    );
    expect(writers).not.toEqual([]);
    for (const [, job] of writers) {
      const checkout = job.steps.find(({ uses }) => uses?.startsWith('actions/checkout@'));
      expect(checkout?.with?.['ref']).toBe(`${'$'}{{ github.event.pull_request.base.sha }}`);
    }
  });

  test('no checkout leaves a token behind', () => {
    for (const [, { uses, with: options }] of steps) {
      if (uses?.startsWith('actions/checkout@') !== true) continue;
      expect(options?.['persist-credentials']).toBe(false);
    }
  });
});

describe('a deployment', () => {
  const deploys = jobs.filter(([, job]) => job.steps.some(({ run }) => run?.includes('pulumi up')));

  test('waits for the approval of its environment, and runs alone on its stack to the end', () => {
    expect(deploys.map(([name]) => name)).toEqual(['merge.yml staging', 'merge.yml prod']);
    for (const [name, { environment, concurrency }] of deploys) {
      const stack = name.split(' ')[1];
      expect(environment).toBe(stack);
      expect(concurrency).toEqual({ group: `stack-${stack}`, 'cancel-in-progress': false });
    }
  });

  test('and every preview run with the policy pack', () => {
    const commands = [...runs, read('.ci/preview')].filter((run) =>
      /pulumi (up|preview)/.test(run),
    );
    expect(commands).toHaveLength(3);
    for (const run of commands) expect(run).toContain('--policy-pack "$PWD/policies/index.ts"');
  });

  test('goes to stacks that have their settings here, each to the cluster it names', () => {
    for (const stack of ['staging', 'prod']) {
      const file = load(read(`Pulumi.${stack}.yaml`)) as {
        config: { 'saas-platform:settings': { cluster: { context: string } } };
      };
      const { context } = file.config['saas-platform:settings'].cluster;
      const matching = runs.filter((run) => run.includes(`--stack ${stack}`));
      for (const run of matching) expect(run).toContain(`--alias ${context}\n`);
    }
  });
});

describe('a preview is made of the stacks that a change can alter', () => {
  const stacks = ['staging', 'prod'];
  test.each([
    [['components/redis/redis-pod.ts'], stacks],
    [['package-lock.json'], stacks],
    [['policies/rules/index.ts'], stacks],
    [['Pulumi.prod.yaml', 'README.md'], ['prod']],
    [['infra/review/prices.json', 'docs/config.md', 'test/run.ts', 'sandbox/main.ts'], []],
  ])('%j: %j', (files, expected) => {
    expect(stacksOfChange(files, stacks)).toEqual(expected);
  });
});

test('secrets of a run are deleted with its event log, and never kept', () => {
  const preview = read('.ci/preview');
  expect(preview).toContain(`trap 'rm -f "$log"' EXIT`);
  expect(preview).toContain(`grep '"policyEvent"' "$log"`);
  expect(steps.some(([, { uses }]) => uses?.includes('upload-artifact'))).toBe(false);
});
