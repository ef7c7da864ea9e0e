import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { aws } from '../../sandbox/plugins/aws/plugin.ts';
import { SandboxProvider } from '../../sandbox/plugins/provider/provider.ts';
import { UNKNOWN, type Values } from '../../sandbox/plugins/provider/values.ts';
import { fakeS3, type FakeS3 } from './plugin-fake-s3.ts';
import { urn } from './plugin-urn.ts';

const BUCKET = urn('aws:s3/bucket:Bucket', 'Backups');
const setting = (name: string) => urn(`aws:s3/b${name.slice(1)}:${name}`);
const VERSIONING = setting('BucketVersioning');
const ENCRYPTION = setting('BucketServerSideEncryptionConfiguration');
const LIFECYCLE = setting('BucketLifecycleConfiguration');
const ACCESS_BLOCK = setting('BucketPublicAccessBlock');
const POLICY = setting('BucketPolicy');
const LOGGING = setting('BucketLogging');
const OWNERSHIP = setting('BucketOwnershipControls');
const LOCK = setting('BucketObjectLockConfiguration');
const ROLE = urn('aws:iam/role:Role', 'backup');

const rules = [{ applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256' } }];
const lifecycle = [
  {
    id: 'old-versions',
    status: 'Enabled',
    noncurrentVersionExpiration: { noncurrentDays: 30 },
    abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
    filter: { and: { prefix: 'wal/', tags: { keep: 'no' } } },
  },
];

let s3: FakeS3;
let warnings: string[];
let provider: SandboxProvider;

beforeEach(async () => {
  s3 = await fakeS3();
  warnings = [];
  provider = new SandboxProvider(aws, {
    warn: (message, at) => {
      warnings.push(`${at.split('::').at(-1)}: ${message}`);
      return Promise.resolve();
    },
  });
  provider.configure({
    accessKey: 'key',
    secretKey: 'secret',
    region: 'us-east-1',
    // The SDK hands over lists and flags as JSON text.
    endpoints: JSON.stringify([{ s3: s3.endpoint }]),
    s3UsePathStyle: 'true',
    skipCredentialsValidation: 'true',
  });
});

afterEach(() => s3.close());

async function create(resource: string, inputs: Values) {
  const checked = provider.check(resource, {}, inputs);
  expect(checked.failures).toEqual([]);
  const planned = await provider.create(resource, checked.inputs, true);
  const created = await provider.create(resource, checked.inputs, false);
  // An output that the preview did not announce could not be used by the rest of a program.
  expect(Object.keys(created.outputs).sort()).toEqual(Object.keys(planned.outputs).sort());
  return created;
}

const lines = () => s3.requests.map(({ line }) => line);
const bodyOf = (line: string) => s3.requests.find((request) => request.line === line)?.body;

test('a bucket without a name gets one that later runs keep', () => {
  const first = provider.check(BUCKET, {}, {}).inputs;
  expect(first['bucket']).toMatch(/^backups-[0-9a-f]{7}$/);
  expect(provider.check(BUCKET, first, {}).inputs).toEqual(first);
  expect(provider.diff(BUCKET, first, first, first).changed).toEqual([]);
});

test('a bucket is created with its tags and says where it is', async () => {
  const { id, outputs } = await create(BUCKET, { bucket: 'backups', tags: { owner: 'ops' } });
  expect(id).toBe('backups');
  expect(outputs).toMatchObject({
    arn: 'arn:aws:s3:::backups',
    bucket: 'backups',
    region: 'us-east-1',
    tagsAll: { owner: 'ops' },
  });
  expect(lines()).toEqual(['PUT /backups', 'PUT /backups?tagging']);
  expect(bodyOf('PUT /backups?tagging')).toContain('<Key>owner</Key><Value>ops</Value>');
});

test('a bucket whose tags are refused is not left behind', async () => {
  s3.answers.set('PUT /backups?tagging', { status: 400, code: 'InvalidTag' });
  await expect(create(BUCKET, { bucket: 'backups', tags: { a: 'b' } })).rejects.toThrow(
    'bucket backups: tags: InvalidTag: fake',
  );
  expect(lines().at(-1)).toBe('DELETE /backups');
});

test.each([
  ['bucket', { bucket: 'other' }, false],
  ['objectLockEnabled', { objectLockEnabled: true }, true],
])('a changed %s makes a new bucket', (property, change, deleteFirst) => {
  const inputs = { bucket: 'backups' };
  const difference = provider.diff(BUCKET, inputs, inputs, { ...inputs, ...change });
  expect(difference).toEqual({ changed: [property], replaces: [property], deleteFirst });
});

test('changed tags keep the bucket', () => {
  const inputs = { bucket: 'backups', tags: { a: '1' } };
  const difference = provider.diff(BUCKET, inputs, inputs, { ...inputs, tags: { a: '2' } });
  expect(difference).toMatchObject({ changed: ['tags'], replaces: [] });
});

test('lifecycle rules arrive in the words of S3', async () => {
  await create(LIFECYCLE, { bucket: 'backups', rules: lifecycle });
  const body = bodyOf('PUT /backups?lifecycle');
  for (const part of [
    '<ID>old-versions</ID>',
    '<Status>Enabled</Status>',
    '<NoncurrentVersionExpiration><NoncurrentDays>30</NoncurrentDays></NoncurrentVersionExpiration>',
    '<DaysAfterInitiation>7</DaysAfterInitiation>',
    '<And><Prefix>wal/</Prefix><Tag><Key>keep</Key><Value>no</Value></Tag></And>',
  ]) {
    expect(body).toContain(part);
  }
});

test('encryption arrives in the words of S3', async () => {
  await create(ENCRYPTION, { bucket: 'backups', rules });
  expect(bodyOf('PUT /backups?encryption')).toContain('<SSEAlgorithm>AES256</SSEAlgorithm>');
});

const log = { targetBucket: 'logs', targetPrefix: 'backup/' };

test.each<[string, Values, string, string]>([
  [
    LOGGING,
    log,
    'logging',
    '<TargetBucket>logs</TargetBucket><TargetPrefix>backup/</TargetPrefix>',
  ],
  [
    OWNERSHIP,
    { rule: { objectOwnership: 'BucketOwnerEnforced' } },
    'ownershipControls',
    '<ObjectOwnership>BucketOwnerEnforced</ObjectOwnership>',
  ],
  [
    LOCK,
    { rule: { defaultRetention: { mode: 'GOVERNANCE', days: 30 } } },
    'object-lock',
    '<DefaultRetention><Mode>GOVERNANCE</Mode><Days>30</Days></DefaultRetention>',
  ],
])('%s arrives in the words of S3', async (resource, inputs, query, body) => {
  await create(resource, { bucket: 'backups', ...inputs });
  expect(bodyOf(`PUT /backups?${query}`)).toContain(body);
});

test('an access log that somebody switched off is missing after a refresh', async () => {
  s3.answers.set('GET /backups?logging', { status: 200, body: '<BucketLoggingStatus/>' });
  expect(await provider.read(LOGGING, 'backups', { bucket: 'backups', ...log })).toBeUndefined();
});

test('a deleted access log is switched off', async () => {
  await provider.delete(LOGGING, 'backups', { bucket: 'backups', ...log });
  expect(bodyOf('PUT /backups?logging')).not.toContain('LoggingEnabled');
});

describe('a setting that the endpoint does not implement', () => {
  const settings: [string, string, Values, string][] = [
    [ENCRYPTION, 'encryption', { rules }, 'default encryption'],
    [LIFECYCLE, 'lifecycle', { rules: lifecycle }, 'lifecycle rules'],
    [ACCESS_BLOCK, 'publicAccessBlock', { blockPublicAcls: true }, 'the public access block'],
    [VERSIONING, 'versioning', { versioningConfiguration: { status: 'Enabled' } }, 'versioning'],
    [LOGGING, 'logging', log, 'access logging'],
  ];

  test.each(settings)('%s warns with bucket and setting', async (resource, query, inputs, what) => {
    s3.answers.set(`PUT /backups?${query}`, { status: 501, code: 'NotImplemented' });
    const { id } = await create(resource, { bucket: 'backups', ...inputs });
    expect(id).toBe('backups');
    const message = `bucket backups: the S3 endpoint does not support ${what}; the setting has no effect there.`;
    expect(warnings).toEqual([`it: ${message}`]);
  });

  test.each(settings)('%s stays in the state at a refresh', async (resource, query, inputs) => {
    s3.answers.set(`GET /backups?${query}`, { status: 501, code: 'NotImplemented' });
    const state = { bucket: 'backups', region: 'us-east-1', ...inputs };
    const live = await provider.read(resource, 'backups', state);
    expect(live?.inputs).toEqual({ bucket: 'backups', ...inputs });
  });

  test.each(settings)('%s can be deleted', async (resource, query, inputs) => {
    s3.answers.set('', { status: 501, code: 'NotImplemented' });
    await provider.delete(resource, 'backups', { bucket: 'backups', ...inputs });
    expect(lines()).toHaveLength(1);
    expect(lines()[0]).toContain(query);
  });
});

test('a refused setting fails: it is never passed off as done', async () => {
  s3.answers.set('PUT /backups?encryption', { status: 403, code: 'AccessDenied' });
  await expect(create(ENCRYPTION, { bucket: 'backups', rules })).rejects.toThrow(
    'bucket backups: default encryption: AccessDenied: fake',
  );
  expect(warnings).toEqual([]);
});

test('a refresh shows what the endpoint has, not what the state says', async () => {
  s3.answers.set('GET /backups?versioning', {
    status: 200,
    body: '<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>',
  });
  const inputs = { bucket: 'backups', versioningConfiguration: { status: 'Enabled' } };
  const live = await provider.read(VERSIONING, 'backups', inputs);
  expect(live?.inputs).toMatchObject({ versioningConfiguration: { status: 'Suspended' } });
  const { changed } = provider.diff(VERSIONING, live?.inputs ?? {}, live?.outputs ?? {}, inputs);
  expect(changed).toEqual(['versioningConfiguration']);
});

test('a policy as an object is sent as JSON, and another order of keys is no change', async () => {
  const policy = { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Principal: '*' }] };
  const { outputs } = await create(POLICY, { bucket: 'backups', policy });
  expect(JSON.parse(outputs['policy'] as string)).toEqual(policy);
  const body = '{"Statement":[{"Principal":"*","Effect":"Deny"}],"Version":"2012-10-17"}';
  s3.answers.set('GET /backups?policy', { status: 200, body });
  const live = await provider.read(POLICY, 'backups', outputs);
  expect(live?.inputs['policy']).toBe(outputs['policy']);
});

test('a bucket that is gone is gone after a refresh', async () => {
  s3.answers.set('HEAD /backups', { status: 404 });
  expect(await provider.read(BUCKET, 'backups', { bucket: 'backups' })).toBeUndefined();
});

test('a bucket that holds objects is not emptied unless forceDestroy says so', async () => {
  s3.answers.set('DELETE /backups', { status: 409, code: 'BucketNotEmpty' });
  await expect(provider.delete(BUCKET, 'backups', { forceDestroy: false })).rejects.toThrow(
    'bucket backups: delete: BucketNotEmpty: fake',
  );
  expect(lines()).toEqual(['DELETE /backups']);
});

test.each<[string, string, Values, string]>([
  [
    'a bad name',
    BUCKET,
    { bucket: 'My_Bucket' },
    'bucket My_Bucket is not a bucket name: 3 to 63 of a-z, 0-9, "." and "-".',
  ],
  [
    'name and prefix',
    BUCKET,
    { bucket: 'abc', bucketPrefix: 'a' },
    'bucketPrefix cannot be set together with bucket.',
  ],
  [
    'an inline setting',
    BUCKET,
    { bucket: 'abc', versioning: {} },
    "versioning is not supported by the sandbox's aws plugin.",
  ],
  [
    'a wrong status',
    VERSIONING,
    { bucket: 'abc', versioningConfiguration: { status: 'On' } },
    'versioningConfiguration.status "On" is not one of Enabled, Suspended, Disabled.',
  ],
  [
    'a rule without status',
    LIFECYCLE,
    { bucket: 'abc', rules: [{ id: 'x' }] },
    'rules[0].status is required.',
  ],
  ['a policy that is not JSON', POLICY, { bucket: 'abc', policy: '{' }, 'policy is not JSON.'],
])('refuses %s', (_mistake, resource, inputs, message) => {
  const { failures } = provider.check(resource, {}, inputs);
  expect(failures.map(({ property, reason }) => `${property} ${reason}`)).toEqual([message]);
});

describe('without an endpoint', () => {
  const unconfigured = new SandboxProvider(aws);

  test('everything can be previewed', async () => {
    const planned = await unconfigured.create(BUCKET, { bucket: 'backups' }, true);
    expect(planned.outputs).toMatchObject({ bucket: 'backups', arn: UNKNOWN });
    const role = await unconfigured.create(ROLE, { assumeRolePolicy: '{}' }, true);
    expect(role.outputs).toEqual({ assumeRolePolicy: '{}' });
  });

  test('nothing is created: the real AWS is out of reach', async () => {
    await expect(unconfigured.create(BUCKET, { bucket: 'backups' }, false)).rejects.toThrow(
      "the sandbox's aws plugin talks only to the S3 endpoint in `endpoints: [{ s3: … }]` of the provider.",
    );
  });

  test.each([
    'aws:iam/role:Role',
    'aws:iam/rolePolicy:RolePolicy',
    'aws:kms/key:Key',
    'aws:kms/alias:Alias',
  ])('%s is not created, in one clear line', async (type) => {
    await expect(unconfigured.create(urn(type, 'it'), {}, false)).rejects.toThrow(
      `${type} exists only in a preview: the sandbox has no service that could create it.`,
    );
  });
});

test('ambient credentials are never used', async () => {
  provider.configure({ endpoints: [{ s3: s3.endpoint }], region: 'us-east-1' });
  await expect(provider.create(BUCKET, { bucket: 'backups' }, false)).rejects.toThrow(
    "the sandbox's aws plugin needs accessKey and secretKey in the provider.",
  );
  expect(lines()).toEqual([]);
});

test('a policy document is rendered', async () => {
  const { json } = await provider.invoke('aws:iam/getPolicyDocument:getPolicyDocument', {
    statements: [
      {
        sid: 'TlsOnly',
        effect: 'Deny',
        actions: ['s3:*'],
        resources: ['arn:aws:s3:::b', 'arn:aws:s3:::b/*'],
        principals: [{ type: '*', identifiers: ['*'] }],
        conditions: [{ test: 'Bool', variable: 'aws:SecureTransport', values: ['false'] }],
      },
    ],
  });
  expect(JSON.parse(json as string)).toEqual({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'TlsOnly',
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: ['arn:aws:s3:::b/*', 'arn:aws:s3:::b'],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ],
  });
});

test('a function that is not served is refused by name', async () => {
  await expect(provider.invoke('aws:ec2/getAmi:getAmi', {})).rejects.toThrow(
    /^function aws:ec2\/getAmi:getAmi is not supported by the sandbox's aws plugin\. It serves getOpenIdConnectProvider, /,
  );
});
