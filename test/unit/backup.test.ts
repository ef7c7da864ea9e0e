import { beforeAll, expect, test } from '@jest/globals';
import { Provider } from '@pulumi/aws/provider.js';
import * as pulumi from '@pulumi/pulumi';

import type { BackupTarget } from '../../components/backup/backup-access.ts';
import { BackupBucket } from '../../components/backup/backup-bucket.ts';
import { CertificateAuthority } from '../../components/certificates/certificate-authority.ts';
import { backup, type BackupArgs } from '../../stacks/backup.ts';
import { mockPulumi, value, type Recorder } from './support/mocks.ts';

const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/backups';
const ROLE = 'arn:aws:iam::111122223333:role/backups';
const ISSUER = 'oidc.eks.eu-west-1.amazonaws.com/id/AB12';
const OIDC = `arn:aws:iam::111122223333:oidc-provider/${ISSUER}`;
let recorder: Recorder;
let local: BackupTarget;
let cloud: BackupTarget;
let locked: BackupTarget;

beforeAll(async () => {
  recorder = await mockPulumi({
    state: ({ type, name, inputs }) => {
      if (type === 'kubernetes:core/v1:Service') {
        return { spec: { ...(inputs['spec'] as object), clusterIP: '10.90.0.77' } };
      }
      switch (type) {
        case 'aws:s3/bucket:Bucket':
          return { arn: `arn:aws:s3:::${String(inputs['bucket'])}` };
        case 'aws:iam/role:Role':
          return { arn: `arn:aws:iam::111122223333:role/${name}`, name };
        case 'aws:kms/key:Key':
          return { arn: 'arn:aws:kms:eu-west-1:111122223333:key/own', keyId: 'own' };
        default:
          return undefined;
      }
    },
  });
  const authority = new CertificateAuthority('authority', { commonName: 'test' });
  const common: Omit<BackupArgs, 'store' | 'bucket'> = {
    namespace: 'saas-data',
    authority,
    protect: true,
  };
  local = backup({
    ...common,
    bucket: 'local-backups',
    storageClass: 'local-path',
    store: { kind: 'object-gateway', image: 'versitygw@sha256:1', storage: '10Gi' },
  });
  const other = new Provider('other', { region: 'eu-west-1' });
  new BackupBucket('plain', {
    bucket: 'plain-backups',
    provider: other,
    server: { kind: 'aws', encryption: { kind: 'aes256' }, noncurrentDays: 5 },
  });
  cloud = cloudStack({ ...common, protect: false });
  locked = backup({
    ...common,
    bucket: 'locked-backups',
    store: {
      kind: 's3',
      region: 'eu-west-1',
      roles: { kind: 'per-writer', oidcProviderArn: OIDC },
      noncurrentDays: 14,
      expirations: [{ prefix: 'redis', days: 30 }],
      objectLock: { mode: 'GOVERNANCE', days: 30 },
      accessLogBucket: 'access-logs',
    },
  });
});

/** In a component of its own, because both stacks call their bucket `backup`. */
function cloudStack(common: Omit<BackupArgs, 'store' | 'bucket'>): BackupTarget {
  return backup({
    ...common,
    bucket: 'cloud-backups',
    store: {
      kind: 's3',
      region: 'eu-west-1',
      roles: { kind: 'given', roleArn: ROLE },
      keyArn: KEY,
      noncurrentDays: 14,
      cidrs: ['10.0.0.0/16'],
    },
  });
}

/** The recorded resource of one of the two stacks, told apart by its bucket. */
async function ofBucket(bucket: string, type: string) {
  const all = await recorder.all();
  const found = all.find((entry) => entry.type.endsWith(type) && entry.inputs['bucket'] === bucket);
  if (found === undefined) throw new Error(`no ${type} of ${bucket}`);
  return found;
}

async function policyOf(bucket: string): Promise<{ Statement: unknown[] }> {
  const { inputs } = await ofBucket(bucket, ':BucketPolicy');
  return JSON.parse(String(inputs['policy'])) as { Statement: unknown[] };
}

test('writers in the cluster get the address, keys and authority of the store by name', async () => {
  const access = local.accessFor({ prefix: 'postgres', serviceAccounts: [] });
  if (access.kind !== 'keys') throw new Error('expected keys');
  const { endpoint, region, secretName, caSecretName, peer } = access;
  expect(local.region).toBe(region);
  expect(local.endpoint).toBe(endpoint);
  expect(await value(endpoint)).toBe('https://objects.saas-data.svc:7070');
  expect(region).toBe('us-east-1');
  expect(await value(secretName)).toBe('objects-credentials');
  expect(await value(caSecretName)).toBe('objects-tls');
  expect(peer).toMatchObject({ kind: 'pods', namespace: 'saas-data' });
  expect(await value(local.bucket)).toBe('local-backups');
});

test('the keys of the store are random, and secret wherever they go', async () => {
  const secret = await recorder.child('objects-credentials');
  expect(secret.inputs['stringData']).toEqual({
    'access-key-id': 'objects-access-key-result',
    'secret-access-key': 'objects-secret-key-result',
  });
  expect(secret.secretPaths).toContain('stringData');
  const provider = await recorder.child('objects', 'pulumi:providers:aws');
  expect(provider.secretPaths).toEqual(expect.arrayContaining(['accessKey', 'secretKey']));
});

test('the certificate of the store holds every name and the address it is dialled by', async () => {
  const request = (await recorder.all()).find(
    ({ type, name }) =>
      type.startsWith('tls:') && name.startsWith('objects-') && type.includes('Request'),
  );
  expect(request?.inputs).toMatchObject({
    dnsNames: [
      'objects',
      'objects.saas-data',
      'objects.saas-data.svc',
      'objects.saas-data.svc.cluster.local',
    ],
    ipAddresses: ['10.90.0.77'],
  });
});

test('Pulumi reaches the store by its address, and only after the server is there', async () => {
  const provider = await recorder.child('objects', 'pulumi:providers:aws');
  expect(provider.inputs).toMatchObject({
    region: 'us-east-1',
    endpoints: '[{"s3":"https://10.90.0.77:7070"}]',
    s3UsePathStyle: 'true',
    skipCredentialsValidation: 'true',
    skipRequestingAccountId: 'true',
    skipMetadataApiCheck: 'true',
    insecure: 'true',
  });
  expect(provider.dependencies).toContain('objects-server');
  expect((await ofBucket('local-backups', ':Bucket')).provider).toBe('objects');
});

test('the store is given its address before its pod is awaited', async () => {
  for (const name of ['objects-service', 'objects-data']) {
    expect((await recorder.child(name)).inputs).toHaveProperty(
      ['metadata', 'annotations', 'pulumi.com/skipAwait'],
      'true',
    );
  }
});

test('the store keeps old versions, speaks only TLS and never runs twice', async () => {
  const server = await recorder.child('objects-server');
  const spec = server.inputs['spec'] as {
    replicas: number;
    strategy: unknown;
    template: { spec: { containers: [Record<string, unknown>] } };
  };
  expect(spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } });
  const [container] = spec.template.spec.containers;
  expect(container['args']).toEqual([
    'posix',
    '--versioning-dir',
    '/data/versions',
    '/data/buckets',
  ]);
  expect(container['env']).toEqual(
    expect.arrayContaining([
      { name: 'VGW_CERT', value: '/tls/tls.crt' },
      { name: 'VGW_KEY', value: '/tls/tls.key' },
      {
        name: 'ROOT_SECRET_ACCESS_KEY',
        valueFrom: { secretKeyRef: { name: 'objects-credentials', key: 'secret-access-key' } },
      },
    ]),
  );
  expect(container['readinessProbe']).toMatchObject({
    httpGet: { path: '/healthz', port: 'https', scheme: 'HTTPS' },
  });
  expect(container['volumeMounts']).toEqual([
    { name: 'data', mountPath: '/data/buckets', subPath: 'buckets' },
    { name: 'data', mountPath: '/data/versions', subPath: 'versions' },
    { name: 'tls', mountPath: '/tls', readOnly: true },
  ]);
});

test('the pod of the store meets the restricted Pod Security level', async () => {
  const { inputs } = await recorder.child('objects-server');
  expect(inputs).toHaveProperty('spec.template.spec.automountServiceAccountToken', false);
  expect(inputs).toHaveProperty('spec.template.spec.securityContext', {
    runAsNonRoot: true,
    runAsUser: 10001,
    runAsGroup: 10001,
    fsGroup: 10001,
    fsGroupChangePolicy: 'OnRootMismatch',
    seccompProfile: { type: 'RuntimeDefault' },
  });
  expect(inputs).toHaveProperty('spec.template.spec.containers.0.securityContext', {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  });
});

test('volume and bucket of the store cannot be deleted by accident', async () => {
  const volume = await recorder.child('objects-data');
  expect(volume.protect).toBe(true);
  expect(volume.inputs['spec']).toEqual({
    accessModes: ['ReadWriteOnce'],
    storageClassName: 'local-path',
    resources: { requests: { storage: '10Gi' } },
  });
  const bucket = await ofBucket('local-backups', ':Bucket');
  expect(bucket.protect).toBe(true);
  expect(bucket.inputs['forceDestroy']).toBe(false);
  const cloudBucket = await ofBucket('cloud-backups', ':Bucket');
  expect(cloudBucket.protect).toBe(false);
  // In the cloud backups outlive the cluster, whatever the stack protects.
  expect(cloudBucket.inputs['forceDestroy']).toBe(false);
});

test('an unprotected store inside the cluster can be deleted together with what it holds', async () => {
  new BackupBucket('disposable', {
    bucket: 'disposable-backups',
    provider: new Provider('disposable-objects', { region: 'us-east-1' }),
    server: { kind: 'versitygw' },
  });
  const bucket = await ofBucket('disposable-backups', ':Bucket');
  expect(bucket.inputs['forceDestroy']).toBe(true);
});

test.each(['local-backups', 'cloud-backups', 'plain-backups'])(
  '%s is versioned and refuses requests without TLS',
  async (bucket) => {
    expect((await ofBucket(bucket, ':BucketVersioning')).inputs['versioningConfiguration']).toEqual(
      {
        status: 'Enabled',
      },
    );
    expect((await policyOf(bucket)).Statement[0]).toEqual({
      Sid: 'DenyPlainText',
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:*',
      Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    });
  },
);

test('a bucket in AWS is private, encrypted with its own key and pruned of old versions', async () => {
  const of = async (type: string) => (await ofBucket('cloud-backups', type)).inputs;
  expect(await of(':BucketPublicAccessBlock')).toEqual({
    bucket: 'cloud-backups',
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  });
  expect((await of(':BucketServerSideEncryptionConfiguration'))['rules']).toEqual([
    {
      applyServerSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId: KEY },
      bucketKeyEnabled: true,
    },
  ]);
  expect((await of(':BucketLifecycleConfiguration'))['rules']).toEqual([
    {
      id: 'prune',
      status: 'Enabled',
      filter: {},
      noncurrentVersionExpiration: { noncurrentDays: 14 },
      expiration: { expiredObjectDeleteMarker: true },
      abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
    },
  ]);
  expect(await of(':BucketOwnershipControls')).toMatchObject({
    rule: { objectOwnership: 'BucketOwnerEnforced' },
  });
});

/** What IAM makes of the headers of an upload: true when a statement denies it. */
async function isDenied(bucket: string, headers: Record<string, string>): Promise<boolean> {
  const { Statement } = await policyOf(bucket);
  const holds = ([operator, keys]: [string, Record<string, string>]) =>
    Object.entries(keys).every(([key, expected]) => {
      const actual = headers[key];
      switch (operator) {
        case 'Null':
          return (actual === undefined) === (expected === 'true');
        case 'StringEquals':
          return actual === expected;
        case 'StringNotEquals':
          // A negated operator holds for a key that is not there.
          return actual !== expected;
        default:
          throw new Error(`unplanned operator: ${operator}`);
      }
    });
  return (Statement as { Action: string; Condition: Record<string, Record<string, string>> }[])
    .filter(({ Action }) => Action === 's3:PutObject')
    .some(({ Condition }) => Object.entries(Condition).every(holds));
}

test.each<[string, Record<string, string>, boolean]>([
  ['that names no encryption', {}, false],
  ["under the bucket's key", { encryption: 'aws:kms', key: KEY }, false],
  ['under another key', { encryption: 'aws:kms', key: 'arn:aws:kms:other' }, true],
  ["under the account's key", { encryption: 'aws:kms' }, true],
  ["under S3's own key", { encryption: 'AES256' }, true],
])('an upload %s is refused only where its key is not the one of the bucket', async (...row) => {
  const [, { encryption, key }, denied] = row;
  const headers = {
    ...(encryption === undefined ? {} : { 's3:x-amz-server-side-encryption': encryption }),
    ...(key === undefined ? {} : { 's3:x-amz-server-side-encryption-aws-kms-key-id': key }),
  };
  expect(await isDenied('cloud-backups', headers)).toBe(denied);
});

test("a bucket without a key of its own is encrypted with S3's and denies no other", async () => {
  const encryption = await ofBucket('plain-backups', ':BucketServerSideEncryptionConfiguration');
  expect(encryption.inputs).toHaveProperty('rules.0.applyServerSideEncryptionByDefault', {
    sseAlgorithm: 'AES256',
  });
  expect((await policyOf('plain-backups')).Statement).toHaveLength(1);
});

test('the policy of a bucket comes after every other control of it', async () => {
  expect((await ofBucket('cloud-backups', ':BucketPolicy')).dependencies).toEqual([
    'backup-bucket',
    'backup-encryption',
    'backup-lifecycle',
    'backup-ownership',
    'backup-public-access',
    'backup-versioning',
  ]);
  expect((await ofBucket('cloud-backups', ':BucketLifecycleConfiguration')).dependencies).toContain(
    'backup-versioning',
  );
});

test('nothing is asked of the store in the cluster that it does not implement', async () => {
  const types = (await recorder.all())
    .filter(({ inputs }) => inputs['bucket'] === 'local-backups')
    .map(({ type }) => type.split(':').at(-1));
  expect(types.sort()).toEqual(['BackupBucket', 'Bucket', 'BucketPolicy', 'BucketVersioning']);
});

test('writers to S3 get a role and no key', async () => {
  expect(cloud.accessFor({ prefix: 'postgres', serviceAccounts: [] })).toEqual({
    kind: 'role',
    roleArn: ROLE,
    region: 'eu-west-1',
    keyArn: KEY,
    peers: [{ kind: 'cidr', cidr: '10.0.0.0/16', except: [] }],
  });
  expect(cloud.endpoint).toBeUndefined();
  expect(await value(cloud.bucket)).toBe('cloud-backups');
  const provider = await recorder.child('backup', 'pulumi:providers:aws');
  expect(provider.inputs).toMatchObject({ region: 'eu-west-1' });
  for (const local of ['accessKey', 'secretKey', 'endpoints', 'insecure']) {
    expect(provider.inputs).not.toHaveProperty(local);
  }
});

test('credentials of another account are refused before anything is made', async () => {
  const provider = await recorder.child('backup', 'pulumi:providers:aws');
  expect(provider.inputs['allowedAccountIds']).toBe('["111122223333"]');
});

test('a bucket without a given key gets one that rotates and takes 30 days to delete', async () => {
  const key = await recorder.child('backup-encryption-key');
  expect(key.inputs).toMatchObject({ enableKeyRotation: true, deletionWindowInDays: 30 });
  expect(JSON.parse(String(key.inputs['policy']))).toHaveProperty('Statement', [
    {
      Sid: 'AccountDecides',
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::111122223333:root' },
      Action: 'kms:*',
      Resource: '*',
    },
  ]);
  expect((await recorder.child('backup-encryption-alias')).inputs).toEqual({
    name: 'alias/locked-backups',
    targetKeyId: 'own',
  });
  expect(
    await ofBucket('locked-backups', ':BucketServerSideEncryptionConfiguration'),
  ).toHaveProperty(
    'inputs.rules.0.applyServerSideEncryptionByDefault.kmsMasterKeyId',
    'arn:aws:kms:eu-west-1:111122223333:key/own',
  );
});

test('a protected bucket and its key outlive even the removal of the protection', async () => {
  const bucket = await ofBucket('locked-backups', ':Bucket');
  const key = await recorder.child('backup-encryption-key');
  for (const kept of [bucket, key]) {
    expect([kept.name, kept.protect, kept.retainOnDelete]).toEqual([kept.name, true, true]);
  }
  // A bucket that stays keeps its settings.
  for (const type of [':BucketPolicy', ':BucketVersioning', ':BucketPublicAccessBlock']) {
    expect((await ofBucket('locked-backups', type)).deletedWith).toBe('backup-bucket');
  }
  expect((await ofBucket('cloud-backups', ':Bucket')).retainOnDelete).toBe(false);
});

test('a locked bucket is made as one, and keeps every version for the days of the lock', async () => {
  const { inputs } = await ofBucket('locked-backups', ':Bucket');
  expect(inputs).toMatchObject({ objectLockEnabled: true, forceDestroy: false });
  const lock = await ofBucket('locked-backups', ':BucketObjectLockConfiguration');
  expect(lock.inputs['rule']).toEqual({ defaultRetention: { mode: 'GOVERNANCE', days: 30 } });
  expect(lock.dependencies).toContain('backup-versioning');
  expect((await ofBucket('cloud-backups', ':Bucket')).inputs).not.toHaveProperty(
    'objectLockEnabled',
  );
});

test('requests are logged in another bucket, and folders without a pruning writer end by age', async () => {
  expect((await ofBucket('locked-backups', ':BucketLogging')).inputs).toMatchObject({
    targetBucket: 'access-logs',
    targetPrefix: 'backup/',
  });
  const { inputs } = await ofBucket('locked-backups', ':BucketLifecycleConfiguration');
  expect(inputs).toHaveProperty('rules.1', {
    id: 'expire-redis',
    status: 'Enabled',
    filter: { prefix: 'redis/' },
    expiration: { days: 30 },
  });
});

test('only the named accounts of the cluster can assume the role of a writer', async () => {
  const access = locked.accessFor({
    prefix: 'documents',
    serviceAccounts: [
      { namespace: 'saas-data', name: 'documents' },
      { namespace: 'saas-system', name: 'psmdb-operator' },
    ],
  });
  if (access.kind !== 'role') throw new Error('expected a role');
  expect(await value(pulumi.output(access.roleArn))).toBe(
    'arn:aws:iam::111122223333:role/backup-documents-role',
  );
  const role = await recorder.child('backup-documents-role');
  expect(JSON.parse(String(role.inputs['assumeRolePolicy']))).toHaveProperty('Statement', [
    {
      Effect: 'Allow',
      Principal: { Federated: OIDC },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: {
        StringEquals: {
          [`${ISSUER}:sub`]: [
            'system:serviceaccount:saas-data:documents',
            'system:serviceaccount:saas-system:psmdb-operator',
          ],
          [`${ISSUER}:aud`]: 'sts.amazonaws.com',
        },
      },
    },
  ]);
});

test('a writer reaches only the objects of its own folder, and no old version of them', async () => {
  locked.accessFor({
    prefix: 'logs',
    serviceAccounts: [{ namespace: 'saas-observability', name: 'elasticsearch' }],
  });
  const { inputs } = await recorder.child('backup-logs-policy');
  const { Statement } = JSON.parse(String(inputs['policy'])) as {
    Statement: { Action: string | string[]; Resource: string; Condition?: unknown }[];
  };
  const reach = Statement.map(({ Action, Resource }) => [[Action].flat().sort(), Resource]);
  expect(reach).toEqual([
    [['s3:ListBucket', 's3:ListBucketMultipartUploads'], 'arn:aws:s3:::locked-backups'],
    [['s3:GetBucketLocation'], 'arn:aws:s3:::locked-backups'],
    [
      [
        's3:AbortMultipartUpload',
        's3:DeleteObject',
        's3:GetObject',
        's3:ListMultipartUploadParts',
        's3:PutObject',
      ],
      'arn:aws:s3:::locked-backups/logs/*',
    ],
    [['kms:Decrypt', 'kms:GenerateDataKey'], 'arn:aws:kms:eu-west-1:111122223333:key/own'],
  ]);
  expect(Statement[0]?.Condition).toEqual({
    StringLikeIfExists: { 's3:prefix': ['logs', 'logs/*'] },
  });
  expect(Statement[3]?.Condition).toEqual({
    StringEquals: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' },
  });
});

test('two writers cannot have one folder', () => {
  const writer = { prefix: 'twice', serviceAccounts: [{ namespace: 'a', name: 'a' }] };
  locked.accessFor(writer);
  expect(() => locked.accessFor(writer)).toThrow(
    'backup.twice: two writers would corrupt each other there.',
  );
});

test.each([
  ['a/b', 'w', 'backup-a/b.prefix: "a/b" must be lower-case letters, digits and hyphens.'],
  ['any', '*', 'backup-any.serviceAccounts: "*" must be the exact name of a ServiceAccount.'],
])('a writer with the folder %s and the account %s is refused', (prefix, name, message) => {
  const serviceAccounts = [{ namespace: 'saas-data', name }];
  expect(() => locked.accessFor({ prefix, serviceAccounts })).toThrow(message);
});

test('a role that nobody could assume is refused', () => {
  expect(() => locked.accessFor({ prefix: 'nobody', serviceAccounts: [] })).toThrow(
    'backup-nobody.serviceAccounts: the list is empty: nobody could write.',
  );
});

test('a bucket that would log into itself is refused', () => {
  const make = () =>
    new BackupBucket('backup', {
      bucket: 'x',
      provider: {} as Provider,
      server: {
        kind: 'aws',
        encryption: { kind: 'aes256' },
        noncurrentDays: 1,
        accessLogBucket: 'x',
      },
    });
  expect(make).toThrow('backup.accessLogBucket: "x" would log its own logs. Name another bucket.');
});

test('old versions that would be kept for no day are refused', () => {
  const make = (noncurrentDays: number) => () =>
    new BackupBucket('backup', {
      bucket: 'x',
      provider: {} as Provider,
      server: { kind: 'aws', encryption: { kind: 'aes256' }, noncurrentDays },
    });
  expect(make(0)).toThrow(
    'backup.noncurrentDays: 0 is not a number of days: it must be a whole number from 1.',
  );
  expect(make(1.5)).toThrow(/^backup\.noncurrentDays: 1\.5 is not/);
});
