import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { kubeconfig } from '../../sandbox/paths.ts';
import { get, ok, shell } from '../cluster/support.ts';

const folder = mkdtempSync(join(tmpdir(), 'saas-own-'));
/** As a user has it: a file elsewhere, with a context of their own name. */
const own = `KUBECONFIG=${folder}/config make`;

/** What a run that was cut short left of a cluster that is gone. */
function forget(): void {
  rmSync('.cache/pulumi/contexts', { recursive: true, force: true });
  rmSync('Pulumi.context-mine.yaml', { force: true });
}

beforeAll(async () => {
  await ok('make -s down', 120);
  forget();
  await ok(`${process.execPath} sandbox/main.ts up --cluster-only`, 300);
  const text = readFileSync(kubeconfig, 'utf8').replaceAll('saas-sandbox', 'mine');
  writeFileSync(join(folder, 'config'), text, { mode: 0o600 });
}, 420_000);

afterAll(async () => {
  await ok('make -s down', 120);
  forget();
  rmSync(folder, { recursive: true });
}, 120_000);

test('a context that does not exist is refused with those that do', async () => {
  const { code, stderr } = await shell(`${own} -s up CONTEXT=theirs`, 120);
  expect(code).not.toBe(0);
  expect(stderr).toContain('error: your kubeconfig has no context "theirs". It has: mine.');
}, 120_000);

test('a cluster of your own gets the whole platform, is shown first, and keeps nothing of it after `make down`', async () => {
  const kinds = async () =>
    (await get<{ items: { metadata: { name: string } }[] }>('namespaces,crds')).items
      .map(({ metadata }) => metadata.name)
      .sort();
  const before = await kinds();
  const output = await ok(`${own} up CONTEXT=mine`, 600);
  expect(output).toContain('using your own cluster: context "mine" at https://10.89.0.1:6443');
  expect(output).toContain('kubectl --context mine -n saas-edge port-forward');
  expect(await kinds()).toContain('saas-app');
  const api = await get<{ status: { availableReplicas: number } }>('deployment api -n saas-app');
  expect(api.status.availableReplicas).toBe(2);
  expect(existsSync('Pulumi.context-mine.yaml')).toBe(true);

  await ok(`${own} down CONTEXT=mine`, 600);
  expect(await kinds()).toEqual(before);
  expect(existsSync('Pulumi.context-mine.yaml')).toBe(false);
}, 1_300_000);
