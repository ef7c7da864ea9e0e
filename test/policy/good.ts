import type { Json, Subject } from './support.ts';

export const DEPLOYMENT = 'kubernetes:apps/v1:Deployment';
export const IMAGE = `docker.io/library/redis:8.0.2@sha256:${'0'.repeat(64)}`;

const metadata = { name: 'api', namespace: 'saas-app' };

/** A container that keeps every rule. */
export function container(): Json {
  return {
    name: 'web',
    image: IMAGE,
    imagePullPolicy: 'IfNotPresent',
    securityContext: {
      allowPrivilegeEscalation: false,
      runAsNonRoot: true,
      runAsUser: 10001,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    },
    resources: {
      requests: { cpu: '10m', memory: '64Mi', 'ephemeral-storage': '10Mi' },
      limits: { memory: '64Mi', 'ephemeral-storage': '10Mi' },
    },
    ports: [{ name: 'http', containerPort: 8080 }],
    livenessProbe: { httpGet: { path: '/health', port: 'http' } },
    readinessProbe: { httpGet: { path: '/ready', port: 'http' } },
    lifecycle: { preStop: { sleep: { seconds: 5 } } },
  };
}

/** A pod that keeps every rule. */
export function podSpec(): Json {
  return {
    serviceAccountName: 'api',
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 30,
    priorityClassName: 'system-cluster-critical',
    topologySpreadConstraints: [
      {
        topologyKey: 'topology.kubernetes.io/zone',
        maxSkew: 1,
        whenUnsatisfiable: 'DoNotSchedule',
      },
    ],
    containers: [container()],
  };
}

/** A Deployment that keeps every rule. */
export function deployment(spec: Json = podSpec()): Json {
  return {
    metadata,
    spec: {
      replicas: 2,
      minReadySeconds: 5,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      selector: { matchLabels: { app: 'api' } },
      template: { metadata: { labels: { app: 'api' } }, spec },
    },
  };
}

export function deploymentOf(spec?: Json): Subject {
  return { type: DEPLOYMENT, props: deployment(spec) };
}

/** A pod as an operator takes it: with a security context for the container that it adds itself. */
const withContext = (spec: Json): Json => ({
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  ...spec,
});

/** The same with the operator's own container, whose resources a good object states too. */
const withOwn = (name: string, spec: Json): Json => {
  const { resources } = container();
  const containers = spec['containers'];
  return {
    ...withContext(spec),
    ...(Array.isArray(containers) && {
      containers: [...(containers as unknown[]), { name, resources }],
    }),
  };
};

export interface Holder {
  readonly type: string;
  readonly wrap: (spec: Json) => Json;
  /** Path of the pod specification in it. */
  readonly path: string;
  /** Another owner adds what the pod leaves out. */
  readonly partial?: true;
}

const TEMPLATE = 'spec.template.spec';

/** Every kind of object that holds a pod, and how it holds it. */
export const HOLDERS: readonly Holder[] = [
  { type: 'core/v1:Pod', wrap: (spec: Json) => ({ metadata, spec }), path: 'spec' },
  {
    type: 'core/v1:PodTemplate',
    wrap: (spec: Json) => ({ metadata, template: { spec } }),
    path: 'template.spec',
  },
  ...[
    'core/v1:ReplicationController',
    'apps/v1:Deployment',
    'apps/v1:StatefulSet',
    'apps/v1:DaemonSet',
    'apps/v1:ReplicaSet',
    'batch/v1:Job',
  ].map((type): Holder => ({ type, wrap: deployment, path: TEMPLATE })),
  { type: 'apps/v1:DeploymentPatch', wrap: deployment, path: TEMPLATE, partial: true as const },
  {
    type: 'postgresql.cnpg.io/v1:Pooler',
    wrap: (spec: Json) => deployment(withOwn('pgbouncer', spec)),
    path: TEMPLATE,
  },
  {
    type: 'batch/v1:CronJob',
    wrap: (spec: Json) => ({ metadata, spec: { jobTemplate: { spec: { template: { spec } } } } }),
    path: 'spec.jobTemplate.spec.template.spec',
  },
  {
    type: 'apps/v1:DeploymentList',
    wrap: (spec: Json) => ({ items: [deployment(spec)] }),
    path: 'items[0].spec.template.spec',
  },
  {
    type: 'elasticsearch.k8s.elastic.co/v1:Elasticsearch',
    wrap: (spec: Json) => ({
      metadata,
      spec: {
        version: '9.4.0',
        nodeSets: [{ podTemplate: { spec: withOwn('elasticsearch', spec) } }],
      },
    }),
    path: 'spec.nodeSets[0].podTemplate.spec',
  },
  {
    type: 'kibana.k8s.elastic.co/v1:Kibana',
    wrap: (spec: Json) => ({ metadata, spec: { podTemplate: { spec: withOwn('kibana', spec) } } }),
    path: 'spec.podTemplate.spec',
  },
  ...['Prometheus', 'Alertmanager'].map((kind): Holder => ({
    type: `monitoring.coreos.com/v1:${kind}`,
    wrap: (spec) => ({
      metadata,
      spec: { ...withContext(spec), resources: container()['resources'] },
    }),
    path: 'spec',
  })),
].map((holder) => ({ ...holder, type: `kubernetes:${holder.type}` }));
