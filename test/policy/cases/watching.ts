import { changed, companion, plainField } from '../plain.ts';
import { unknownObject, unknownString, type Json, type Subject } from '../support.ts';
import { broken, fails, field, isUnknown, passes, unverified, type Case } from '../table.ts';
import type { Cases } from './index.ts';

const metadata = { name: 'logs', namespace: 'saas-logs' };
const CLAIMS = 'spec.nodeSets[0].volumeClaimTemplates';

const elasticsearch: Subject = {
  type: 'kubernetes:elasticsearch.k8s.elastic.co/v1:Elasticsearch',
  name: 'elasticsearch',
  props: {
    metadata,
    spec: {
      version: '9.4.3',
      volumeClaimDeletePolicy: 'DeleteOnScaledownOnly',
      nodeSets: [
        {
          count: 3,
          config: { 'node.store.allow_mmap': false },
          volumeClaimTemplates: [{ metadata: { name: 'elasticsearch-data' } }],
        },
      ],
    },
  },
};
const kibana: Subject = {
  type: 'kubernetes:kibana.k8s.elastic.co/v1:Kibana',
  name: 'kibana',
  props: { metadata, spec: { config: { 'server.publicBaseUrl': 'https://logs' } } },
};
const slm: Subject = {
  type: 'kubernetes:stackconfigpolicy.k8s.elastic.co/v1alpha1:StackConfigPolicy',
  name: 'slm',
  props: {
    metadata,
    spec: {
      elasticsearch: { snapshotLifecyclePolicies: { nightly: { schedule: '0 0 1 * * ?' } } },
    },
  },
};
const monitoring = (kind: string, spec: Json): Subject => ({
  type: `kubernetes:monitoring.coreos.com/v1:${kind}`,
  name: kind.toLowerCase(),
  props: { metadata: { name: 'watch', namespace: 'saas-watch' }, spec },
});
const storage = { volumeClaimTemplate: { spec: { resources: { requests: { storage: '1Gi' } } } } };
const prometheus = monitoring('Prometheus', { storage });
const alertmanager = monitoring('Alertmanager', { replicas: 3, storage });
const grafana = (env: unknown, image = 'docker.io/grafana/grafana:13.2.0'): Subject => ({
  type: 'kubernetes:apps/v1:Deployment',
  props: {
    metadata,
    spec: { template: { spec: { containers: [{ name: 'grafana', image, env }] } } },
  },
});

const postgres: Subject = {
  type: 'kubernetes:postgresql.cnpg.io/v1:Cluster',
  name: 'postgres',
  props: { metadata: { name: 'orders', namespace: 'saas-data' }, spec: {} },
};
const podMonitor = monitoring('PodMonitor', {
  selector: { matchLabels: { 'cnpg.io/cluster': 'orders' } },
  namespaceSelector: { matchNames: ['saas-data'] },
});
const alerts = (...list: readonly unknown[]) =>
  monitoring('PrometheusRule', { groups: [{ rules: list.map((expr) => ({ expr })) }] });
const AGE = 'barman_cloud_cloudnative_pg_io_last_available_backup_timestamp';
const EXPRESSIONS = ['cnpg_collector_up == 0', `time() - max(${AGE}) > 93600`, `absent(${AGE})`];

export const watching: Cases = {
  'ES-01': (rule) => {
    const DISABLED = 'spec.http.tls.selfSignedCertificate.disabled';
    const off = 'switches security off';
    const open = 'lets people in without a login';
    const config = (base: Subject, path: string, anonymous: string): readonly Case[] => [
      ...[true, 'true', undefined, null].map((value) =>
        passes(
          `security is ${value}`,
          ...changed([base], path, { 'xpack.security.enabled': value }),
        ),
      ),
      ...[
        { 'xpack.security.enabled': false },
        { 'xpack.security.enabled': 'false' },
        { xpack: { security: { enabled: false } } },
        { 'xpack.security': { enabled: false } },
        { xpack: { 'security.enabled': false } },
      ].map((value) =>
        fails(
          JSON.stringify(value),
          broken(rule, `${off} (${path})`),
          ...changed([base], path, value),
        ),
      ),
      ...[
        { [`${anonymous}.roles`]: 'viewer' },
        { [anonymous]: { roles: ['viewer'] } },
        { xpack: { [anonymous.slice('xpack.'.length)]: { roles: ['viewer'] } } },
      ].map((value) =>
        fails(
          JSON.stringify(value),
          broken(rule, `${open} (${path})`),
          ...changed([base], path, value),
        ),
      ),
      isUnknown(
        'whether security is on',
        unverified(rule, path),
        ...changed([base], path, { 'xpack.security.enabled': unknownString }),
      ),
      isUnknown(
        'the configuration',
        unverified(rule, path),
        ...changed([base], path, unknownObject),
      ),
    ];
    return [
      ...[elasticsearch, kibana].flatMap((base) => [
        ...plainField(
          rule,
          [base],
          DISABLED,
          [undefined, null, false],
          [true, 'true'],
          'serves plain text',
        ),
        passes(
          'a certificate of our own',
          ...changed([base], 'spec.http.tls', {
            selfSignedCertificate: { disabled: true },
            certificate: { secretName: 'tls' },
          }),
        ),
      ]),
      ...config(elasticsearch, 'spec.nodeSets[0].config', 'xpack.security.authc.anonymous'),
      ...config(kibana, 'spec.config', 'xpack.security.authc.providers.anonymous'),
      isUnknown(
        'the node sets',
        unverified(rule, 'spec.nodeSets'),
        ...changed([elasticsearch], 'spec.nodeSets', unknownObject),
      ),
    ];
  },
  'ES-02': (rule) => {
    const few = 'have fewer than three master-eligible nodes';
    const roles = (value: unknown) =>
      changed([elasticsearch], 'spec.nodeSets[0].config', { 'node.roles': value });
    return [
      ...field(rule, {
        base: [elasticsearch],
        field: 'spec.nodeSets[0].count',
        place: 'spec.nodeSets',
        good: [3, 5],
        bad: [undefined, null, 0, 2, '3'].map((value) => [value, few] as const),
        wrong: few,
        unknown: [['spec.nodeSets[0].count', 'spec.nodeSets']],
      }),
      passes('masters among other roles', ...roles(['master', 'data'])),
      passes(
        'three sets of one node',
        ...changed(
          [elasticsearch],
          'spec.nodeSets',
          [1, 2, 3].map(() => ({
            count: 1,
            volumeClaimTemplates: [{ metadata: { name: 'elasticsearch-data' } }],
          })),
        ),
      ),
      fails('no masters', broken(rule, `${few} (spec.nodeSets)`), ...roles(['data'])),
      isUnknown('the roles', unverified(rule, 'spec.nodeSets'), ...roles(unknownObject)),
      isUnknown('a role', unverified(rule, 'spec.nodeSets'), ...roles([unknownString])),
      isUnknown(
        'the node sets',
        unverified(rule, 'spec.nodeSets'),
        ...changed([elasticsearch], 'spec.nodeSets', unknownObject),
      ),
      ...field(rule, {
        base: [elasticsearch],
        field: CLAIMS,
        good: [[{ metadata: { name: 'elasticsearch-data' } }, { metadata: { name: 'more' } }]],
        bad: [undefined, null, [], [{ metadata: { name: 'data' } }]].map(
          (value) => [value, 'have no claim elasticsearch-data'] as const,
        ),
        wrong: 'have no claim elasticsearch-data',
        unknown: [
          [CLAIMS, CLAIMS],
          [`${CLAIMS}[0]`, CLAIMS],
        ],
      }),
      ...field(rule, {
        base: [elasticsearch],
        field: 'spec.podDisruptionBudget',
        good: [undefined, null, { spec: { maxUnavailable: 1 } }],
        bad: [[{}, 'is switched off']],
        unknown: [['spec.podDisruptionBudget', 'spec.podDisruptionBudget']],
      }),
      ...plainField(
        rule,
        [elasticsearch],
        'spec.volumeClaimDeletePolicy',
        ['DeleteOnScaledownOnly'],
        [undefined, null, '', 'DeleteOnScaledownAndClusterDeletion'],
        'deletes the data with the object',
      ),
    ];
  },
  'ES-03': (rule) => {
    const missing = broken(rule, 'has no policy of snapshots in the stack (metadata.name)');
    const script = (kind: string, key: string, text: string): Subject => ({
      type: `kubernetes:core/v1:${kind}`,
      name: 'script',
      props: { metadata, [key]: { 'settings.json': text } },
    });
    const policies = 'spec.elasticsearch.snapshotLifecyclePolicies';
    return [
      ...plainField(
        rule,
        [elasticsearch, slm],
        'spec.version',
        ['8.19.17', '9.2.0', '9.4.3', '10.0.0'],
        [undefined, null, '', '7.17.0', '8.8.0', '8.18.9', '9.1.0', '9.4', 'latest', 9],
        'gets no repairs any more',
      ),
      passes(
        'a policy in a ConfigMap',
        elasticsearch,
        script('ConfigMap', 'data', '{"path": "/_slm/policy/nightly"}'),
      ),
      passes(
        'a policy in a Secret',
        elasticsearch,
        script('Secret', 'stringData', '{"path": "/_slm/policy/nightly"}'),
      ),
      passes('no Elasticsearch', kibana),
      fails('no policy', missing, elasticsearch),
      fails('other settings', missing, elasticsearch, script('ConfigMap', 'data', '{}')),
      ...[null, {}, 'text'].map((value) =>
        fails(
          `policies are ${JSON.stringify(value)}`,
          missing,
          ...changed([elasticsearch, slm], policies, value, 1),
        ),
      ),
      isUnknown(
        'the policies',
        unverified(rule, 'metadata.name'),
        ...changed([elasticsearch, slm], policies, unknownObject, 1),
      ),
    ];
  },
  'OB-01': (rule) => {
    const ENV = 'spec.template.spec.containers[0].env';
    const variable = (name: string, value: unknown) => [{ name, value }];
    const open = 'lets people in without a login';
    const literal = 'writes the password of the administrator out';
    return [
      ...[prometheus, alertmanager].flatMap((base) =>
        plainField(
          rule,
          [base],
          'spec.storage.volumeClaimTemplate',
          [{ spec: {} }],
          [undefined, null, 'text', 7, true],
          'is not set: a restart forgets everything',
        ),
      ),
      ...plainField(
        rule,
        [prometheus],
        'spec.enableAdminAPI',
        [undefined, null, false],
        [true, 'true'],
        'lets everybody who reaches it delete series',
      ),
      ...plainField(
        rule,
        [alertmanager],
        'spec.replicas',
        [3, 5],
        [undefined, null, 1, 2, '3'],
        'are fewer than three',
      ),
      passes('no variables', grafana(undefined)),
      passes('no anonymous users', grafana(variable('GF_AUTH_ANONYMOUS_ENABLED', 'false'))),
      passes(
        'a password from a Secret',
        grafana([{ name: 'GF_SECURITY_ADMIN_PASSWORD', valueFrom: { secretKeyRef: {} } }]),
      ),
      passes(
        'another image',
        grafana(variable('GF_AUTH_ANONYMOUS_ENABLED', 'true'), 'docker.io/library/nginx:1'),
      ),
      fails(
        'anonymous users',
        broken(rule, `${open} (${ENV}[0])`),
        grafana(variable('GF_AUTH_ANONYMOUS_ENABLED', 'true')),
      ),
      fails(
        'a password written out',
        broken(rule, `${literal} (${ENV}[0])`),
        grafana(variable('GF_SECURITY_ADMIN_PASSWORD', 'admin')),
      ),
      isUnknown(
        'whether there are anonymous users',
        unverified(rule, `${ENV}[0]`),
        grafana(variable('GF_AUTH_ANONYMOUS_ENABLED', unknownString)),
      ),
      isUnknown('the variables', unverified(rule, ENV), grafana(unknownObject)),
      ...(['GF_AUTH_ANONYMOUS_ENABLED', 'GF_SECURITY_ADMIN_PASSWORD'] as const).map((name, index) =>
        fails(`${name} in a ConfigMap`, broken(rule, `${[open, literal][index]} (data.${name})`), {
          type: 'kubernetes:core/v1:ConfigMap',
          props: { metadata, data: { [name]: 'true' } },
        }),
      ),
    ];
  },
  'OB-02': (rule) => {
    const base = [postgres, podMonitor, alerts(...EXPRESSIONS)];
    const unseen = 'no PodMonitor selects its pods';
    const message = (problem: string) => broken(rule, `${problem} (metadata.name)`);
    const without = (index: number) => [
      postgres,
      podMonitor,
      alerts(...EXPRESSIONS.filter((_, other) => other !== index)),
    ];
    const mongo: Subject = {
      type: 'kubernetes:psmdb.percona.com/v1:PerconaServerMongoDB',
      name: 'mongo',
      props: { metadata: { name: 'documents', namespace: 'saas-data' }, spec: {} },
    };
    const redis: Subject = {
      type: 'kubernetes:apps/v1:StatefulSet',
      name: 'redis',
      props: {
        metadata: { name: 'redis', namespace: 'saas-data' },
        spec: {
          template: { metadata: { labels: { 'app.kubernetes.io/name': 'redis', x: 'y' } } },
        },
      },
    };
    const monitorOf = (labels: Json) => changed([podMonitor], 'spec.selector.matchLabels', labels);
    return [
      passes('everything is watched', ...base),
      passes('no database', podMonitor),
      passes('every namespace', ...changed(base, 'spec.namespaceSelector', { any: true }, 1)),
      passes(
        'the namespace of the monitor',
        ...changed(
          changed(base, 'spec.namespaceSelector', undefined, 1),
          'metadata.namespace',
          'saas-data',
          1,
        ),
      ),
      passes(
        'MongoDB',
        mongo,
        ...monitorOf({ 'app.kubernetes.io/instance': 'documents' }),
        alerts('mongodb_up == 0', 'psmdb_backup_age > 1', 'absent(psmdb_backup_age)'),
      ),
      passes(
        'Redis',
        redis,
        ...monitorOf({ 'app.kubernetes.io/name': 'redis' }),
        alerts(
          'redis_up == 0',
          'time() - kube_cronjob_status_last_successful_time > 1',
          'absent(kube_cronjob_status_last_successful_time)',
        ),
      ),
      ...companion(
        rule,
        base,
        1,
        'metadata.name',
        unseen,
        'spec.selector.matchLabels[cnpg.io/cluster]',
      ),
      fails(
        'a monitor of another namespace',
        message(unseen),
        ...changed(base, 'spec.namespaceSelector.matchNames', ['saas-app'], 1),
      ),
      fails(
        'nothing tells that it is down',
        message('no alert tells that it is down'),
        ...without(0),
      ),
      fails(
        'nothing tells that its backup is old',
        message('no alert tells that its backup is old'),
        ...without(1),
      ),
      fails(
        'nothing tells that its backup is not measured',
        message('no alert tells that its backup is not measured'),
        ...without(2),
      ),
      fails(
        'nothing at all',
        broken(
          rule,
          `${unseen} (metadata.name)`,
          'no alert tells that it is down (metadata.name)',
          'no alert tells that its backup is old (metadata.name)',
          'no alert tells that its backup is not measured (metadata.name)',
        ),
        postgres,
      ),
      isUnknown(
        'an alert',
        unverified(rule, 'metadata.name'),
        postgres,
        podMonitor,
        alerts(...EXPRESSIONS.slice(1), unknownString),
      ),
      isUnknown(
        'the alerts',
        unverified(rule, 'metadata.name'),
        ...changed(base, 'spec.groups', unknownObject, 2),
      ),
    ];
  },
};
