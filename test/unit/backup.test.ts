import { beforeAll, expect, test } from '@jest/globals';
import { Provider } from '@pulumi/aws/provider.js';

import type { BackupTarget } from '../../components/backup/backup-access.ts';
import { BackupBucket } from '../../components/backup/backup-bucket.ts';
import { CertificateAuthority } from '../../components/certificates/certificate-authority.ts';
import { backup, type BackupArgs } from '../../stacks/backup.ts';
import { mockPulumi, value, type Recorder } from './support/mocks.ts';

const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/backups';
const ROLE = 'arn:aws:iam::111122223333:role/backups';
let recorder: Recorder;
let local: BackupTarget;
let cloud: BackupTarget;

beforeAll(async () => {
  recorder = await mockPulumi({
    state: ({ type, inputs }) => {
      if (type === 'kubernetes:core/v1:Service') {
        return { spec: { ...(inputs['spec'] as object), clusterIP: '10.90.0.77' } };
      }
      return type === 'aws:s3/bucket:Bucket'
        ? { arn: `arn:aws:s3:::${String(inputs['bucket'])}` }
        : undefined;
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
});

/** In a component of its own, because both stacks call their bucket `backup`. */
function cloudStack(common: Omit<BackupArgs, 'store' | 'bucket'>): BackupTarget {
  return backup({
    ...common,
    bucket: 'cloud-backups',
    noncurrentDays: 14,
    store: { kind: 's3', region: 'eu-west-1', roleArn: ROLE, keyArn: KEY, cidrs: ['10.0.0.0/16'] },
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
  if (local.access.kind !== 'keys') throw new Error('expected keys');
  const { endpoint, region, secretName, caSecretName, peer } = local.access;
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
  expect((await policyOf('cloud-backups')).Statement[1]).toEqual({
    Sid: 'DenyOtherKey',
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:PutObject',
    Resource: 'arn:aws:s3:::cloud-backups/*',
    Condition: {
      StringNotEqualsIfExists: { 's3:x-amz-server-side-encryption-aws-kms-key-id': KEY },
    },
  });
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
  expect(cloud.access).toEqual({
    kind: 'role',
    roleArn: ROLE,
    region: 'eu-west-1',
    peers: [{ kind: 'cidr', cidr: '10.0.0.0/16', except: [] }],
  });
  expect(await value(cloud.bucket)).toBe('cloud-backups');
  const provider = await recorder.child('backup', 'pulumi:providers:aws');
  expect(provider.inputs).toMatchObject({ region: 'eu-west-1' });
  for (const local of ['accessKey', 'secretKey', 'endpoints', 'insecure']) {
    expect(provider.inputs).not.toHaveProperty(local);
  }
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
