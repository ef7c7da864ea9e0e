import { createHash } from 'node:crypto';

import * as k8s from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';

import { labels, selector } from '../labels.ts';
import { AllowTraffic } from '../network/allow-traffic.ts';
import { Peer } from '../network/peer.ts';
import { Port } from '../network/port.ts';
import { exporterDeployment } from './exporter-deployment.ts';
import { monitoringObject } from './monitoring-object.ts';
import { prometheusPods } from './prometheus.ts';
import type { StackContext } from './stack-context.ts';

const COMPONENT = 'blackbox-exporter';
const PORT = 9115;
const FOLDER = '/etc/blackbox';

/** Configuration of blackbox_exporter: one module, which trusts the authority of the addresses. */
export function blackboxConfig(ownAuthority: boolean, verify = true): object {
  return {
    modules: {
      https: {
        prober: 'http',
        timeout: '10s',
        http: {
          fail_if_not_ssl: true,
          preferred_ip_protocol: 'ip4',
          ...(ownAuthority ? { tls_config: { ca_file: `${FOLDER}/ca.crt` } } : {}),
          ...(verify ? {} : { tls_config: { insecure_skip_verify: true } }),
        },
      },
    },
  };
}

/** Calls the public addresses as an outsider would: name, path, certificate and answer. */
export function probes(context: StackContext): void {
  const { name, args, parent, operator } = context;
  const { urls, to, caPem, verify } = args.probes;
  const pods = Peer.pods(args.namespace, selector(name, COMPONENT));
  const own = { name: `${name}-${COMPONENT}`, namespace: args.namespace };
  const metadata = { ...own, labels: labels(name, COMPONENT) };
  const data = {
    'blackbox.yml': JSON.stringify(blackboxConfig(caPem !== undefined, verify)),
    ...(caPem === undefined ? {} : { 'ca.crt': caPem }),
  };
  const config = new k8s.core.v1.ConfigMap(`${name}-probe-config`, { metadata, data }, parent);
  const open = (suffix: string, from: Peer, targets: readonly Peer[], port: Port, why: string) =>
    new AllowTraffic(
      `${name}-${suffix}`,
      { from: [from], to: targets, ports: [port], description: why },
      parent,
    );
  const traffic = [
    open('probe-out', pods, to, Port.https, 'Probes call the public addresses.'),
    open(
      'probe-in',
      prometheusPods(context),
      [pods],
      Port.tcp(PORT),
      'Prometheus asks for probes.',
    ),
  ];
  exporterDeployment(context, {
    component: COMPONENT,
    dependsOn: traffic,
    podAnnotations: { 'saas-platform/config': pulumi.output(data).apply(checksum) },
    container: {
      image: args.images.blackboxExporter,
      args: [`--config.file=${FOLDER}/blackbox.yml`],
      ports: [{ name: 'metrics', containerPort: PORT }],
      readinessProbe: { httpGet: { path: '/-/healthy', port: 'metrics' } },
      resources: {
        requests: { cpu: '10m', memory: '32Mi' },
        limits: { cpu: '250m', memory: '64Mi' },
      },
      volumeMounts: [{ name: 'config', mountPath: FOLDER, readOnly: true }],
    },
    volumes: [{ name: 'config', configMap: { name: config.metadata.name } }],
  });
  const service = new k8s.core.v1.Service(
    `${name}-probe-service`,
    {
      metadata: { ...metadata, annotations: { 'pulumi.com/skipAwait': 'true' } },
      spec: { selector: pods.labels, ports: [{ name: 'metrics', port: PORT }] },
    },
    parent,
  );
  monitoringObject(
    `${name}-probes`,
    {
      kind: 'Probe',
      objectName: `${name}-probes`,
      namespace: args.namespace,
      spec: {
        jobName: 'blackbox',
        module: 'https',
        interval: '30s',
        prober: { url: pulumi.interpolate`${service.metadata.name}.${args.namespace}.svc:${PORT}` },
        targets: { staticConfig: { static: [...urls] } },
      },
    },
    { ...parent, dependsOn: [operator] },
  );
}

function checksum(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}
