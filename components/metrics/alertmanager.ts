import * as k8s from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';

import { disruptionBudget } from '../disruption-budget.ts';
import { ConfigError } from '../errors.ts';
import { labels } from '../labels.ts';
import { AllowTraffic } from '../network/allow-traffic.ts';
import { Peer } from '../network/peer.ts';
import { Port } from '../network/port.ts';
import { spread } from '../spread.ts';
import { volumeClaim } from '../volume-claim.ts';
import { alertmanagerConfig } from './alertmanager-config.ts';
import { monitoringObject } from './monitoring-object.ts';
import type { Notifications } from './notifications.ts';
import { POD_SECURITY } from './pod-security.ts';
import { releaseOf } from './release-of.ts';
import type { StackContext } from './stack-context.ts';

export const ALERTMANAGER_PORT = 9093;
const GOSSIP = [Port.tcp(9094), Port.udp(9094)];

/** The operator's own labels of the pods. */
export function alertmanagerPods({ name, args }: StackContext) {
  const matchLabels = {
    'app.kubernetes.io/name': 'alertmanager',
    'app.kubernetes.io/instance': name,
  };
  return Peer.pods(args.namespace, matchLabels);
}

/** Alertmanager: groups alerts, holds back repetitions and tells people. */
export function alertmanager(context: StackContext): k8s.apiextensions.CustomResource {
  const { name, args, parent, operator } = context;
  const { namespace, notifications, images } = args;
  const pods = alertmanagerPods(context);
  const config = new k8s.core.v1.Secret(
    `${name}-alertmanager-config`,
    {
      metadata: {
        name: `${name}-alertmanager-config`,
        namespace,
        labels: labels(name, 'alertmanager'),
      },
      stringData: {
        'alertmanager.yaml': pulumi.secret(
          pulumi.output(notifications).apply((known) => JSON.stringify(alertmanagerConfig(known))),
        ),
      },
    },
    parent,
  );
  const traffic = paths(context, pods).map(
    ([suffix, path]) => new AllowTraffic(`${name}-${suffix}`, path, parent),
  );
  if (args.alertmanager.replicas > 1) {
    disruptionBudget(
      `${name}-alertmanager-disruption`,
      { name: `${name}-alertmanager`, namespace, labels: labels(name, 'alertmanager') },
      pods.labels,
      parent,
    );
  }
  return monitoringObject(
    `${name}-alertmanager`,
    {
      kind: 'Alertmanager',
      objectName: name,
      namespace,
      waitFor: 'condition=Available',
      spec: {
        replicas: args.alertmanager.replicas,
        image: images.alertmanager,
        version: releaseOf(`${name}.images.alertmanager`, images.alertmanager),
        configSecret: config.metadata.name,
        automountServiceAccountToken: false,
        securityContext: POD_SECURITY,
        storage: {
          volumeClaimTemplate: { spec: volumeClaim(args.alertmanager.storage, args.storageClass) },
        },
        resources: {
          requests: { cpu: '25m', memory: '64Mi' },
          limits: { cpu: '250m', memory: '128Mi' },
        },
        topologySpreadConstraints: spread(pods.labels),
      },
    },
    { ...parent, dependsOn: [operator, ...traffic] },
  );
}

function paths({ args }: StackContext, pods: Peer) {
  const mail = args.notifications.email?.smarthost.split(':').at(-1);
  return [
    [
      'alertmanager-peers',
      {
        from: [pods],
        to: [pods],
        ports: GOSSIP,
        description: 'Alertmanagers agree on who notifies.',
      },
    ],
    [
      'alertmanager-channels',
      {
        from: [pods],
        to: [Peer.cidr('0.0.0.0/0')],
        ports: [Port.https, ...(mail === undefined ? [] : [Port.tcp(Number(mail))])],
        description: 'Alerts leave for mail, chat, webhook and dead-man service.',
      },
    ],
  ] as const;
}

/** Refuses channels that reach nobody. */
export function checkNotifications(path: string, notifications: Notifications): void {
  const { email } = notifications;
  if (Object.keys(notifications).every((channel) => channel === 'deadMan')) {
    throw new ConfigError(path, 'has no channel: nobody would be told of any alert.');
  }
  if (email !== undefined && !/^[^:\s]+:\d+$/.test(email.smarthost)) {
    throw new ConfigError(`${path}.email.smarthost`, `"${email.smarthost}" is not host:port.`);
  }
}
