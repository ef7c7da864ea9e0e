import { expect, test } from '@jest/globals';

import { crdSchemas, schemaProblems } from '../../unit/support/crd-schema.ts';
import type { Plan } from '../../unit/support/local-plan.ts';
import type { Recorded } from '../../unit/support/mocks.ts';

type Json = Record<string, unknown>;

const kind = ({ type }: Recorded) => type.split(':').at(-1) ?? '';
const title = (resource: Recorded) => `${kind(resource)} ${resource.name}`;

/** Kinds whose deletion loses data, or the only way to read it. */
const HOLDS_DATA = [
  ...['Namespace', 'CustomResourceDefinition', 'PersistentVolumeClaim', 'PersistentVolume'],
  ...['StatefulSet', 'Cluster', 'ObjectStore', 'ScheduledBackup'],
  ...['PerconaServerMongoDB', 'Elasticsearch', 'Bucket', 'BucketVersioning', 'Key'],
];

/** Kinds that hold nothing that is missed: what runs, connects, shows or only measured. */
const HOLDS_NONE =
  /^(Deployment|Job|CronJob|Service|ServiceAccount|ServiceAccountPatch|ConfigMap|Secret|NetworkPolicy|PodDisruptionBudget|HorizontalPodAutoscaler|PodMonitor|ServiceMonitor|PrometheusRule|ResourceQuota|LimitRange|Role|RoleBinding|ClusterRole|ClusterRoleBinding|\w*WebhookConfiguration|StorageClass|PriorityClass|Gateway|GatewayClass|HTTPRoute|TLSOption|Middleware|Pooler|Backup|PerconaServerMongoDBBackup|Database|DatabaseRole|Bucket[A-Z]\w+|RolePolicy|Alias|Random\w+|PrivateKey|SelfSignedCert|CertRequest|LocallySignedCert|Issuer|ClusterIssuer|Certificate|DaemonSet|Prometheus|Alertmanager|Kibana|Probe|ScrapeConfig|APIService|Lease|IngressClass)$/;

/** What must hold of the plan of a stack like prod, whatever else changes. */
export function prodPromises(planned: () => Plan): void {
  const resources = () => planned().resources;
  const named = (name: string) => {
    const found = resources().find((one) => one.name === name);
    if (found === undefined) throw new Error(`no ${name}`);
    return found;
  };

test('nothing that holds data can be deleted or replaced by one wrong deployment', () => {
  const holders = resources().filter((one) => one.custom && HOLDS_DATA.includes(kind(one)));
  expect(holders.length).toBeGreaterThan(12);
  expect(holders.filter(({ protect }) => !protect).map(title)).toEqual([]);
  // An object of the kind Database can go, because the database itself stays.
  for (const { inputs } of resources().filter((one) => kind(one) === 'Database')) {
    expect(inputs).toHaveProperty('spec.databaseReclaimPolicy', 'retain');
  }
});

test('of every kind it is known whether it holds data', () => {
  const unknown = resources()
    .filter(({ custom, type }) => custom && !type.startsWith('pulumi:providers:'))
    .filter((one) => !HOLDS_DATA.includes(kind(one)) && !HOLDS_NONE.test(kind(one)));
  expect([...new Set(unknown.map(kind))]).toEqual([]);
});

test('the bucket of the backups and its key outlive the stack', () => {
  for (const one of [named('backup-bucket'), named('backup-encryption-key')]) {
    expect([one.name, one.protect, one.retainOnDelete]).toEqual([one.name, true, true]);
  }
  const settings = resources().filter(({ type }) => /^aws:s3\/bucket[A-Z]/.test(type));
  expect(settings.length).toBeGreaterThan(6);
  expect(settings.filter(({ deletedWith }) => deletedWith !== 'backup-bucket')).toEqual([]);
});

test('no claim of a volume uses a class that the platform did not make for it', () => {
  expect(named('volumes-class').inputs).toMatchObject({
    metadata: { name: 'saas-gp3' },
    reclaimPolicy: 'Retain',
    parameters: { encrypted: 'true' },
  });
  const classes = resources().flatMap(({ inputs }) =>
    [...JSON.stringify(inputs).matchAll(/"storageClass(?:Name)?":"([^"]*)"/g)].map(
      ([, name]) => name,
    ),
  );
  expect(classes.length).toBeGreaterThanOrEqual(3);
  expect(new Set(classes)).toEqual(new Set(['saas-gp3']));
});

test('PostgreSQL loses a zone without losing a write', () => {
  expect(named('postgres-cluster').inputs['spec']).toMatchObject({
    instances: 3,
    enablePDB: true,
    enableSuperuserAccess: false,
    bootstrap: { initdb: { dataChecksums: true } },
    affinity: { podAntiAffinityType: 'required', topologyKey: 'topology.kubernetes.io/zone' },
    walStorage: { size: '20Gi' },
    postgresql: {
      synchronous: { number: 1, dataDurability: 'required', failoverQuorum: true },
      parameters: { shared_buffers: '2GB', effective_cache_size: '6GB' },
    },
  });
  expect(named('postgres-pooler-pooler').inputs).toHaveProperty('spec.instances', 3);
  named('postgres-pooler-disruption');
});

test('every writer of backups has a role of its own, for its accounts and its folder alone', () => {
  const roles = resources().filter(({ type }) => type === 'aws:iam/role:Role');
  expect(roles.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['backup-postgres-role', 'backup-redis-role']),
  );
  const folders = roles.map(({ name }) => {
    const prefix = name.replace(/^backup-(.*)-role$/, '$1');
    const policy = named(`backup-${prefix}-policy`).inputs['policy'];
    const { Statement } = JSON.parse(String(policy)) as {
      Statement: { Action: string | string[]; Resource: string }[];
    };
    const actions = Statement.flatMap(({ Action }) => Action);
    expect(actions.filter((action) => action.includes('*'))).toEqual([]);
    const writes = Statement.find(({ Action }) => Action.includes('s3:PutObject'));
    expect([name, writes?.Resource]).toEqual([name, expect.stringContaining(`/${prefix}/*`)]);
    return prefix;
  });
  expect(new Set(folders).size).toBe(folders.length);
  const trust = named('backup-postgres-role').inputs['assumeRolePolicy'];
  expect(String(trust)).toContain('"system:serviceaccount:saas-data:postgres"');
});

test('the API scales by load and is never taken down as a whole', () => {
  expect(named('api-scaler').inputs['spec']).toMatchObject({
    minReplicas: 3,
    maxReplicas: 10,
    metrics: [
      { resource: { name: 'cpu', target: { averageUtilization: 70 } } },
      { resource: { name: 'memory', target: { averageUtilization: 80 } } },
    ],
  });
  expect(named('api-disruption').inputs['spec']).toMatchObject({
    maxUnavailable: 1,
    unhealthyPodEvictionPolicy: 'AlwaysAllow',
  });
  const pod = named('api-api').inputs['spec'] as { template: { spec: Json } };
  expect(pod).not.toHaveProperty('replicas');
  expect(pod.template.spec['topologySpreadConstraints']).toMatchObject([
    { topologyKey: 'topology.kubernetes.io/zone' },
    { topologyKey: 'kubernetes.io/hostname' },
  ]);
});

const schemas = crdSchemas('cloudnative-pg', 'barman-cloud');
(schemas === undefined ? test.skip : test)(
  'every object of the PostgreSQL operators has the fields that its definition knows',
  () => {
    const objects = resources().filter(({ type }) =>
      /(cnpg|barmancloud\.cnpg)\.io\//.test(type),
    );
    expect(objects.length).toBeGreaterThan(6);
    const problems = objects.flatMap((one) => {
      const schema = schemas?.get(kind(one));
      if (schema === undefined) return [`${title(one)}: no definition`];
      const { apiVersion, kind: name, metadata, spec } = one.inputs;
      return schemaProblems(
        schema,
        { apiVersion, kind: name, metadata, spec, status: {} },
        one.name,
      );
    });
    expect(problems).toEqual([]);
  },
);
}
