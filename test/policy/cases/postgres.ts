import type { Rule } from '../../../policies/rule.ts';
import { changed, companion, plainField } from '../plain.ts';
import { unknownObject, unknownString, type Subject } from '../support.ts';
import { broken, fails, field, isUnknown, passes, unverified, type Case } from '../table.ts';
import type { Cases } from './index.ts';

const CNPG = 'kubernetes:postgresql.cnpg.io/v1:';
const BARMAN = 'barman-cloud.cloudnative-pg.io';
const metadata = { name: 'orders', namespace: 'saas-data' };

const cluster: Subject = {
  type: `${CNPG}Cluster`,
  name: 'cluster',
  props: {
    metadata,
    spec: {
      instances: 3,
      affinity: { podAntiAffinityType: 'required' },
      bootstrap: { initdb: { database: 'app', dataChecksums: true } },
      plugins: [{ name: BARMAN, isWALArchiver: true }],
      postgresql: {
        pg_hba: ['hostssl all all all scram-sha-256'],
        synchronous: { method: 'any', number: 1, dataDurability: 'required', failoverQuorum: true },
      },
      managed: { roles: [{ name: 'app', inRoles: ['readers'] }] },
      storage: { size: '20Gi' },
      walStorage: { size: '5Gi' },
      resources: { requests: { cpu: '1', memory: '2Gi' }, limits: { memory: '2Gi' } },
    },
  },
};
const store: Subject = {
  type: 'kubernetes:barmancloud.cnpg.io/v1:ObjectStore',
  name: 'store',
  props: {
    metadata,
    spec: {
      retentionPolicy: '30d',
      configuration: {
        destinationPath: 's3://backups/orders',
        wal: { compression: 'zstd', encryption: 'aws:kms' },
        data: { compression: 'gzip', encryption: 'aws:kms' },
      },
    },
  },
};
const schedule: Subject = {
  type: `${CNPG}ScheduledBackup`,
  name: 'schedule',
  props: {
    metadata,
    spec: {
      cluster: { name: 'orders' },
      schedule: '0 0 2 * * *',
      method: 'plugin',
      pluginConfiguration: { name: BARMAN },
    },
  },
};
const role: Subject = {
  type: `${CNPG}DatabaseRole`,
  name: 'role',
  props: { metadata, spec: { cluster: { name: 'orders' }, name: 'app', inRoles: ['readers'] } },
};
const pooler: Subject = {
  type: `${CNPG}Pooler`,
  name: 'pooler',
  props: {
    metadata: { name: 'pool', namespace: 'saas-data' },
    spec: {
      cluster: { name: 'orders' },
      instances: 2,
      pgbouncer: { poolMode: 'transaction', parameters: { client_tls_sslmode: 'require' } },
    },
  },
};
const budget: Subject = {
  type: 'kubernetes:policy/v1:PodDisruptionBudget',
  name: 'budget',
  props: {
    metadata,
    spec: { maxUnavailable: 1, selector: { matchLabels: { 'cnpg.io/poolerName': 'pool' } } },
  },
};

/** A flag that must not have one value. */
const flag = (
  rule: Rule,
  base: Subject,
  path: string,
  bad: boolean,
  problem: string,
): readonly Case[] =>
  plainField(rule, [base], path, [undefined, null, !bad], [bad, 'text', 7], problem);

export const postgres: Cases = {
  'PG-01': (rule) => {
    const share = 'lets instances share a host';
    return [
      ...plainField(
        rule,
        [cluster],
        'spec.instances',
        [3, 5],
        [undefined, null, 0, 1, 2, '3'],
        'has fewer than three instances',
      ),
      ...flag(rule, cluster, 'spec.enablePDB', false, 'lets drains stop the primary'),
      ...flag(rule, cluster, 'spec.affinity.enablePodAntiAffinity', false, share),
      ...plainField(
        rule,
        [cluster],
        'spec.affinity.podAntiAffinityType',
        ['required'],
        [undefined, null, '', 'preferred'],
        `${share} when it is convenient`,
      ),
      ...plainField(
        rule,
        [cluster],
        'spec.affinity.topologyKey',
        [undefined, null, 'kubernetes.io/hostname', 'topology.kubernetes.io/zone'],
        ['', 'topology.kubernetes.io/region'],
        'spreads instances over something other than hosts or zones',
      ),
      passes('a Cluster of another operator', {
        type: 'kubernetes:cluster.x-k8s.io/v1:Cluster',
        props: {},
      }),
    ];
  },
  'PG-02': (rule) => [
    ...plainField(
      rule,
      [cluster],
      'spec.postgresql.synchronous.number',
      [1, 2],
      [undefined, null, 0, '1'],
      'waits for no second instance',
    ),
    ...plainField(
      rule,
      [cluster],
      'spec.postgresql.synchronous.dataDurability',
      [undefined, null, 'required'],
      ['', 'preferred'],
      'stops waiting when no second instance answers',
    ),
    ...plainField(
      rule,
      [cluster],
      'spec.postgresql.synchronous.failoverQuorum',
      [true],
      [undefined, null, false, 'true'],
      'may fail over to an instance that lacks commits',
    ),
    fails(
      'nothing is synchronous',
      broken(
        rule,
        'may fail over to an instance that lacks commits (spec.postgresql.synchronous.failoverQuorum)',
        'waits for no second instance (spec.postgresql.synchronous.number)',
      ),
      ...changed([cluster], 'spec.postgresql.synchronous', undefined),
    ),
  ],
  'PG-03': (rule) => {
    const plugins = (...list: unknown[]) => changed([cluster], 'spec.plugins', list);
    const archiver = { name: BARMAN, isWALArchiver: true };
    const none = broken(rule, 'archives no WAL (spec.plugins)');
    const unclear = unverified(rule, 'spec.plugins');
    return [
      ...field(rule, {
        base: [cluster],
        field: 'spec.plugins[0].isWALArchiver',
        place: 'spec.plugins',
        good: [true],
        bad: [undefined, null, false, 'true'].map((value) => [value, 'archives no WAL'] as const),
        wrong: 'archives no WAL',
        unknown: [
          ['spec.plugins[0].isWALArchiver', 'spec.plugins'],
          ['spec.plugins[0]', 'spec.plugins'],
          ['spec.plugins', 'spec.plugins'],
        ],
      }),
      passes('a second plugin for something else', ...plugins(archiver, { name: 'other' })),
      fails('no plugin', none, ...plugins()),
      fails('a plugin that is off', none, ...plugins({ ...archiver, enabled: false })),
      fails(
        'two archivers',
        broken(rule, 'has several archivers of WAL (spec.plugins)'),
        ...plugins(archiver, { ...archiver, name: 'other' }),
      ),
      isUnknown('one more plugin', unclear, ...plugins(archiver, unknownObject)),
      fails(
        'the archiver of the operator itself',
        broken(rule, 'uses the archiver that the operator drops (spec.backup.barmanObjectStore)'),
        ...changed([cluster], 'spec.backup.barmanObjectStore', { destinationPath: 's3://b/p' }),
      ),
      ...plainField(
        rule,
        [store],
        'spec.retentionPolicy',
        ['30d', '5w', '1m', '90d'],
        [undefined, null, '', '29d', '4w', '0m', '30', 'd30', 30],
        'keeps backups for less than 30 days',
      ),
      ...['wal', 'data'].flatMap((part) => [
        ...plainField(
          rule,
          [store],
          `spec.configuration.${part}.compression`,
          ['gzip', 'snappy'],
          [undefined, null, ''],
          'is stored uncompressed',
        ),
        ...plainField(
          rule,
          [store],
          `spec.configuration.${part}.encryption`,
          [undefined, null, 'aws:kms'],
          ['', 'AES256'],
          'is encrypted with a key of the storage service',
        ),
      ]),
    ];
  },
  'PG-04': (rule) => [
    passes('a cluster with its schedule', cluster, schedule),
    passes('no cluster'),
    passes('a schedule that takes the name from the cluster', cluster, {
      ...(changed([schedule], 'spec.cluster.name', unknownString)[0] ?? schedule),
      sources: { spec: ['cluster'] },
    }),
    ...companion(
      rule,
      [cluster, schedule],
      1,
      'metadata.name',
      'no ScheduledBackup is for the cluster',
      'spec.cluster.name',
    ),
    fails(
      'a schedule of another namespace',
      broken(rule, 'no ScheduledBackup is for the cluster (metadata.name)'),
      ...changed([cluster, schedule], 'metadata.namespace', 'saas-app', 1),
    ),
    isUnknown(
      'the namespace of the schedule',
      unverified(rule, 'metadata.name'),
      ...changed([cluster, schedule], 'metadata.namespace', unknownString, 1),
    ),
    ...plainField(
      rule,
      [schedule],
      'spec.schedule',
      ['0 0 2 * * *', '0 0 */6 * * *', '@daily', '@hourly', '0 30 1 ? * *'],
      [undefined, null, '', '0 2 * * *', '0 0 2 * * 1', '0 0 2 1 * *', '@weekly', '@every 48h'],
      'does not run every day by a cron of six fields',
    ),
    ...flag(rule, schedule, 'spec.suspend', true, 'is suspended'),
    ...plainField(
      rule,
      [schedule],
      'spec.method',
      ['plugin'],
      [undefined, null, '', 'barmanObjectStore', 'volumeSnapshot'],
      'uses the method that the operator drops',
    ),
    ...plainField(
      rule,
      [schedule],
      'spec.pluginConfiguration.name',
      [BARMAN],
      [undefined, null, '', 'other'],
      'names no backup plugin',
    ),
  ],
  'PG-05': (rule) => [
    ...flag(rule, cluster, 'spec.enableSuperuserAccess', true, 'gives the superuser a password'),
    ...(
      [
        [cluster, 'spec.managed.roles[0]'],
        [role, 'spec'],
      ] as const
    ).flatMap(([base, under]) => [
      ...flag(rule, base, `${under}.superuser`, true, 'is a superuser'),
      ...flag(rule, base, `${under}.bypassrls`, true, 'sees the rows of every tenant'),
      ...field(rule, {
        base: [base],
        field: `${under}.inRoles`,
        good: [undefined, null, [], ['readers'], 'text'],
        bad: [[['readers', 'postgres'], 'is a member of postgres']],
        unknown: [
          [`${under}.inRoles`, `${under}.inRoles`],
          [`${under}.inRoles[0]`, `${under}.inRoles`],
        ],
      }),
    ]),
    isUnknown(
      'the roles',
      unverified(rule, 'spec.managed.roles'),
      ...changed([cluster], 'spec.managed.roles', unknownObject),
    ),
    isUnknown(
      'a role',
      unverified(rule, 'spec.managed.roles[0]'),
      ...changed([cluster], 'spec.managed.roles[0]', unknownObject),
    ),
  ],
  'PG-06': (rule) => {
    const weak = 'takes weak passwords over the network';
    const open = 'lets every address in without TLS and SCRAM or a certificate';
    const free = 'lets people in without a password';
    const lines = (base: Subject, path: string) =>
      field(rule, {
        base: [base],
        field: `${path}[0]`,
        good: [
          'hostssl all all all scram-sha-256',
          'hostssl all all 0.0.0.0/0 cert map=cnpg',
          'host app app 10.0.0.0/8 scram-sha-256',
          'host app app 10.0.0.0 255.0.0.0 scram-sha-256',
          'local all all peer',
          'local all all md5',
          'host all all all reject',
          '# host all all all trust',
          '',
        ],
        bad: [
          ['host all all all trust', free],
          ['hostssl all all 10.0.0.0/8 trust', free],
          ['local all all trust', free],
          ['host app app 10.0.0.0/8 md5', weak],
          ['hostssl app app 10.0.0.0/8 password', weak],
          ['host app app 10.0.0.0 255.0.0.0 md5', weak],
          ['host all all all scram-sha-256', open],
          ['host all all ::/0 scram-sha-256', open],
          ['hostnossl all all 0.0.0.0/0 scram-sha-256', open],
          ['host all all 0.0.0.0 0.0.0.0 scram-sha-256', open],
          ['hostssl all all all ident', open],
          [null, 'is no line of pg_hba'],
        ],
        wrong: 'is no line of pg_hba',
        unknown: [
          [`${path}[0]`, `${path}[0]`],
          [path, path],
        ],
      });
    return [
      ...lines(cluster, 'spec.postgresql.pg_hba'),
      ...lines(pooler, 'spec.pgbouncer.pg_hba'),
      ...plainField(
        rule,
        [cluster],
        'spec.postgresql.parameters.password_encryption',
        [undefined, null, 'scram-sha-256'],
        ['', 'md5'],
        'stores passwords in a weak form',
      ),
    ];
  },
  'PG-07': (rule) => [
    ...plainField(
      rule,
      [cluster],
      'spec.bootstrap.initdb.dataChecksums',
      [true],
      [undefined, null, false, 'true'],
      'has no checksums of pages',
    ),
    passes(
      'a cluster that is restored',
      ...changed([cluster], 'spec.bootstrap', { recovery: { source: 'origin' } }),
    ),
    ...plainField(
      rule,
      [cluster],
      'spec.walStorage.size',
      ['5Gi'],
      [undefined, null, ''],
      'shares its volume with the WAL',
    ),
    ...['requests.cpu', 'requests.memory', 'limits.memory'].flatMap((path) =>
      field(rule, {
        base: [cluster],
        field: `spec.resources.${path}`,
        good: ['1', 1],
        bad: [undefined, null, '', true, [], {}].map((value) => [value, 'is not set'] as const),
        unknown: [[`spec.resources.${path}`, `spec.resources.${path}`]],
      }),
    ),
  ],
  'PG-08': (rule) => [
    ...flag(
      rule,
      cluster,
      'spec.probes.liveness.isolationCheck.enabled',
      false,
      'lets an isolated primary go on',
    ),
    ...flag(
      rule,
      cluster,
      'spec.postgresql.enableAlterSystem',
      true,
      'lets a session change the server behind the operator',
    ),
    ...(
      [
        ['leaseDurationSeconds', 15],
        ['renewDeadlineSeconds', 10],
        ['retryPeriodSeconds', 2],
        ['releasedLeaseDurationSeconds', 1],
      ] as const
    ).flatMap(([name, value]) =>
      plainField(
        rule,
        [cluster],
        `spec.primaryLease.${name}`,
        [undefined, null, value],
        [3, 60, ''],
        'changes the lease of the primary',
      ),
    ),
    passes('other annotations', ...changed([cluster], 'metadata.annotations', { note: 'text' })),
    fails(
      'a fence',
      broken(
        rule,
        'keeps instances from running (metadata.annotations["cnpg.io/fencedInstances"])',
      ),
      ...changed([cluster], 'metadata.annotations', { 'cnpg.io/fencedInstances': '["*"]' }),
    ),
    fails(
      'validation that is off',
      broken(
        rule,
        'switches the checks of the operator off (metadata.annotations["cnpg.io/validation"])',
      ),
      ...changed([cluster], 'metadata.annotations', { 'cnpg.io/validation': 'disabled' }),
    ),
    isUnknown(
      'the annotations',
      unverified(
        rule,
        'metadata.annotations["cnpg.io/fencedInstances"]',
        'metadata.annotations["cnpg.io/validation"]',
      ),
      ...changed([cluster], 'metadata.annotations', unknownObject),
    ),
  ],
  'PG-09': (rule) => {
    const other: Subject = {
      ...cluster,
      name: 'other',
      props: { ...cluster.props, metadata: { name: 'bills', namespace: 'saas-bills' } },
    };
    const two = [cluster, other];
    const shared = broken(rule, 'shares its namespace with another cluster (metadata.namespace)');
    return [
      ...plainField(
        rule,
        [cluster],
        'spec.serviceAccountName',
        [undefined, null],
        ['', 'shared', 7],
        'shares an account, which gets no rights to back up',
      ).map((one) => (one.title.endsWith('is 7') ? { ...one, shows: 'wrong type' as const } : one)),
      passes('two clusters in two namespaces', ...two),
      {
        ...fails(
          'two clusters in one',
          shared,
          ...changed(two, 'metadata.namespace', 'saas-data', 1),
        ),
        messages: [shared, shared],
      },
      {
        ...isUnknown('a namespace', '', ...changed(two, 'metadata.namespace', unknownString, 1)),
        messages: [unverified(rule, 'metadata.namespace'), unverified(rule, 'metadata.namespace')],
      },
    ];
  },
  'PG-10': (rule) => {
    const both = [pooler, budget];
    const parameter = (name: string) => `spec.pgbouncer.parameters.${name}`;
    return [
      ...plainField(
        rule,
        both,
        'spec.instances',
        [2, 3],
        [undefined, null, 1, '2'],
        'has fewer than two instances',
      ),
      ...plainField(
        rule,
        both,
        'spec.pgbouncer.poolMode',
        ['transaction'],
        [undefined, null, '', 'session', 'statement'],
        'does not give the connection back after each transaction',
      ),
      ...plainField(
        rule,
        both,
        parameter('client_tls_sslmode'),
        ['require', 'verify-ca', 'verify-full'],
        [undefined, null, '', 'disable', 'allow', 'prefer'],
        'takes connections without TLS',
      ),
      ...plainField(
        rule,
        both,
        parameter('server_tls_sslmode'),
        [undefined, null, 'verify-ca', 'verify-full'],
        ['', 'disable', 'prefer', 'require'],
        'does not verify the server',
      ),
      ...companion(
        rule,
        both,
        1,
        'metadata.name',
        'no PodDisruptionBudget selects its pods',
        'spec.selector.matchLabels[cnpg.io/poolerName]',
      ),
      passes(
        'a budget by a label of the template',
        ...changed(
          changed(both, 'spec.template.metadata.labels', { app: 'pool' }),
          'spec.selector.matchLabels',
          { app: 'pool' },
          1,
        ),
      ),
      isUnknown(
        'the labels of the template',
        unverified(rule, 'metadata.name'),
        ...changed(both, 'spec.template.metadata.labels', unknownObject),
      ),
    ];
  },
};
