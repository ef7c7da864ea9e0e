import { join } from 'node:path';

import * as pulumi from '@pulumi/pulumi';

import { ConfigError } from '../components/errors.ts';
import type { Notifications } from '../components/metrics/notifications.ts';
import type { CertificateAuthority } from '../components/certificates/certificate-authority.ts';
import {
  platformTargets,
  type PlatformTargetsArgs,
} from '../components/metrics/platform-targets.ts';
import type { MetricStackArgs } from '../components/metrics/metric-stack.ts';
import { Peer } from '../components/network/peer.ts';
import type { MetricsSettings } from './config/metrics.ts';
import type { ProgramArgs } from './program.ts';

const SECRETS = {
  email: 'alertEmailPassword',
  slack: 'alertSlackUrl',
  webhook: 'alertWebhookUrl',
  wecom: 'alertWecomSecret',
  deadMan: 'alertDeadManUrl',
} as const;

/** Where the stack's own secrets are read: `pulumi.Config`, or a stand-in for tests. */
export interface SecretSource {
  getSecret(name: string): pulumi.Output<string> | undefined;
}

/** The channels with their secrets. A channel without its secret is a `ConfigError`. */
export function notifications(
  { email, slack, webhook, wecom, deadMan }: MetricsSettings['notifications'],
  secrets: SecretSource,
): Notifications {
  const secret = (channel: keyof typeof SECRETS): pulumi.Output<string> => {
    const name = SECRETS[channel];
    const value = secrets.getSecret(name);
    if (value !== undefined) return pulumi.secret(value);
    throw new ConfigError(
      `observability.metrics.notifications.${channel}`,
      `its secret "${name}" is not set.`,
      `Run "pulumi config set --secret saas-platform:${name}".`,
    );
  };
  return {
    ...(email === undefined ? {} : { email: mail(email, () => secret('email')) }),
    ...(slack === undefined ? {} : { slack: { ...slack, url: secret('slack') } }),
    ...(webhook ? { webhook: { url: secret('webhook') } } : {}),
    ...(wecom === undefined ? {} : { wecom: { ...wecom, secret: secret('wecom') } }),
    ...(deadMan ? { deadMan: { url: secret('deadMan') } } : {}),
  };
}

function mail(
  { username, ...rest }: NonNullable<MetricsSettings['notifications']['email']>,
  password: () => pulumi.Output<string>,
): NonNullable<Notifications['email']> {
  return username === undefined ? rest : { ...rest, login: { username, password: password() } };
}

interface Below {
  readonly namespaces: PlatformTargetsArgs['namespaces'];
  readonly authority: CertificateAuthority;
}

/** Whose certificates the edge presents: a public authority's need no mention. */
function edgeTrust({ certificates }: ProgramArgs['settings'], authority: CertificateAuthority) {
  const issuer = certificates?.issuer;
  if (issuer?.kind !== 'acme') return { caPem: authority.certificatePem };
  return issuer.server === 'staging' ? { verify: false } : {};
}

/** The part `metrics` of the layer's arguments; empty where the stack measures nothing. */
export function metricsArgs(
  { settings, metricImages, secrets, projectDir, operatorsLock }: ProgramArgs,
  { namespaces, authority }: Below,
): { readonly metrics?: Omit<MetricStackArgs, 'namespace' | 'agentsNamespace'> } {
  const metrics = settings.observability?.metrics;
  if (metrics === undefined || metricImages === undefined) return {};
  const { hosts, cluster, application } = settings;
  const { storageClass } = cluster;
  return {
    metrics: {
      operatorNamespace: namespaces.system,
      manifests: join(projectDir, settings.manifests),
      images: metricImages,
      prometheus: metrics.prometheus,
      alertmanager: metrics.alertmanager,
      nodes: metrics.nodes,
      apiServer: cluster.apiServer,
      targets: platformTargets({
        namespaces,
        // As the layers `data` and `application` call them.
        names: { postgres: 'postgres', redis: 'redis', gateway: 'gateway', application: 'api' },
        worker: application.worker,
        certManager: settings.certificates !== undefined,
      }),
      probes: {
        urls: [hosts.api, hosts.admin].map((host) => `https://${host}:${hosts.port}/health`),
        to: [Peer.cidr('0.0.0.0/0')],
        ...edgeTrust(settings, authority),
      },
      installed: settings.redis.backup === undefined ? [] : ['redis-backup'],
      notifications: notifications(metrics.notifications, secrets),
      protectDefinitions: settings.protect,
      ...(storageClass === undefined ? {} : { storageClass }),
      ...(operatorsLock === undefined ? {} : { lock: operatorsLock }),
    },
  };
}
