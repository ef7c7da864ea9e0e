import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import { runningPid, daemonNames } from '../../sandbox/daemon.ts';
import { projectDir } from '../../sandbox/paths.ts';
import { get, ok, outputs, shell } from './support.ts';

interface Condition {
  readonly type: string;
  readonly status: string;
}

test('the PostgreSQL cluster is healthy and its first backup is completed', async () => {
  const cluster = await get<{
    status: { phase: string; readyInstances: number; conditions: Condition[] };
  }>('cluster.postgresql.cnpg.io postgres -n saas-data');
  expect(cluster.status).toMatchObject({
    phase: 'Cluster in healthy state',
    readyInstances: 2,
  });
  const archiving = cluster.status.conditions.find(({ type }) => type === 'ContinuousArchiving');
  expect(archiving?.status).toBe('True');
  const backups = await get<{ items: { status: { phase: string } }[] }>(
    'backup.postgresql.cnpg.io -n saas-data',
  );
  expect(backups.items.map(({ status }) => status.phase)).toContain('completed');
});

test('the base backup and the WAL are in the bucket', async () => {
  const [pod] = (
    await get<{ items: { metadata: { name: string } }[] }>(
      'pods -n saas-data -l app.kubernetes.io/name=objects',
    )
  ).items;
  expect(pod).toBeDefined();
  const volumes = await get<{
    items: {
      spec: { claimRef: { name: string }; hostPath?: { path: string }; local?: { path: string } };
    }[];
  }>('pv');
  const volume = volumes.items.find(({ spec }) => spec.claimRef.name.includes('objects'));
  const path = volume?.spec.hostPath?.path ?? volume?.spec.local?.path ?? '';
  const files = await ok(`find '${path}' -type f`);
  expect(files).toMatch(/\/base\/\d{8}T\d{6}\/backup\.info/);
  expect(files).toMatch(/\/base\/\d{8}T\d{6}\/data\.tar/);
  expect(files).toMatch(/\/wals\/[0-9A-F]{16}\/[0-9A-F]{24}/);
});

test('everything on the cluster together holds less than 6 GiB of memory', async () => {
  const summary = JSON.parse(
    await ok('kubectl get --raw /api/v1/nodes/saas-local/proxy/stats/summary'),
  ) as { pods: { memory?: { workingSetBytes?: number } }[] };
  const podBytes = summary.pods.reduce(
    (sum, { memory }) => sum + (memory?.workingSetBytes ?? 0),
    0,
  );
  const daemonBytes = daemonNames()
    .map((name) => runningPid(name))
    .filter((pid) => pid !== undefined && existsSync(`/proc/${pid}/status`))
    .reduce((sum: number, pid) => {
      const kib = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
      return sum + Number(kib) * 1024;
    }, 0);
  const gib = (bytes: number) => (bytes / 2 ** 30).toFixed(2);
  console.log(`memory: pods ${gib(podBytes)} GiB, control plane and node ${gib(daemonBytes)} GiB`);
  expect(podBytes + daemonBytes).toBeLessThan(6 * 2 ** 30);
});

interface Preview {
  readonly changeSummary: Readonly<Record<string, number>>;
  readonly steps: readonly { readonly op: string; readonly urn: string }[];
}

test('a preview right after is empty', async () => {
  const began = Date.now();
  const preview = JSON.parse(await ok('pulumi preview --stack local --json')) as Preview;
  console.log(`preview: ${((Date.now() - began) / 1000).toFixed(1)} s`);
  expect(Object.keys(preview.changeSummary)).toEqual(['same']);
}, 120_000);

test('a change of one label is exactly one update', async () => {
  const copy = mkdtempSync(join(tmpdir(), 'saas-label-'));
  try {
    await ok(`git ls-files -z | xargs -0 cp --parents -t '${copy}'`);
    for (const name of ['.cache', 'node_modules'])
      symlinkSync(join(projectDir, name), join(copy, name));
    cpSync('Pulumi.local.yaml', join(copy, 'Pulumi.local.yaml'));
    const entry = join(copy, 'infra', 'index.ts');
    writeFileSync(entry, `${readFileSync(entry, 'utf8')}\n`.replace('export default', LABEL));
    const preview = JSON.parse(
      await ok(`cd '${copy}' && pulumi preview --stack local --json`),
    ) as Preview;
    expect(preview.changeSummary).toMatchObject({ update: 1 });
    expect(Object.keys(preview.changeSummary).sort()).toEqual(['same', 'update']);
    const [step] = preview.steps.filter(({ op }) => op !== 'same');
    expect(step?.urn).toMatch(/::redis-service$/);
  } finally {
    rmSync(copy, { recursive: true });
  }
}, 120_000);

/** What a user would write to label one object. */
const LABEL = `pulumi.runtime.registerStackTransformation(({ name, props, opts }) => {
  if (name !== 'redis-service') return undefined;
  const labels = { ...props.metadata.labels, 'example.org/team': 'data' };
  return { props: { ...props, metadata: { ...props.metadata, labels } }, opts };
});
export default`;

test('the literal commands of the README work after eval "$(make -s env)"', async () => {
  const prefix = 'eval "$(make -s env)" && ';
  const read = await ok(`${prefix} pulumi stack output --json --stack local`);
  expect(JSON.parse(read)).toHaveProperty('url', expect.stringMatching(/^https:\/\//));
  expect(await ok(`${prefix} kubectl get pods -A`)).toContain('saas-data');
  const status = await shell('make -s status');
  expect(status.stdout).toMatch(/kube-apiserver +running/);
  expect(status.stdout).not.toContain('NOT RUNNING');
}, 60_000);

test('no secret is in clear in the exported state, in logs or in process arguments', async () => {
  const secrets = await secretValues();
  expect(secrets.length).toBeGreaterThan(10);
  const state = await ok('pulumi stack export --stack local');
  const logs = await ok("cat $(find .cache/logs -type f -name '*.log')");
  const processes = await ok('cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\\0" " " || true');
  for (const { name, value } of secrets) {
    expect([name, state.includes(value), logs.includes(value), processes.includes(value)]).toEqual([
      name,
      false,
      false,
      false,
    ]);
  }
  expect(Object.keys(await outputs()).length).toBeGreaterThan(3);
}, 120_000);

/** Every password and private key that the program made, out of the decrypted state. */
async function secretValues(): Promise<{ name: string; value: string }[]> {
  const state = JSON.parse(await ok('pulumi stack export --stack local --show-secrets')) as {
    deployment: { resources: { urn: string; type: string; outputs?: Record<string, unknown> }[] };
  };
  const unwrap = (value: unknown): string => {
    const plain = (value as { plaintext?: string } | undefined)?.plaintext;
    return plain === undefined ? '' : (JSON.parse(plain) as string);
  };
  return state.deployment.resources.flatMap(({ urn, type, outputs: values }) => {
    if (type === 'random:index/randomPassword:RandomPassword') {
      return [{ name: urn, value: unwrap(values?.['result']) }];
    }
    if (type === 'tls:index/privateKey:PrivateKey') {
      // Lines of the key itself; the armour lines are no secret.
      return unwrap(values?.['privateKeyPem'])
        .split('\n')
        .filter((line) => line.length > 30 && !line.startsWith('-----'))
        .slice(0, 1)
        .map((value) => ({ name: urn, value }));
    }
    return [];
  });
}
