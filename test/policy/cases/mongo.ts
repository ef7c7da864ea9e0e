import { changed, plainField } from '../plain.ts';
import { unknownObject, unknownString, type Subject } from '../support.ts';
import { broken, fails, field, isUnknown, passes, unverified, type Case } from '../table.ts';
import type { Rule } from '../../../policies/rule.ts';
import type { Cases } from './index.ts';

const mongo: Subject = {
  type: 'kubernetes:psmdb.percona.com/v1:PerconaServerMongoDB',
  props: {
    metadata: {
      name: 'documents',
      namespace: 'saas-data',
      finalizers: ['percona.com/delete-psmdb-pods-in-order'],
    },
    spec: {
      tls: { mode: 'requireTLS', allowInvalidCertificates: false },
      users: [
        {
          name: 'app',
          passwordSecretRef: { name: 'documents-app', key: 'password' },
          roles: [{ name: 'readWrite', db: 'app' }],
        },
      ],
      replsets: [
        {
          size: 3,
          configuration: 'net:\n  tls:\n    allowConnectionsWithoutCertificates: true\n',
          affinity: { antiAffinityTopologyKey: 'kubernetes.io/hostname' },
          volumeSpec: { persistentVolumeClaim: { resources: { requests: { storage: '5Gi' } } } },
        },
      ],
      backup: {
        enabled: true,
        storages: { s3: { type: 's3', s3: { bucket: 'backups' } } },
        tasks: [{ name: 'daily', enabled: true, schedule: '0 2 * * *', retention: { count: 30 } }],
        pitr: { enabled: true },
      },
    },
  },
};
const SET = 'spec.replsets[0]';
const sharded: Subject = {
  ...mongo,
  props: {
    ...mongo.props,
    spec: {
      ...(mongo.props['spec'] as object),
      sharding: { enabled: true, configsvrReplSet: { size: 3 }, mongos: { size: 2 } },
    },
  },
};

/** A flag that may be absent or false. */
const off = (rule: Rule, path: string, problem: string): readonly Case[] =>
  plainField(rule, [mongo], path, [undefined, null, false], [true, 'true'], problem);

const size = (rule: Rule, base: Subject, path: string) =>
  plainField(
    rule,
    [base],
    path,
    [3, 5],
    [undefined, null, 1, 2, 4, '3'],
    'is no odd number of 3 or more members',
  );

const spread = (rule: Rule, base: Subject, path: string) =>
  plainField(
    rule,
    [base],
    `${path}.affinity.antiAffinityTopologyKey`,
    [undefined, null, 'kubernetes.io/hostname', 'topology.kubernetes.io/zone'],
    ['', 'none', 'topology.kubernetes.io/region'],
    'lets members share a host',
  );

/** Each place of a configuration, with good and bad texts. */
const configuration = (
  rule: Rule,
  good: readonly string[],
  bad: readonly (readonly [string, string])[],
): readonly Case[] =>
  [
    `${SET}.configuration`,
    `${SET}.nonvoting.configuration`,
    `${SET}.hidden.configuration`,
    'spec.sharding.configsvrReplSet.configuration',
    'spec.sharding.mongos.configuration',
  ].flatMap((path) =>
    field(rule, {
      base: [mongo],
      field: path,
      good: [undefined, null, '', ...good],
      bad,
      wrong: 'is no text',
      unknown: [[path, path]],
    }),
  );

export const mongoCases: Cases = {
  'MG-01': (rule) => {
    const open = 'lets people in without a login';
    return [
      ...configuration(
        rule,
        [
          'security:\n  authorization: enabled\n',
          'setParameter:\n  authenticationMechanisms: SCRAM-SHA-256\n',
          '# authorization: disabled\nnet: {}\n',
        ],
        [
          ['security:\n  authorization: disabled\n', open],
          ['security: {authorization: "disabled"}', open],
          ['{"security": {"authorization": "disabled"}}', open],
          ['security:\n  transitionToAuth: true\n', open],
          ['noauth: true', open],
          [
            'setParameter:\n  authenticationMechanisms: SCRAM-SHA-1,SCRAM-SHA-256\n',
            'takes logins by SCRAM-SHA-1',
          ],
        ],
      ),
      isUnknown(
        'the replica sets',
        unverified(rule, 'spec.replsets'),
        ...changed([mongo], 'spec.replsets', unknownObject),
      ),
      passes('another kind', {
        type: 'kubernetes:psmdb.percona.com/v1:PerconaServerMongoDBBackup',
        props: {},
      }),
    ];
  },
  'MG-02': (rule) => [
    ...plainField(
      rule,
      [mongo],
      'spec.tls.mode',
      ['requireTLS'],
      [undefined, null, '', 'preferTLS', 'allowTLS', 'disabled'],
      'does not demand TLS',
    ),
    ...plainField(
      rule,
      [mongo],
      'spec.tls.allowInvalidCertificates',
      [false],
      [undefined, null, true, 'false'],
      'accepts certificates of anybody',
    ),
    ...off(rule, 'spec.unsafeFlags.tls', 'allows a cluster without TLS'),
    ...off(rule, 'spec.allowUnsafeConfigurations', 'allows a cluster without TLS'),
  ],
  'MG-03': (rule) => [
    ...size(rule, mongo, `${SET}.size`),
    ...spread(rule, mongo, SET),
    ...off(rule, `${SET}.arbiter.enabled`, 'counts a member that holds no data'),
    ...['replsetSize', 'mongosSize', 'terminationGracePeriod', 'backupIfUnhealthy'].flatMap(
      (flag) => off(rule, `spec.unsafeFlags.${flag}`, 'switches a check of the operator off'),
    ),
    ...[undefined, [], 'text'].map((value) =>
      fails(
        `replsets is ${JSON.stringify(value)}`,
        broken(rule, 'is empty (spec.replsets)'),
        ...changed([mongo], 'spec.replsets', value),
      ),
    ),
    ...[SET, 'spec.replsets'].map((path) =>
      isUnknown(path, unverified(rule, path), ...changed([mongo], path, unknownObject)),
    ),
    passes('a sharded cluster', sharded),
    ...size(rule, sharded, 'spec.sharding.configsvrReplSet.size'),
    ...spread(rule, sharded, 'spec.sharding.configsvrReplSet'),
    ...spread(rule, sharded, 'spec.sharding.mongos'),
    ...plainField(
      rule,
      [sharded],
      'spec.sharding.mongos.size',
      [2, 3],
      [undefined, null, 1, '2'],
      'has fewer than two routers',
    ),
    isUnknown(
      'whether it is sharded',
      unverified(rule, 'spec.sharding.enabled'),
      ...changed([sharded], 'spec.sharding.enabled', unknownString),
    ),
  ],
  'MG-04': (rule) => {
    const BACKUP = 'spec.backup';
    const STORE = `${BACKUP}.storages.s3`;
    const none = 'has no enabled task that runs every day and ends old backups';
    const task = (path: string, good: readonly unknown[], bad: readonly unknown[]) =>
      field(rule, {
        base: [mongo],
        field: `${BACKUP}.tasks[0].${path}`,
        place: `${BACKUP}.tasks`,
        good,
        bad: bad.map((value) => [value, none] as const),
        wrong: none,
        unknown: [
          [`${BACKUP}.tasks[0].${path}`, `${BACKUP}.tasks`],
          [`${BACKUP}.tasks[0]`, `${BACKUP}.tasks`],
          [`${BACKUP}.tasks`, `${BACKUP}.tasks`],
        ],
      });
    const second = (main: unknown) =>
      changed(changed([mongo], `${STORE}.main`, main), `${BACKUP}.storages.other`, {
        type: 'minio',
        main: false,
      });
    const key = `${STORE}.s3.serverSideEncryption.kmsKeyID`;
    const [withKeys = mongo] = changed(
      changed([mongo], `${STORE}.s3.credentialsSecret`, 'keys'),
      key,
      'key',
    );
    return [
      ...['enabled', 'pitr.enabled'].flatMap((path) =>
        plainField(
          rule,
          [mongo],
          `${BACKUP}.${path}`,
          [true],
          [undefined, null, false, 'true'],
          'is off',
        ),
      ),
      ...off(rule, `${BACKUP}.pitr.oplogOnly`, 'keeps an oplog without a backup to start from'),
      ...task('enabled', [true], [undefined, null, false, 'true']),
      ...task(
        'schedule',
        ['0 2 * * *', '0 */6 * * *'],
        [undefined, null, '', '0 2 * * 0', '0 2 1 * *', '0 0 2 * * *'],
      ),
      ...task('retention.count', [1, 30], [undefined, null, 0, '30']),
      passes(
        'the older way to end backups',
        ...changed(
          changed([mongo], `${BACKUP}.tasks[0].retention`, undefined),
          `${BACKUP}.tasks[0].keep`,
          30,
        ),
      ),
      ...field(rule, {
        base: [mongo],
        field: `${STORE}.type`,
        good: ['s3', 'minio'],
        bad: [undefined, null, '', 'filesystem'].map((v) => [v, 'is no object store'] as const),
        wrong: 'is no object store',
        unknown: [
          [`${STORE}.type`, `${STORE}.type`],
          [STORE, STORE],
          [`${BACKUP}.storages`, `${BACKUP}.storages`],
        ],
      }),
      ...off(rule, `${STORE}.s3.insecureSkipTLSVerify`, 'does not verify the store'),
      ...plainField(
        rule,
        [withKeys],
        key,
        ['key'],
        [undefined, null, ''],
        'writes without a key of ours',
      ),
      fails(
        'no storage',
        broken(rule, `is empty (${BACKUP}.storages)`),
        ...changed([mongo], `${BACKUP}.storages`, {}),
      ),
      passes('two storages with one main', ...second(true)),
      fails(
        'two storages without a main one',
        broken(rule, `has not exactly one main storage (${BACKUP}.storages)`),
        ...second(undefined),
      ),
      isUnknown(
        'which one is main',
        unverified(rule, `${BACKUP}.storages`),
        ...second(unknownString),
      ),
    ];
  },
  'MG-05': (rule) => {
    const USER = 'spec.users[0]';
    const claim = `${SET}.volumeSpec.persistentVolumeClaim`;
    return [
      ...field(rule, {
        base: [mongo],
        field: `${USER}.roles[0].name`,
        place: `${USER}.roles`,
        good: ['readWrite', 'dbAdmin', undefined, null, ''],
        bad: ['root', '__system', 'readWriteAnyDatabase', 'dbAdminAnyDatabase'].map(
          (value) => [value, 'reach every database'] as const,
        ),
        unknown: [
          [`${USER}.roles[0].name`, `${USER}.roles`],
          [`${USER}.roles[0]`, `${USER}.roles`],
          [`${USER}.roles`, `${USER}.roles`],
          [USER, USER],
          ['spec.users', 'spec.users'],
        ],
      }),
      ...plainField(
        rule,
        [mongo],
        `${USER}.passwordSecretRef.name`,
        ['documents-app'],
        [undefined, null, ''],
        'names no Secret',
      ),
      ...plainField(rule, [mongo], claim, [{}], [undefined, null, 'text', 7], 'is no claim'),
      ...configuration(
        rule,
        ['security:\n  enableEncryption: true\n'],
        [['security:\n  enableEncryption: false\n', 'stores data in the clear']],
      ),
      ...field(rule, {
        base: [mongo],
        field: 'metadata.finalizers',
        good: [undefined, null, [], ['percona.com/delete-psmdb-pods-in-order'], 'text'],
        bad: [[['percona.com/delete-psmdb-pvc'], 'deletes the data with the cluster']],
        unknown: [
          ['metadata.finalizers', 'metadata.finalizers'],
          ['metadata.finalizers[0]', 'metadata.finalizers'],
        ],
      }),
    ];
  },
};
