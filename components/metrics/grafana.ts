import { createHash } from 'node:crypto';

import * as k8s from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';
import * as random from '@pulumi/random';

import { labels, selector } from '../labels.ts';
import { AllowTraffic } from '../network/allow-traffic.ts';
import { Peer } from '../network/peer.ts';
import { Port } from '../network/port.ts';
import { exporterDeployment } from './exporter-deployment.ts';
import { grafanaFiles, PATHS, SETTINGS } from './grafana-files.ts';
import { PROMETHEUS_PORT, prometheusPods } from './prometheus.ts';
import type { ScrapeTarget } from './scrape-target.ts';
import type { StackContext } from './stack-context.ts';

const COMPONENT = 'grafana';
const PORT = 3000;
/** Grafana with the platform's dashboards. It keeps nothing of its own. */
export function grafana(
  context: StackContext,
  prometheus: pulumi.Input<string>,
): {
  readonly target: ScrapeTarget;
  readonly host: pulumi.Output<string>;
  readonly password: pulumi.Output<string>;
} {
  const { name, args, parent } = context;
  const { namespace } = args;
  const pods = Peer.pods(namespace, selector(name, COMPONENT));
  const metadata = (suffix: string) => ({
    name: `${name}-${suffix}`,
    namespace,
    labels: labels(name, COMPONENT),
  });
  const password = new random.RandomPassword(
    `${name}-grafana-password`,
    { length: 32, special: false },
    parent,
  ).result;
  const secret = new k8s.core.v1.Secret(
    `${name}-grafana-secret`,
    { metadata: metadata('grafana'), stringData: { password } },
    parent,
  );
  const files = pulumi.interpolate`http://${prometheus}.${namespace}.svc:${PROMETHEUS_PORT}`.apply(
    grafanaFiles,
  );
  const config = (suffix: keyof ReturnType<typeof grafanaFiles>) =>
    new k8s.core.v1.ConfigMap(
      `${name}-grafana-${suffix}`,
      { metadata: metadata(`grafana-${suffix}`), data: files[suffix] },
      parent,
    ).metadata.name;
  const traffic = new AllowTraffic(
    `${name}-grafana-queries`,
    {
      from: [pods],
      to: [prometheusPods(context)],
      ports: [Port.tcp(PROMETHEUS_PORT)],
      description: 'Dashboards ask Prometheus.',
    },
    parent,
  );
  const read = (volume: string, mountPath: string) => ({
    name: volume,
    mountPath,
    readOnly: true,
  });
  exporterDeployment(context, {
    component: COMPONENT,
    dependsOn: [traffic],
    podAnnotations: { 'saas-platform/config': files.apply(checksum) },
    container: {
      image: args.images.grafana,
      env: Object.entries(SETTINGS).map(([key, value]) => ({ name: key, value })),
      ports: [{ name: 'metrics', containerPort: PORT }],
      readinessProbe: { httpGet: { path: '/api/health', port: 'metrics' }, timeoutSeconds: 5 },
      resources: {
        requests: { cpu: '25m', memory: '128Mi' },
        limits: { cpu: '500m', memory: '256Mi' },
      },
      volumeMounts: [
        read('datasources', `${PATHS.provisioning}/datasources`),
        read('providers', `${PATHS.provisioning}/dashboards`),
        read('dashboards', PATHS.dashboards),
        read('secret', PATHS.secret),
        { name: 'data', mountPath: '/var/lib/grafana' },
        { name: 'tmp', mountPath: '/tmp' },
      ],
    },
    volumes: [
      ...(['datasources', 'providers', 'dashboards'] as const).map((volume) => ({
        name: volume,
        configMap: { name: config(volume) },
      })),
      { name: 'secret', secret: { secretName: secret.metadata.name } },
      { name: 'data', emptyDir: { sizeLimit: '256Mi' } },
      { name: 'tmp', emptyDir: { sizeLimit: '64Mi' } },
    ],
  });
  const service = new k8s.core.v1.Service(
    `${name}-grafana-service`,
    {
      metadata: { ...metadata('grafana'), annotations: { 'pulumi.com/skipAwait': 'true' } },
      spec: { selector: pods.labels, ports: [{ name: 'http', port: PORT }] },
    },
    parent,
  );
  const host = pulumi.interpolate`${service.metadata.name}.${namespace}.svc`;
  return { target: { job: COMPONENT, pods, port: PORT }, host, password };
}

function checksum(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}
