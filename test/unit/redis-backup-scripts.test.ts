import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from '@jest/globals';

const SCRIPTS = 'components/redis/scripts';
/** Shards of a cluster whose second replica is gone and whose third shard is moving a slot. */
const NODES = `a1 10.0.0.1:6379@16379,redis-0 myself,master - 0 1 1 connected 0-5460
b1 10.0.0.2:6379@16379,redis-1 master - 0 1 2 connected 5461-10921
c1 10.0.0.3:6379@16379,redis-2 master - 0 1 3 connected 10922-16000 16002-16383 [16002->-a1]
d1 10.0.0.4:6379@16379,redis-3 slave a1 0 1 1 connected
b2 10.0.0.5:6379@16379,redis-4 slave,fail b1 0 1 2 disconnected
c2 10.0.0.6:6379@16379,redis-5 slave c1 0 1 3 connected
`;

let dir: string;
const dumps = () => readdirSync(join(dir, 'dumps')).sort();

/** A command that the scripts call, played by a script of the test. */
function stub(name: string, body: string): void {
  writeFileSync(join(dir, 'bin', name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
}

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'redis-backup-'));
  for (const folder of ['bin', 'dumps']) mkdirSync(join(dir, folder));
  stub('getent', 'echo "10.0.0.1 redis-0"');
  stub('redis-check-rdb', 'exit 0');
});

afterEach(() => {
  rmSync(dir, { recursive: true });
});

/** Answers CLUSTER NODES with the text, and writes into each snapshot where it was taken. */
function cluster(nodes: string): void {
  writeFileSync(join(dir, 'nodes'), nodes);
  stub(
    'redis-cli',
    `case "$*" in
  *'CLUSTER NODES') cat "${join(dir, 'nodes')}" ;;
  *) while [ "$1" != -h ]; do shift; done; printf '%s' "$2" >"$6" ;;
esac`,
  );
}

function run(script: string, env: Record<string, string> = {}) {
  const { status, stdout } = spawnSync('/bin/sh', [join(SCRIPTS, script)], {
    encoding: 'utf8',
    env: {
      PATH: `${join(dir, 'bin')}:${process.env['PATH'] ?? ''}`,
      NODES: '6',
      NODE_PREFIX: 'redis',
      NODE_DOMAIN: 'redis.test',
      PORT: '6379',
      CA_FILE: '/ca.crt',
      BACKUP_PASSWORD: 'password',
      DUMP_DIR: join(dir, 'dumps'),
      ...env,
    },
  });
  return { status, stdout };
}

test('each shard is read from a live replica, or from the primary that has none', () => {
  cluster(NODES.replace('16000 16002-', ''));
  expect(run('dump.sh').status).toBe(0);
  const sources = dumps()
    .filter((name) => name.endsWith('.rdb'))
    .map((name) => [name, readFileSync(join(dir, 'dumps', name), 'utf8')]);
  expect(sources).toEqual([
    ['0-5460.rdb', '10.0.0.4'],
    ['10922-16383.rdb', '10.0.0.6'],
    ['5461-10921.rdb', '10.0.0.2'],
  ]);
  expect(readFileSync(join(dir, 'dumps/nodes.txt'), 'utf8').trim()).toContain('redis-5');
});

test('a backup in which one slot is missing is none', () => {
  cluster(NODES);
  const { status, stdout } = run('dump.sh');
  expect(status).toBe(1);
  expect(stdout).toContain('slots 10922-16000 16002-16383: 8 bytes from 10.0.0.6');
  expect(stdout).toContain('16383 of 16384 slots have an owner');
});

test('a snapshot that cannot be read back ends the backup and says which', () => {
  cluster(NODES);
  stub('redis-check-rdb', 'echo "bad checksum"; exit 1');
  const { status, stdout } = run('dump.sh');
  expect(status).toBe(1);
  expect(stdout).toBe('slots 0-5460: no good snapshot from 10.0.0.4:\nbad checksum\n');
});

test('without any node that answers there is no backup', () => {
  stub('redis-cli', 'exit 1');
  expect(run('dump.sh')).toEqual({ status: 1, stdout: 'no node answers\n' });
});

test('the slot map is sent last and under the key of the bucket: it marks a complete backup', () => {
  stub('aws', `echo "$*" >>"${join(dir, 'calls')}"`);
  const env = { TARGET: 's3://backups/redis', KEY_ARN: 'arn:aws:kms:key' };
  const { status, stdout } = run('upload.sh', env);
  expect(status).toBe(0);
  const folder = /^complete: (s3:\/\/backups\/redis\/\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ)\n$/.exec(
    stdout,
  )?.[1];
  const rest = '--only-show-errors --sse aws:kms --sse-kms-key-id arn:aws:kms:key';
  expect(readFileSync(join(dir, 'calls'), 'utf8').trimEnd().split('\n')).toEqual([
    `s3 cp ${join(dir, 'dumps')} ${folder}/ --recursive --exclude nodes.txt ${rest}`,
    `s3 cp ${join(dir, 'dumps')}/nodes.txt ${folder}/nodes.txt ${rest}`,
  ]);
});

test('an upload that fails leaves no slot map behind', () => {
  stub('aws', `echo "$*" >>"${join(dir, 'calls')}"; exit 1`);
  expect(run('upload.sh', { TARGET: 's3://backups/redis' })).toEqual({ status: 1, stdout: '' });
  expect(readFileSync(join(dir, 'calls'), 'utf8')).not.toContain('nodes.txt s3://');
});
