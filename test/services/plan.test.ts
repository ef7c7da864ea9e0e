import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeAll, describe, expect, test } from '@jest/globals';

import { cacheDir, projectDir } from '../../sandbox/paths.ts';

const args = [join(projectDir, 'sandbox', 'main.ts'), 'plan'];

/** Command lines of processes that hold something of a plan. */
function processes(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')];
      } catch {
        return [];
      }
    })
    .filter((command) => command.includes(join(cacheDir, 'plan-')));
}

const folders = () => readdirSync(cacheDir).filter((name) => name.startsWith('plan-'));

describe('make plan STACK=prod', () => {
  let output: string;
  let status: number | null;
  const tracked = () => execFileSync('git', ['status', '--porcelain'], { cwd: projectDir });
  let before: Buffer;
  beforeAll(() => {
    before = tracked();
    const env = { ...process.env, KUBECONFIG: '/nonexistent', AWS_PROFILE: 'nobody' };
    ({ stdout: output, status } = spawnSync(process.execPath, [...args, 'prod'], {
      encoding: 'utf8',
      env,
    }));
  }, 300_000);

  test('shows the whole stack without account, cloud or cluster, and breaks no policy', () => {
    expect(output).toMatch(/^stack prod: \d{3} resources$/m);
    for (const layer of ['certificates', 'foundation', 'backup', 'data', 'application']) {
      expect(output).toMatch(new RegExp(`^${layer} +\\d+ `, 'm'));
    }
    expect(output).toMatch(/^in all +\d+\.\d\d$/m);
    expect(output).toMatch(/^policy violations: 0$/m);
    expect(output).toMatch(/^time: .*preview [\d.]+ s/m);
    expect(status).toBe(0);
  });

  test('says what stands in for the real thing', () => {
    expect(output).toContain('stands in for the cluster "saas-prod"');
  });

  test('leaves no process, no file and no change behind', () => {
    expect(processes()).toEqual([]);
    expect(folders()).toEqual([]);
    expect(tracked().toString()).toBe(before.toString());
  });
});

test('a plan that is killed takes its API server with it', async () => {
  const child = spawn(process.execPath, [...args, 'staging'], { stdio: 'ignore' });
  const until = async (condition: () => boolean) => {
    const deadline = Date.now() + 120_000;
    while (!condition()) {
      if (Date.now() > deadline) throw new Error(`still:\n${processes().join('\n')}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  await until(() => processes().some((command) => command.includes('kube-apiserver')));
  child.kill('SIGTERM');
  await until(() => processes().length === 0 && folders().length === 0);
}, 300_000);
