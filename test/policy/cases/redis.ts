import type { Rule } from '../../../policies/rule.ts';
import { changed, companion, plainField } from '../plain.ts';
import { unknownObject, unknownString, type Json, type Subject } from '../support.ts';
import { broken, fails, field, isUnknown, passes, unverified, type Case } from '../table.ts';
import type { Cases } from './index.ts';

const VOLUMES = 'spec.template.spec.volumes';
const metadata = { name: 'sessions', namespace: 'saas-data' };

const GOOD: Readonly<Record<string, string>> = {
  port: '0',
  'tls-port': '6379',
  'tls-cluster': 'yes',
  'tls-replication': 'yes',
  'tls-cert-file': '/etc/redis/tls/tls.crt',
  'tls-key-file': '/etc/redis/tls/tls.key',
  'tls-ca-cert-file': '/etc/redis/tls/ca.crt',
  aclfile: '/etc/redis/auth/users.acl',
  dir: '/data',
  appendonly: 'yes',
  'cluster-preferred-endpoint-type': 'hostname',
  maxmemory: '367001600',
  'maxmemory-policy': 'noeviction',
};

const conf = (changes: Readonly<Record<string, string | undefined>> = {}) =>
  [
    '# port 6379',
    '',
    ...Object.entries({ ...GOOD, ...changes })
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name} ${value}`),
  ].join('\n');

const server: Subject = {
  type: 'kubernetes:apps/v1:StatefulSet',
  name: 'server',
  props: {
    metadata,
    spec: {
      replicas: 6,
      template: {
        metadata: { labels: { app: 'redis' } },
        spec: {
          containers: [
            {
              name: 'redis',
              image: 'redis:8.0.2',
              volumeMounts: [
                { name: 'conf', mountPath: '/etc/redis/conf' },
                { name: 'users', mountPath: '/etc/redis/auth' },
                { name: 'tls', mountPath: '/etc/redis/tls' },
                { name: 'data', mountPath: '/data' },
              ],
            },
          ],
          volumes: [
            { name: 'conf', configMap: { name: 'redis-conf' } },
            { name: 'users', secret: { secretName: 'redis-users' } },
            { name: 'tls', secret: { secretName: 'redis-tls' } },
          ],
        },
      },
      volumeClaimTemplates: [{ metadata: { name: 'data' } }],
    },
  },
};
const configMap: Subject = {
  type: 'kubernetes:core/v1:ConfigMap',
  name: 'conf',
  props: {
    metadata: { name: 'redis-conf', namespace: 'saas-data' },
    data: { 'redis.conf': conf() },
  },
};
const ACL = 'user default off\nuser app on #abc ~app:* +@all -@admin\n';
const secret = (content: Json): Subject => ({
  type: 'kubernetes:core/v1:Secret',
  name: 'users',
  props: { metadata: { name: 'redis-users', namespace: 'saas-data' }, ...content },
});
const users = secret({ stringData: { 'users.acl': ACL } });
const budget: Subject = {
  type: 'kubernetes:policy/v1:PodDisruptionBudget',
  name: 'budget',
  props: { metadata, spec: { maxUnavailable: 1, selector: { matchLabels: { app: 'redis' } } } },
};
const job: Subject = {
  type: 'kubernetes:batch/v1:CronJob',
  name: 'job',
  props: { metadata: { ...metadata, labels: { 'backup-of': 'sessions' } } },
};
const base = [server, configMap, users, budget, job];
const CONF = 'data["redis.conf"]';

const withConf = (changes: Readonly<Record<string, string | undefined>>) =>
  changed(base, 'data[redis.conf]', conf(changes), 1);

/** One directive of redis.conf. */
const directive = (
  rule: Rule,
  name: string,
  good: readonly (string | undefined)[],
  bad: readonly (string | undefined)[],
  problem: string,
): readonly Case[] => [
  ...good.map((value) => passes(`${name} ${value}`, ...withConf({ [name]: value }))),
  ...bad.map((value) =>
    fails(
      `${name} ${value}`,
      broken(rule, `${name} ${problem} (${CONF})`),
      ...withConf({ [name]: value }),
    ),
  ),
];

/** What holds for every rule that reads redis.conf. */
const shared = (rule: Rule): readonly Case[] => {
  const missing = 'mount no redis.conf of the stack';
  const text = changed(base, 'spec.template.spec.containers[0].image', 'nginx:1');
  return [
    passes('everything is there', ...base),
    passes('a server of something else', ...text.slice(0, 1)),
    fails(
      'Valkey counts as Redis',
      broken(rule, `${missing} (${VOLUMES})`),
      ...changed([server], 'spec.template.spec.containers[0].image', 'valkey/valkey:8'),
    ),
    fails(
      'the label counts where the image is unknown',
      broken(rule, `${missing} (${VOLUMES})`),
      ...changed(
        changed([server], 'spec.template.spec.containers[0].image', unknownString),
        'spec.template.metadata.labels',
        { 'app.kubernetes.io/name': 'redis' },
      ),
    ),
    fails(
      'a file of another namespace',
      broken(rule, `${missing} (${VOLUMES})`),
      ...changed(base, 'metadata.namespace', 'saas-app', 1),
    ),
    ...field(rule, {
      base,
      field: VOLUMES,
      good: [],
      bad: [undefined, null, []].map((value) => [value, missing] as const),
      wrong: missing,
      unknown: [[VOLUMES, VOLUMES]],
    }),
    isUnknown(
      'which file is mounted',
      unverified(rule, VOLUMES),
      ...changed(base, `${VOLUMES}[0].configMap.name`, unknownString),
    ),
    isUnknown(
      'the file',
      unverified(rule, CONF),
      ...changed(base, 'data[redis.conf]', unknownString, 1),
    ),
    isUnknown('all files', unverified(rule, CONF), ...changed(base, 'data', unknownObject, 1)),
  ];
};

export const redis: Cases = {
  'RD-01': (rule) => {
    const place = 'stringData["users.acl"]';
    const acl = (value: unknown) => changed(base, 'stringData[users.acl]', value, 2);
    const open = 'leaves the user default as it is: on, without a password';
    const weak = 'lets a user in without a password';
    const missing = broken(rule, `mount no Secret of the stack with the users (${VOLUMES})`);
    return [
      ...shared(rule),
      ...directive(rule, 'aclfile', [], [undefined, ''], 'is not set'),
      ...directive(rule, 'requirepass', ['""'], ['hunter2'], 'holds a password'),
      ...directive(rule, 'masterauth', [undefined], ['hunter2'], 'holds a password'),
      passes('a password for the user default', ...acl('user default on #abc ~* +@all')),
      passes('a user without a password who is off', ...acl(`${ACL}user old off nopass`)),
      passes(
        'encoded users',
        ...base.slice(0, 2),
        secret({ data: { 'users.acl': Buffer.from(ACL).toString('base64') } }),
      ),
      ...field(rule, {
        base,
        of: 2,
        field: 'stringData[users.acl]',
        place,
        good: [ACL],
        bad: [
          ['', open],
          ['user app on #abc ~* +@all', open],
          ['user default on nopass ~* +@all', weak],
          ['user default off\nuser app on nopass ~* +@all', weak],
        ],
        wrong: 'holds no users',
        unknown: [['stringData[users.acl]', place]],
      }),
      fails('no such key', missing, ...acl(undefined)),
      fails('no Secret', missing, ...base.slice(0, 2)),
    ];
  },
  'RD-02': (rule) => {
    const noKey = 'mount no Secret with the key of TLS';
    return [
      ...shared(rule),
      ...directive(rule, 'port', ['0'], [undefined, '6379'], 'is open without TLS'),
      ...directive(rule, 'tls-port', ['6380'], [undefined, '', '0'], 'is not set'),
      ...['tls-cluster', 'tls-replication'].flatMap((name) =>
        directive(rule, name, ['yes', '"yes"'], [undefined, 'no', ''], 'is not yes'),
      ),
      ...directive(rule, 'tls-auth-clients', [undefined, 'yes', 'optional'], ['no'], 'is no'),
      ...['tls-cert-file', 'tls-key-file', 'tls-ca-cert-file'].flatMap((name) =>
        directive(rule, name, [], [undefined, ''], 'is not set'),
      ),
      fails(
        'a key that is mounted from elsewhere',
        broken(rule, `${noKey} (${VOLUMES})`),
        ...withConf({ 'tls-key-file': '/opt/tls.key' }),
      ),
      fails(
        'a key in a ConfigMap',
        broken(rule, `${noKey} (${VOLUMES})`),
        ...changed(base, `${VOLUMES}[2]`, { name: 'tls', configMap: { name: 'redis-tls' } }),
      ),
      isUnknown(
        'the volume of the key',
        unverified(rule, VOLUMES),
        ...changed(base, `${VOLUMES}[2].secret`, unknownObject),
      ),
    ];
  },
  'RD-03': (rule) => {
    const CLAIMS = 'spec.volumeClaimTemplates';
    const lost = 'holds no volume for the folder of the data';
    return [
      ...shared(rule),
      ...directive(rule, 'appendonly', ['yes'], [undefined, 'no', ''], 'is not yes'),
      ...field(rule, {
        base,
        field: CLAIMS,
        good: [[{ metadata: { name: 'data' } }, { metadata: { name: 'more' } }]],
        bad: [undefined, null, [], [{ metadata: { name: 'other' } }]].map(
          (value) => [value, lost] as const,
        ),
        wrong: lost,
        unknown: [
          [CLAIMS, CLAIMS],
          [`${CLAIMS}[0]`, CLAIMS],
          [`${CLAIMS}[0].metadata.name`, CLAIMS],
        ],
      }),
      fails(
        'a folder that is on no volume',
        broken(rule, `${lost} (${CLAIMS})`),
        ...withConf({ dir: '/tmp' }),
      ),
      ...['whenDeleted', 'whenScaled'].flatMap((when) =>
        plainField(
          rule,
          base,
          `spec.persistentVolumeClaimRetentionPolicy.${when}`,
          [undefined, null, 'Retain'],
          ['', 'Delete'],
          'deletes the volumes',
        ),
      ),
      ...companion(
        rule,
        base,
        4,
        'metadata.name',
        'has no CronJob labelled backup-of with its name',
        'metadata.labels[backup-of]',
      ),
      fails(
        'a job of another namespace',
        broken(rule, 'has no CronJob labelled backup-of with its name (metadata.name)'),
        ...changed(base, 'metadata.namespace', 'saas-app', 4),
      ),
    ];
  },
  'RD-04': (rule) => [
    ...shared(rule),
    ...plainField(
      rule,
      base,
      'spec.replicas',
      [6, 9],
      [undefined, null, 3, 5, '6'],
      'are fewer than six',
    ),
    ...directive(
      rule,
      'cluster-preferred-endpoint-type',
      ['hostname'],
      [undefined, 'ip'],
      'is not hostname',
    ),
    ...directive(rule, 'maxmemory', ['1gb'], [undefined, '', '0'], 'is not set'),
    ...directive(rule, 'maxmemory-policy', ['allkeys-lru'], [undefined], 'is not set'),
    ...companion(
      rule,
      base,
      3,
      'metadata.name',
      'no PodDisruptionBudget selects its pods',
      'spec.selector.matchLabels.app',
    ),
    fails(
      'a budget of another namespace',
      broken(rule, 'no PodDisruptionBudget selects its pods (metadata.name)'),
      ...changed(base, 'metadata.namespace', 'saas-app', 3),
    ),
  ],
};
