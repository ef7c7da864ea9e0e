import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import {
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  ListBucketsCommand,
  PutBucketTaggingCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { aws } from '../../sandbox/plugins/aws/plugin.ts';
import { SandboxProvider } from '../../sandbox/plugins/provider/provider.ts';
import type { Values } from '../../sandbox/plugins/provider/values.ts';
import { urn } from './plugin-urn.ts';

const BINARY = join('.cache', 'bin', 'versitygw');
const built = existsSync(BINARY);
const title = built ? 'on versitygw' : `on versitygw (skipped: ${BINARY} is not built)`;
const access = { accessKey: 'admin', secretKey: 'admin-secret' };

const BUCKET = urn('aws:s3/bucket:Bucket');
const setting = (name: string) => urn(`aws:s3/b${name.slice(1)}:${name}`);

let gateway: ChildProcess;
let directory: string;
let client: S3Client;
let warnings: string[];
let provider: SandboxProvider;

(built ? describe : describe.skip)(title, () => {
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'gateway-'));
    const [data, versions] = [join(directory, 'data'), join(directory, 'versions')];
    for (const folder of [data, versions]) mkdirSync(folder);
    const port = await freePort();
    const server = ['--port', `127.0.0.1:${port}`, '--access', access.accessKey];
    const storage = ['--secret', access.secretKey, 'posix', '--versioning-dir', versions, data];
    gateway = spawn(BINARY, [...server, ...storage], { stdio: 'ignore' });
    await listening(port);
    const endpoint = `http://127.0.0.1:${port}`;
    provider = new SandboxProvider(aws, {
      warn: (message) => Promise.resolve(void warnings.push(message)),
    });
    const region = 'us-east-1';
    provider.configure({ ...access, region, endpoints: [{ s3: endpoint }], s3UsePathStyle: true });
    client = new S3Client({
      endpoint,
      region,
      forcePathStyle: true,
      credentials: { accessKeyId: access.accessKey, secretAccessKey: access.secretKey },
    });
  });

  afterAll(async () => {
    client.destroy();
    gateway.kill();
    await once(gateway, 'exit');
    rmSync(directory, { recursive: true });
  });

  async function create(resource: string, inputs: Values) {
    const checked = provider.check(resource, {}, inputs);
    expect(checked.failures).toEqual([]);
    warnings = [];
    return provider.create(resource, checked.inputs, false);
  }

  /** A refresh followed by the engine's comparison with the unchanged program. */
  async function drift(resource: string, id: string, outputs: Values, inputs: Values) {
    const live = await provider.read(resource, id, outputs);
    return provider.diff(resource, live?.inputs ?? {}, live?.outputs ?? {}, inputs).changed;
  }

  const buckets = async () =>
    (await client.send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name) ?? [];

  test('a bucket with objects survives a delete without forceDestroy, and not one with it', async () => {
    const inputs = { bucket: 'full', forceDestroy: false };
    const { id, outputs } = await create(BUCKET, inputs);
    await create(setting('BucketVersioning'), {
      bucket: id,
      versioningConfiguration: { status: 'Enabled' },
    });
    for (const Body of ['one', 'two']) {
      await client.send(new PutObjectCommand({ Bucket: id, Key: 'a/b', Body }));
    }
    await expect(provider.delete(BUCKET, id, outputs)).rejects.toThrow(/^bucket full: delete: /);
    expect(await buckets()).toContain('full');
    await provider.delete(BUCKET, id, { ...outputs, forceDestroy: true });
    expect(await buckets()).not.toContain('full');
    expect(await provider.read(BUCKET, id, outputs)).toBeUndefined();
  });

  test('tags are set, changed and seen when somebody else changes them', async () => {
    const inputs = { bucket: 'tagged', tags: { owner: 'ops' } };
    const { id, outputs } = await create(BUCKET, inputs);
    expect(await drift(BUCKET, id, outputs, inputs)).toEqual([]);
    const Tagging = { TagSet: [{ Key: 'owner', Value: 'somebody' }] };
    await client.send(new PutBucketTaggingCommand({ Bucket: id, Tagging }));
    expect(await drift(BUCKET, id, outputs, inputs)).toEqual(['tags']);
    const repaired = await provider.update(BUCKET, id, outputs, inputs, false);
    expect(await drift(BUCKET, id, repaired, inputs)).toEqual([]);
  });

  test('versioning is on after the update and suspended after the delete', async () => {
    const { id } = await create(BUCKET, { bucket: 'versioned' });
    const inputs = { bucket: id, versioningConfiguration: { status: 'Enabled' } };
    const created = await create(setting('BucketVersioning'), inputs);
    const status = async () =>
      (await client.send(new GetBucketVersioningCommand({ Bucket: id }))).Status;
    expect(await status()).toBe('Enabled');
    expect(warnings).toEqual([]);
    expect(await drift(setting('BucketVersioning'), id, created.outputs, inputs)).toEqual([]);
    await provider.delete(setting('BucketVersioning'), id, created.outputs);
    expect(await status()).toBe('Suspended');
  });

  test('a policy that refuses plain HTTP is stored, and a refresh finds no difference', async () => {
    const { id, outputs } = await create(BUCKET, { bucket: 'guarded' });
    const statement = {
      Sid: 'TlsOnly',
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:GetObject',
      Resource: [`${String(outputs['arn'])}/*`],
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    };
    const policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    const inputs = { bucket: id, policy };
    const created = await create(setting('BucketPolicy'), inputs);
    const { Policy = '' } = await client.send(new GetBucketPolicyCommand({ Bucket: id }));
    expect(JSON.parse(Policy)).toEqual(JSON.parse(policy));
    expect(await drift(setting('BucketPolicy'), id, created.outputs, inputs)).toEqual([]);
    await provider.delete(setting('BucketPolicy'), id, created.outputs);
    expect(await provider.read(setting('BucketPolicy'), id, created.outputs)).toBeUndefined();
  });

  test('ownership controls are stored', async () => {
    const { id } = await create(BUCKET, { bucket: 'owned' });
    const inputs = { bucket: id, rule: { objectOwnership: 'BucketOwnerEnforced' } };
    const created = await create(setting('BucketOwnershipControls'), inputs);
    expect(await drift(setting('BucketOwnershipControls'), id, created.outputs, inputs)).toEqual(
      [],
    );
    expect(warnings).toEqual([]);
  });

  test('object lock keeps its default retention', async () => {
    const { id } = await create(BUCKET, { bucket: 'locked', objectLockEnabled: true });
    const rule = { defaultRetention: { mode: 'GOVERNANCE', days: 1 } };
    const inputs = { bucket: id, rule };
    const created = await create(setting('BucketObjectLockConfiguration'), inputs);
    expect(warnings).toEqual([]);
    const resource = setting('BucketObjectLockConfiguration');
    expect(await drift(resource, id, created.outputs, inputs)).toEqual([]);
  });

  test.each<[string, string, Values]>([
    [
      'default encryption',
      'BucketServerSideEncryptionConfiguration',
      { rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256' } }] },
    ],
    [
      'lifecycle rules',
      'BucketLifecycleConfiguration',
      { rules: [{ id: 'a', status: 'Enabled', expiration: { days: 7 } }] },
    ],
    ['the public access block', 'BucketPublicAccessBlock', { blockPublicAcls: true }],
  ])(
    '%s, which it does not have, is warned about and changes nothing later',
    async (what, name, more) => {
      const { id } = await create(BUCKET, { bucket: name.toLowerCase() });
      const inputs = { bucket: id, ...more };
      const created = await create(setting(name), inputs);
      expect(warnings).toEqual([
        `bucket ${id}: the S3 endpoint does not support ${what}; the setting has no effect there.`,
      ]);
      expect(await drift(setting(name), id, created.outputs, inputs)).toEqual([]);
      await provider.delete(setting(name), id, created.outputs);
    },
  );
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Waits ten seconds for the gateway to accept connections. */
async function listening(port: number): Promise<void> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const up = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (up) return;
    if (Date.now() > deadline) throw new Error('versitygw does not listen after 10 s.');
    await sleep(50);
  }
}
