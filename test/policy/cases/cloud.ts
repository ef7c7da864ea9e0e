import type { Rule } from '../../../policies/rule.ts';
import { changed, plainField } from '../plain.ts';
import { unknownObject, unknownString, type Json, type Subject } from '../support.ts';
import { broken, fails, field, isUnknown, passes, unverified, type Case } from '../table.ts';
import type { Cases } from './index.ts';

/** Cases of a rule about the statements of a policy in a property. */
function policies(
  rule: Rule,
  spec: {
    readonly type: string;
    readonly property?: string;
    readonly good: readonly Json[];
    readonly bad: readonly (readonly [statement: Json, problem: string])[];
    /** Statements in which an unknown part leaves the question open. */
    readonly unclear: readonly Json[];
  },
): readonly Case[] {
  const { type, property = 'policy', good, bad, unclear } = spec;
  const place = `${property}.Statement[0]`;
  const object = (...list: readonly unknown[]): Subject => ({
    type,
    props: { [property]: { Version: '2012-10-17', Statement: list } },
  });
  const as = (document: unknown): Subject => ({ type, props: { [property]: document } });
  const none = broken(rule, `is no policy (${property})`);
  const [[first = {}, problem] = []] = bad;
  return [
    ...good.map((one) => passes(JSON.stringify(one), object(one))),
    ...bad.map(([one, what]) =>
      fails(JSON.stringify(one), broken(rule, `${what} (${place})`), object(one)),
    ),
    ...unclear.map((one) => isUnknown(JSON.stringify(one), unverified(rule, place), object(one))),
    ...bad.map(([one]) => passes('the same as a Deny', object({ ...one, Effect: 'Deny' }))),
    fails(
      'as a text',
      broken(rule, `${problem} (${place})`),
      as(JSON.stringify({ Statement: [first] })),
    ),
    fails('a statement alone', broken(rule, `${problem} (${place})`), as({ Statement: first })),
    fails(
      'the second',
      broken(rule, `${problem} (${property}.Statement[1])`),
      object(good[0], first),
    ),
    isUnknown('the policy', unverified(rule, property), as(unknownString)),
    isUnknown('its statements', unverified(rule, property), as({ Statement: unknownObject })),
    { ...passes('null', as(null)), shows: 'null' },
    { ...fails('an empty text', none, as('')), shows: 'empty' },
    { ...fails('no statements', none, as({ Statement: [] })), shows: 'empty' },
    { ...fails('a text that is no JSON', none, as('{"Statement"')), shows: 'wrong type' },
    { ...fails('a number', none, as(7)), shows: 'wrong type' },
    passes('another kind', {
      type: 'aws:sns/topic:Topic',
      props: { [property]: { Statement: [first] } },
    }),
  ];
}

const everybody = (rule: Rule, type: string) => {
  const allow = { Effect: 'Allow', Action: '*', Resource: '*' };
  const open = 'lets everybody in';
  return policies(rule, {
    type,
    good: [
      { ...allow, Principal: { AWS: 'arn:aws:iam::111111111111:root' } },
      { ...allow, Principal: '*', Condition: { StringEquals: { 'kms:CallerAccount': '1' } } },
      { ...allow, Principal: { Service: 'logs.amazonaws.com' } },
    ],
    bad: [
      [{ ...allow, Principal: '*' }, open],
      [{ ...allow, Principal: { AWS: '*' } }, open],
      [{ ...allow, Principal: { AWS: ['arn:aws:iam::1:root', '*'] } }, open],
      [{ ...allow, NotPrincipal: { AWS: 'arn:aws:iam::1:root' } }, open],
    ],
    unclear: [
      { ...allow, Principal: unknownString },
      { ...allow, Principal: { AWS: unknownString } },
      { ...allow, Effect: unknownString, Principal: '*' },
    ],
  });
};

const ROLE = 'arn:aws:iam::111111111111:role/app';
const ISSUER = 'oidc.eks.eu-central-1.amazonaws.com/id/A';
const key: Subject = {
  type: 'aws:kms/key:Key',
  props: { description: 'Backups.', enableKeyRotation: true },
};
const storageClass: Subject = {
  type: 'kubernetes:storage.k8s.io/v1:StorageClass',
  name: 'class',
  props: {
    metadata: { name: 'fast' },
    parameters: { encrypted: 'true', kmsKeyId: 'arn:aws:kms:eu-central-1:1:key/1' },
    reclaimPolicy: 'Retain',
    allowVolumeExpansion: true,
    volumeBindingMode: 'WaitForFirstConsumer',
  },
};
const claim: Subject = {
  type: 'kubernetes:core/v1:PersistentVolumeClaim',
  props: {
    metadata: { name: 'data', namespace: 'saas-data' },
    spec: { storageClassName: 'fast' },
  },
};
const cluster: Subject = {
  type: 'aws:eks/cluster:Cluster',
  props: {
    version: '1.35',
    encryptionConfig: { resources: ['secrets'], provider: { keyArn: 'arn' } },
    enabledClusterLogTypes: ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'],
    vpcConfig: { endpointPrivateAccess: true, publicAccessCidrs: ['203.0.113.0/24'] },
  },
};

export const cloud: Cases = {
  'S3-06': (rule) => everybody(rule, 'aws:s3/bucketPolicy:BucketPolicy'),
  'KMS-01': (rule) => [
    ...plainField(
      rule,
      [key],
      'enableKeyRotation',
      [true],
      [undefined, null, false, 'true'],
      'is off',
    ),
    ...plainField(
      rule,
      [key],
      'deletionWindowInDays',
      [undefined, null, 14, 30],
      [7, 13, '30'],
      'is shorter than 14 days',
    ),
    ...plainField(rule, [key], 'isEnabled', [undefined, null, true], [false, 'true'], 'is off'),
    ...plainField(
      rule,
      [key],
      'bypassPolicyLockoutSafetyCheck',
      [undefined, null, false],
      [true],
      'lets a policy lock everybody out',
    ),
    ...plainField(rule, [key], 'description', ['Backups.'], [undefined, null, ''], 'is empty'),
  ],
  'KMS-02': (rule) => [
    ...everybody(rule, 'aws:kms/key:Key'),
    fails('a policy of its own', broken(rule, 'lets everybody in (policy.Statement[0])'), {
      type: 'aws:kms/keyPolicy:KeyPolicy',
      props: { policy: { Statement: { Effect: 'Allow', Principal: '*', Action: 'kms:*' } } },
    }),
  ],
  'ST-01': (rule) => {
    const settings = { classes: ['gp3'] };
    const uses = (base: Subject, path: string): readonly Case[] =>
      field(rule, {
        base: [base, storageClass],
        field: path,
        good: [undefined, null, 'fast', 'gp3'],
        bad: ['', 'standard'].map((value) => [value, 'is no allowed storage class'] as const),
        wrong: 'is no allowed storage class',
        unknown: [[path, path]],
        settings,
      });
    const text = (path: string, good: readonly unknown[], bad: readonly unknown[], what: string) =>
      plainField(rule, [storageClass], path, good, bad, what);
    return [
      ...text(
        'parameters.encrypted',
        ['true'],
        [undefined, null, '', 'false', true],
        'is not "true"',
      ),
      ...text('parameters.kmsKeyId', ['key'], [undefined, null, ''], 'is no key of ours'),
      ...text(
        'reclaimPolicy',
        ['Retain'],
        [undefined, null, '', 'Delete'],
        'deletes volumes with their claims',
      ),
      ...text('allowVolumeExpansion', [true], [undefined, null, false], 'is off'),
      ...text(
        'volumeBindingMode',
        ['WaitForFirstConsumer'],
        [undefined, null, '', 'Immediate'],
        'makes volumes in zones where no pod may run',
      ),
      passes(
        'any class, where none is listed',
        ...changed([claim], 'spec.storageClassName', 'any'),
      ),
      ...uses(claim, 'spec.storageClassName'),
      ...['spec.storage.storageClass', 'spec.walStorage.storageClass'].flatMap((path) =>
        uses({ type: 'kubernetes:postgresql.cnpg.io/v1:Cluster', props: { metadata: {} } }, path),
      ),
      ...uses(
        { type: 'kubernetes:apps/v1:StatefulSet', props: { metadata: {} } },
        'spec.volumeClaimTemplates[0].spec.storageClassName',
      ),
      {
        ...isUnknown('the templates', unverified(rule, 'spec.volumeClaimTemplates'), {
          type: 'kubernetes:apps/v1:StatefulSet',
          props: { spec: { volumeClaimTemplates: unknownObject } },
        }),
        settings,
      },
    ];
  },
  'IAM-01': (rule) => {
    const allow = { Effect: 'Allow', Action: ['s3:PutObject'], Resource: 'arn:aws:s3:::b/*' };
    const wild = 'allows every action of a service';
    const wide = 'allows to write to every resource';
    return [
      ...[
        'rolePolicy:RolePolicy',
        'policy:Policy',
        'userPolicy:UserPolicy',
        'groupPolicy:GroupPolicy',
      ].flatMap((type) =>
        policies(rule, {
          type: `aws:iam/${type}`,
          good: [
            allow,
            { ...allow, Action: 's3:GetObject', Resource: '*' },
            { ...allow, Action: ['ec2:DescribeInstances', 's3:ListAllMyBuckets'], Resource: '*' },
          ],
          bad: [
            [{ ...allow, Action: '*' }, wild],
            [{ ...allow, Action: ['s3:GetObject', 's3:*'] }, wild],
            [{ Effect: 'Allow', NotAction: 'iam:*', Resource: ROLE }, wild],
            [{ ...allow, Resource: '*' }, wide],
            [{ ...allow, Action: 's3:Put*', Resource: ['arn', '*'] }, wide],
          ],
          unclear: [
            { ...allow, Action: unknownString },
            { ...allow, Action: ['s3:GetObject', unknownString] },
            { ...allow, Resource: unknownString },
            { ...allow, Effect: unknownString, Action: '*' },
          ],
        }),
      ),
    ];
  },
  'IAM-02': (rule) => {
    const what = 'is a policy of administrators';
    const bad = ['AdministratorAccess', 'IAMFullAccess', 'PowerUserAccess'].map(
      (name) => [`arn:aws:iam::aws:policy/${name}`, what] as const,
    );
    const good = [undefined, null, '', 'arn:aws:iam::aws:policy/ReadOnlyAccess', 7];
    return [
      ...[
        'rolePolicyAttachment:RolePolicyAttachment',
        'userPolicyAttachment:UserPolicyAttachment',
        'groupPolicyAttachment:GroupPolicyAttachment',
        'policyAttachment:PolicyAttachment',
      ].flatMap((type) =>
        field(rule, {
          base: [{ type: `aws:iam/${type}`, props: {} }],
          field: 'policyArn',
          good,
          bad,
          unknown: [['policyArn', 'policyArn']],
        }),
      ),
      ...field(rule, {
        base: [{ type: 'aws:iam/role:Role', props: {} }],
        field: 'managedPolicyArns[0]',
        good,
        bad,
        unknown: [
          ['managedPolicyArns[0]', 'managedPolicyArns[0]'],
          ['managedPolicyArns', 'managedPolicyArns'],
        ],
      }),
      ...[null, 'text', 7].map((value): Case => ({
        ...passes('a list that is none', {
          type: 'aws:iam/role:Role',
          props: { managedPolicyArns: value },
        }),
        shows: value === null ? 'null' : 'wrong type',
      })),
    ];
  },
  'IAM-03': (rule) => {
    const sub = `${ISSUER}:sub`;
    const aud = `${ISSUER}:aud`;
    const equals = {
      [sub]: 'system:serviceaccount:saas-data:postgres',
      [aud]: 'sts.amazonaws.com',
    };
    const trust = (condition: unknown, more: Json = {}) => ({
      Effect: 'Allow',
      Principal: { Federated: `arn:aws:iam::111111111111:oidc-provider/${ISSUER}` },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: condition,
      ...more,
    });
    const broad = 'trusts accounts that it does not name';
    const noAudience = { [sub]: equals[sub] };
    return policies(rule, {
      type: 'aws:iam/role:Role',
      property: 'assumeRolePolicy',
      good: [
        trust({ StringEquals: equals }),
        trust({ StringEquals: { ...equals, [sub]: [equals[sub], 'system:serviceaccount:a:b'] } }),
        { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
      ],
      bad: [
        [trust(undefined), broad],
        [trust({ StringLike: equals }), broad],
        [trust({ StringEquals: { ...equals, [sub]: 'system:serviceaccount:saas-data:*' } }), broad],
        [trust({ StringEquals: { [aud]: 'sts.amazonaws.com' } }), broad],
        [trust({ StringEquals: noAudience }), 'trusts tokens that were made for something else'],
        [
          { Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' },
          'lets everybody assume the role',
        ],
        [
          { Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole', Condition: {} },
          'lets everybody assume the role',
        ],
      ],
      unclear: [
        trust({ StringEquals: { ...equals, [sub]: unknownString } }),
        trust({ StringEquals: { ...equals, [aud]: unknownString } }),
        trust({ StringEquals: unknownObject }),
        trust({ StringEquals: equals }, { Principal: { Federated: unknownString } }),
        trust({ StringEquals: equals }, { Effect: unknownString }),
      ],
    });
  },
  'IAM-04': (rule) => {
    const allow = { Effect: 'Allow', Action: 'kms:Decrypt', Resource: 'arn:aws:kms:::key/1' };
    const gains = 'allows to gain rights';
    const reaches = 'reaches secrets or roles of everything';
    return policies(rule, {
      type: 'aws:iam/rolePolicy:RolePolicy',
      good: [
        allow,
        { ...allow, Action: ['s3:GetObject'], Resource: 'arn:aws:s3:::b/*' },
        { ...allow, Action: 'iam:PassRole', Resource: ROLE },
        { ...allow, Action: 'iam:GetRole', Resource: '*' },
      ],
      bad: [
        [{ ...allow, Resource: '*' }, reaches],
        [{ ...allow, Action: ['kms:De*'], Resource: ['*'] }, reaches],
        [{ ...allow, Action: 'iam:PassRole', Resource: '*' }, reaches],
        [{ ...allow, Action: 'secretsmanager:GetSecretValue', Resource: '*' }, reaches],
        [{ ...allow, Action: 'iam:PutRolePolicy', Resource: ROLE }, gains],
        [{ ...allow, Action: 'iam:*', Resource: ROLE }, gains],
        [{ ...allow, Action: 'iam:Create?ccessKey', Resource: ROLE }, gains],
        [{ ...allow, Action: 'IAM:attachrolepolicy', Resource: ROLE }, gains],
      ],
      unclear: [
        { ...allow, Action: unknownString },
        { ...allow, Resource: unknownString },
        { ...allow, Resource: '*', Effect: unknownString },
      ],
    });
  },
  'IAM-05': (rule) => [
    passes('a role', { type: 'aws:iam/role:Role', props: {} }),
    ...[
      'accessKey:AccessKey',
      'user:User',
      'userGroupMembership:UserGroupMembership',
      'userLoginProfile:UserLoginProfile',
      'userPolicy:UserPolicy',
      'userPolicyAttachment:UserPolicyAttachment',
    ].map((type) =>
      fails(type, broken(rule, 'is about a user of IAM (type)'), {
        type: `aws:iam/${type}`,
        props: {},
      }),
    ),
  ],
  'EKS-01': (rule) => {
    const CIDRS = 'vpcConfig.publicAccessCidrs';
    const LOGS = 'enabledClusterLogTypes';
    const RESOURCES = 'encryptionConfig.resources';
    return [
      ...field(rule, {
        base: [cluster],
        field: RESOURCES,
        good: [['secrets']],
        bad: [undefined, null, [], ['other'], 'secrets'].map(
          (value) => [value, 'leave out secrets'] as const,
        ),
        unknown: [
          [RESOURCES, RESOURCES],
          [`${RESOURCES}[0]`, RESOURCES],
        ],
      }),
      ...plainField(
        rule,
        [cluster],
        'encryptionConfig.provider.keyArn',
        ['arn'],
        [undefined, null, ''],
        'is not set',
      ),
      ...plainField(
        rule,
        [cluster],
        'vpcConfig.endpointPrivateAccess',
        [true],
        [undefined, null, false],
        'is off',
      ),
      ...field(rule, {
        base: [cluster],
        field: LOGS,
        good: [cluster.props[LOGS]],
        bad: [undefined, null, [], ['api', 'audit'], 'api'].map(
          (value) => [value, 'leave out a kind of log'] as const,
        ),
        unknown: [
          [LOGS, LOGS],
          [`${LOGS}[0]`, LOGS],
        ],
      }),
      ...field(rule, {
        base: [cluster],
        field: CIDRS,
        good: [['203.0.113.0/24']],
        bad: [undefined, null, [], ['203.0.113.0/24', '0.0.0.0/0'], ['::/0'], 'text'].map(
          (value) => [value, 'let every address in'] as const,
        ),
        unknown: [
          [CIDRS, CIDRS],
          [`${CIDRS}[0]`, CIDRS],
        ],
      }),
      passes(
        'no public endpoint',
        ...changed([cluster], 'vpcConfig', {
          endpointPrivateAccess: true,
          endpointPublicAccess: false,
        }),
      ),
      ...plainField(
        rule,
        [cluster],
        'version',
        ['1.34', '1.36'],
        [undefined, null, '', '1.33', '2.40', 'v1.35', 1.35],
        'is not supported, or left to AWS',
      ),
      {
        ...passes('another oldest version', ...changed([cluster], 'version', '1.30')),
        settings: { oldestMinor: 30 },
      },
    ];
  },
};
