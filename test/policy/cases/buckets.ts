import type { Rule } from '../../../policies/rule.ts';
import { changed, plainField } from '../plain.ts';
import { unknownObject, unknownString, type Json, type Subject } from '../support.ts';
import { broken, fails, field, isUnknown, passes, unverified, type Case } from '../table.ts';
import type { Cases } from './index.ts';

const bucket: Subject = {
  type: 'aws:s3/bucket:Bucket',
  name: 'bucket',
  props: { bucket: 'backups' },
};
/** What sets the bucket up in one respect, linked to it as a program does. */
const companion = (kind: string, props: Json): Subject => ({
  type: `aws:s3/${kind.charAt(0).toLowerCase()}${kind.slice(1)}:${kind}`,
  name: 'companion',
  props: { bucket: 'backups', ...props },
  sources: { bucket: ['bucket'] },
});

/** Ways in which a companion can be there, be another's, or be missing. */
const linked = (rule: Rule, good: Subject, absent: string): readonly Case[] => {
  const message = broken(rule, `${absent} (bucket)`);
  const { type, name = '', props } = good;
  const apart: Subject = { type, name, props };
  const old = good.type.replace(/:(\w+)$/, ':$1V2');
  const other = { ...apart, props: { ...apart.props, bucket: 'others' } };
  const named = (value: unknown) => ({ ...apart, props: { ...apart.props, bucket: value } });
  const odd = (value: unknown, shows: Case['shows']): Case => ({
    ...fails(`for the bucket ${JSON.stringify(value)}`, message, bucket, named(value)),
    shows,
  });
  return [
    passes('no bucket', apart),
    passes('linked', bucket, good),
    passes('linked, before the bucket has a name', bucket, {
      ...good,
      props: { ...good.props, bucket: unknownString },
    }),
    passes('by name', bucket, apart),
    passes(
      'by its older name',
      { ...bucket, type: 'aws:s3/bucketV2:BucketV2' },
      { ...good, type: old },
    ),
    fails('missing', message, bucket),
    fails('of another bucket', message, bucket, other),
    odd(null, 'null'),
    odd('', 'empty'),
    odd(7, 'wrong type'),
    isUnknown('whose it is', unverified(rule, 'bucket'), bucket, named(unknownString)),
  ];
};

/** A field of the companion. */
const inCompanion = (
  rule: Rule,
  good: Subject,
  path: string,
  values: readonly unknown[],
  bad: readonly unknown[],
  problem: string,
) => plainField(rule, [bucket, good], path, values, bad, problem, 1);

const statement = (more: Json = {}) => ({
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:*',
  Resource: ['arn:aws:s3:::backups', 'arn:aws:s3:::backups/*'],
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  ...more,
});
const otherKey = (more: Json = {}) => ({
  Effect: 'Deny',
  Principal: { AWS: '*' },
  Action: ['s3:PutObject'],
  Resource: 'arn:aws:s3:::backups/*',
  Condition: { StringNotEquals: { 's3:x-amz-server-side-encryption': 'aws:kms' } },
  ...more,
});
const policyOf = (...all: readonly unknown[]) =>
  companion('BucketPolicy', { policy: JSON.stringify({ Statement: all }) });

export const buckets: Cases = {
  'S3-01': (rule) => {
    const good = companion('BucketPublicAccessBlock', {
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    return [
      ...linked(rule, good, 'has no public access block'),
      ...Object.keys(good.props)
        .filter((key) => key !== 'bucket')
        .flatMap((key) =>
          inCompanion(rule, good, key, [true], [undefined, null, false, 'true'], 'is not on'),
        ),
    ];
  },
  'S3-02': (rule) => {
    const good = companion('BucketOwnershipControls', {
      rule: { objectOwnership: 'BucketOwnerEnforced' },
    });
    const list = broken(rule, 'is an access list (acl)');
    return [
      ...linked(rule, good, 'has no ownership controls'),
      ...inCompanion(
        rule,
        good,
        'rule.objectOwnership',
        ['BucketOwnerEnforced'],
        [undefined, null, '', 'ObjectWriter', 'BucketOwnerPreferred'],
        'leaves access lists on',
      ),
      fails('an access list', list, { ...companion('BucketAcl', { acl: 'private' }), sources: {} }),
      fails('one in the bucket', list, ...changed([bucket, good], 'acl', 'public-read')),
    ];
  },
  'S3-03': (rule) => {
    const DEFAULT = 'rules[0].applyServerSideEncryptionByDefault';
    const good = companion('BucketServerSideEncryptionConfiguration', {
      rules: [
        {
          applyServerSideEncryptionByDefault: {
            sseAlgorithm: 'aws:kms',
            kmsMasterKeyId: 'arn:aws:kms:eu-central-1:111111111111:key/1',
          },
          bucketKeyEnabled: true,
        },
      ],
    });
    const key: Subject = { type: 'aws:kms/key:Key', name: 'key', props: {} };
    const made = changed([good], `${DEFAULT}.kmsMasterKeyId`, unknownString).map((one) => ({
      ...one,
      sources: { bucket: ['bucket'], rules: ['key'] },
    }));
    return [
      ...linked(rule, good, 'has no encryption by default'),
      ...inCompanion(
        rule,
        good,
        `${DEFAULT}.sseAlgorithm`,
        ['aws:kms', 'aws:kms:dsse'],
        [undefined, null, '', 'AES256'],
        'is not aws:kms',
      ),
      ...inCompanion(
        rule,
        good,
        `${DEFAULT}.kmsMasterKeyId`,
        ['key'],
        [undefined, null, '', 'alias/aws/s3'],
        'is no key of ours',
      ),
      ...inCompanion(
        rule,
        good,
        'rules[0].bucketKeyEnabled',
        [true],
        [undefined, null, false],
        'asks for a key per object',
      ),
      passes('a key of the same run', bucket, key, ...made),
      fails(
        'no rule',
        broken(rule, 'are empty (rules)'),
        ...changed([bucket, good], 'rules', [], 1),
      ),
      isUnknown(
        'the rules',
        unverified(rule, 'rules'),
        ...changed([bucket, good], 'rules', unknownObject, 1),
      ),
    ];
  },
  'S3-04': (rule) => {
    const good = companion('BucketVersioning', { versioningConfiguration: { status: 'Enabled' } });
    return [
      ...linked(rule, good, 'has no versioning'),
      ...inCompanion(
        rule,
        good,
        'versioningConfiguration.status',
        ['Enabled'],
        [undefined, null, '', 'Suspended', 'Disabled'],
        'is not Enabled',
      ),
    ];
  },
  'S3-05': (rule) => {
    const good = policyOf(statement(), otherKey());
    const plain = broken(rule, 'allows plain text (policy)');
    const keys = broken(rule, 'allows other keys (policy)');
    const both = broken(rule, 'allows plain text (policy)', 'allows other keys (policy)');
    const bad = (title: string, message: string, ...all: readonly unknown[]) =>
      fails(title, message, bucket, policyOf(...all));
    return [
      ...linked(rule, good, 'has no policy'),
      passes(
        'an object',
        bucket,
        companion('BucketPolicy', { policy: { Statement: [statement(), otherKey()] } }),
      ),
      passes(
        'a condition as a list',
        bucket,
        policyOf(
          statement({ Condition: { Bool: { 'aws:SecureTransport': ['false'] } } }),
          otherKey(),
        ),
      ),
      passes('every resource', bucket, policyOf(statement({ Resource: '*' }), otherKey())),
      bad('only the bucket', plain, statement({ Resource: 'arn:aws:s3:::backups' }), otherKey()),
      bad('only objects', plain, statement({ Resource: 'arn:aws:s3:::backups/*' }), otherKey()),
      bad('only reads', plain, statement({ Action: 's3:GetObject' }), otherKey()),
      bad(
        'only one principal',
        plain,
        statement({ Principal: { AWS: 'arn:aws:iam::1:root' } }),
        otherKey(),
      ),
      bad('an Allow', plain, statement({ Effect: 'Allow' }), otherKey()),
      bad(
        'the wrong way round',
        plain,
        statement({ Condition: { Bool: { 'aws:SecureTransport': 'true' } } }),
        otherKey(),
      ),
      bad('no word of keys', keys, statement()),
      bad('keys for reads only', keys, statement(), otherKey({ Action: 's3:GetObject' })),
      bad('nothing at all', both),
      fails('no JSON', both, bucket, companion('BucketPolicy', { policy: 'text' })),
      isUnknown(
        'the policy',
        unverified(rule, 'policy'),
        bucket,
        companion('BucketPolicy', { policy: unknownString }),
      ),
    ];
  },
  'S3-07': (rule) => {
    const good = companion('BucketObjectLockConfiguration', {
      rule: { defaultRetention: { mode: 'GOVERNANCE', days: 30 } },
    });
    const RETENTION = 'rule.defaultRetention';
    const length = (value: unknown) =>
      changed([bucket, good], RETENTION, { mode: 'COMPLIANCE', ...(value as object) }, 1);
    return [
      ...linked(rule, good, 'has no object lock'),
      ...inCompanion(
        rule,
        good,
        `${RETENTION}.mode`,
        ['GOVERNANCE', 'COMPLIANCE'],
        [undefined, null, '', 'NONE'],
        'is none',
      ),
      passes('years', ...length({ years: 1 })),
      fails('no length', broken(rule, `has no length (${RETENTION})`), ...length({})),
      fails('zero days', broken(rule, `has no length (${RETENTION})`), ...length({ days: 0 })),
      isUnknown('the days', unverified(rule, RETENTION), ...length({ days: unknownString })),
    ];
  },
  'S3-08': (rule) => {
    const good = companion('BucketLifecycleConfiguration', {
      rules: [
        {
          status: 'Enabled',
          noncurrentVersionExpiration: { noncurrentDays: 30 },
          abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
        },
      ],
    });
    const days = (
      path: string,
      values: readonly unknown[],
      bad: readonly unknown[],
      what: string,
    ) =>
      field(rule, {
        base: [bucket, good],
        of: 1,
        field: `rules[0].${path}`,
        place: 'rules',
        good: values,
        bad: bad.map((value) => [value, what] as const),
        wrong: what,
        unknown: [[`rules[0].${path}`, 'rules']],
      });
    const ever = 'keep old versions for ever';
    const parts = 'keep unfinished uploads for more than 7 days';
    const both = broken(rule, `${ever} (rules)`, `${parts} (rules)`);
    return [
      ...linked(rule, good, 'has no lifecycle'),
      ...days(
        'noncurrentVersionExpiration.noncurrentDays',
        [1, 90],
        [undefined, null, 0, '30'],
        ever,
      ),
      ...days(
        'abortIncompleteMultipartUpload.daysAfterInitiation',
        [1, 7],
        [undefined, null, 0, 8, '7'],
        parts,
      ),
      fails(
        'a rule that is off',
        both,
        ...changed([bucket, good], 'rules[0].status', 'Disabled', 1),
      ),
      fails('no rules', both, ...changed([bucket, good], 'rules', [], 1)),
      isUnknown(
        'the rules',
        unverified(rule, 'rules'),
        ...changed([bucket, good], 'rules', unknownObject, 1),
      ),
      isUnknown(
        'whether a rule is on',
        unverified(rule, 'rules'),
        ...changed([bucket, good], 'rules[0].status', unknownString, 1),
      ),
    ];
  },
  'S3-09': (rule) => {
    const good = companion('BucketLogging', { targetBucket: 'logs', targetPrefix: 'backups/' });
    return [
      ...linked(rule, good, 'has no access log'),
      ...inCompanion(
        rule,
        good,
        'targetBucket',
        ['logs'],
        [undefined, null, '', 'backups'],
        'is no other bucket',
      ),
    ];
  },
  'S3-10': (rule) => {
    const good = companion('BucketReplicationConfig', {
      role: 'arn:aws:iam::111111111111:role/replication',
      rules: [{ status: 'Enabled', destination: { bucket: 'arn:aws:s3:::copies' } }],
    });
    const rules = (path: string, values: readonly unknown[], bad: readonly unknown[]) =>
      field(rule, {
        base: [bucket, good],
        of: 1,
        field: path,
        place: 'rules',
        good: values,
        bad: bad.map((value) => [value, 'copy nothing'] as const),
        wrong: 'copy nothing',
        unknown: [[path, 'rules']],
      });
    return [
      ...linked(rule, good, 'has no replication'),
      ...rules('rules[0].status', ['Enabled'], [undefined, null, '', 'Disabled']),
      ...rules('rules[0].destination.bucket', ['arn:aws:s3:::copies'], [undefined, null, '']),
      ...rules('rules', [], [undefined, null, []]),
      ...inCompanion(rule, good, 'role', ['arn'], [undefined, null, ''], 'is not set'),
    ];
  },
  'S3-11': (rule) =>
    plainField(
      rule,
      [bucket],
      'forceDestroy',
      [undefined, null, false],
      [true, 'true'],
      'deletes the objects with the bucket',
    ),
};
