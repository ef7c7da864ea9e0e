import { createHash } from 'node:crypto';

import * as k8s from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';
import * as random from '@pulumi/random';

import type { CertificateAuthority } from '../certificates/certificate-authority.ts';
import type { ContainerResources } from '../container-resources.ts';
import { disruptionBudget } from '../disruption-budget.ts';
import { ConfigError } from '../errors.ts';
import { labels, selector } from '../labels.ts';
import { AllowTraffic } from '../network/allow-traffic.ts';
import { Peer } from '../network/peer.ts';
import { Port } from '../network/port.ts';
import { kubernetesBytes } from '../postgres/quantity.ts';
import { type Apart, spread } from '../spread.ts';
import { volumeClaim } from '../volume-claim.ts';
import type { RedisAccess } from './redis-access.ts';
import { ACL_USERS, aclFile, type AclUser } from './redis-acl.ts';
import { checkBackup, redisBackup, type RedisBackupArgs } from './redis-backup.ts';
import { authConf, redisConf, REDIS_PORT } from './redis-conf.ts';
import { formationPod, nodePod } from './redis-pod.ts';
import { scriptFiles } from './script-files.ts';

/** The topology the scripts, the slot ranges and the runbooks are written for. */
const NODES = 6;
const COMPONENT = 'redis';
const FORMATION = 'redis-formation';

export interface RedisClusterArgs {
  /** Namespace of the cluster. Its default-deny policy must exist first. */
  readonly namespace: pulumi.Input<string>;
  /** Redis 7 or 8 image with `redis-server`, `redis-cli`, `/bin/sh` and `getent`. */
  readonly image: pulumi.Input<string>;
  /** Image of redis_exporter, which runs beside every node. Default: no metrics. */
  readonly exporter?: pulumi.Input<string>;
  /** Signs the certificate that clients, replication and the cluster bus share. */
  readonly authority: CertificateAuthority;
  /** Number of nodes. Only 6 is accepted: three primaries with one replica each. */
  readonly nodes: number;
  /** Volume of each node, a Kubernetes quantity such as `10Gi`. */
  readonly storage: string;
  /** Storage class of the volumes. Default: that of the cluster. */
  readonly storageClass?: pulumi.Input<string>;
  /** Of each node. The memory limit must leave room for a fork above `maxmemory`. */
  readonly resources: ContainerResources;
  /** Data size of a node, a Kubernetes quantity. Default: 60 % of the memory limit. */
  readonly maxmemory?: string;
  /** How far apart nodes must be. Default: `preferred`. */
  readonly spread?: Apart;
  /** Snapshots of every shard go to the bucket. Default: none are made. */
  readonly backup?: RedisBackupArgs;
  /** DNS domain of the Kubernetes cluster. Default: `cluster.local`. */
  readonly clusterDomain?: string;
}

/** A Redis Cluster of three primaries and three replicas: TLS only, ACL users, heals itself. */
export class RedisCluster extends pulumi.ComponentResource {
  /** For the application. Resolves after the cluster serves all slots. */
  readonly access: RedisAccess;

  constructor(name: string, args: RedisClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super('saas:redis:RedisCluster', name, args, opts);
    const maxmemoryBytes = checkedMaxmemory(name, args);
    if (args.backup !== undefined) checkBackup(name, args.backup);
    const { namespace, image, authority, clusterDomain = 'cluster.local' } = args;
    const parent = { parent: this };
    const metadata = (objectName: string, component = COMPONENT) => ({
      name: objectName,
      namespace,
      labels: labels(name, component),
    });

    const passwords = this.#passwords(name);
    const acl = pulumi.all(passwords).apply((values) => aclFile(values as Record<AclUser, string>));
    const conf = redisConf(maxmemoryBytes);
    // What only backups run is kept apart: a change of it restarts no node.
    const { 'dump.sh': dump = '', 'upload.sh': upload = '', ...scripts } = scriptFiles();
    const domain = pulumi.interpolate`${name}.${namespace}.svc.${clusterDomain}`;

    const certificate = authority.issue(
      `${name}-certificate`,
      {
        namespace,
        secretName: `${name}-tls`,
        dnsNames: [pulumi.interpolate`*.${domain}`, domain, 'localhost'],
        // On the bus and in replication every node is server and client.
        usages: ['server auth', 'client auth'],
      },
      parent,
    );
    const users = new k8s.core.v1.Secret(
      `${name}-users`,
      {
        metadata: metadata(`${name}-users`),
        stringData: {
          'users.acl': acl,
          'auth.conf': passwords.replication.apply(authConf),
          ...passwords,
        },
      },
      parent,
    );
    const configMap = (suffix: string, data: Record<string, string>) =>
      new k8s.core.v1.ConfigMap(
        `${name}-${suffix}`,
        { metadata: metadata(`${name}-${suffix}`), data },
        parent,
      );
    const confMap = configMap('conf', { 'redis.conf': conf });
    const scriptMap = configMap('scripts', scripts);

    const peer = Peer.pods(namespace, selector(name, COMPONENT));
    const formation = Peer.pods(namespace, selector(name, FORMATION));
    const nodeTraffic = new AllowTraffic(
      `${name}-nodes`,
      {
        from: [peer],
        to: [peer],
        ports: [Port.redis, Port.redisBus],
        description: 'Replication and gossip between the nodes of the Redis Cluster.',
      },
      parent,
    );
    const formationTraffic = new AllowTraffic(
      `${name}-formation`,
      {
        from: [formation],
        to: [peer],
        ports: [Port.redis],
        description: 'The Job that makes the nodes one Redis Cluster.',
      },
      parent,
    );

    const service = new k8s.core.v1.Service(
      `${name}-service`,
      {
        metadata: metadata(name),
        spec: {
          clusterIP: 'None',
          // Nodes must find each other before they are ready.
          publishNotReadyAddresses: true,
          selector: selector(name, COMPONENT),
          ports: [
            { name: 'redis', port: Port.redis.port },
            { name: 'bus', port: Port.redisBus.port },
          ],
        },
      },
      // A headless Service has no address to wait for, and its pods come later.
      parent,
    );
    disruptionBudget(`${name}-disruption`, metadata(name), selector(name, COMPONENT), parent);

    const pod = {
      image,
      exporter: args.exporter,
      fleet: { nodes: NODES, prefix: name, domain },
      objects: {
        conf: confMap.metadata.name,
        scripts: scriptMap.metadata.name,
        users: users.metadata.name,
        certificate: certificate.secretName,
      },
    };
    const nodes = new k8s.apps.v1.StatefulSet(
      `${name}-nodes`,
      {
        metadata: metadata(name),
        spec: {
          replicas: NODES,
          serviceName: service.metadata.name,
          // All at once: a node that waits for the one before would never meet it.
          podManagementPolicy: 'Parallel',
          // Said out loud: fewer nodes, or none, never means fewer volumes.
          persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
          // A ready node still has to find its peers and its primary before the next one may go.
          minReadySeconds: 10,
          selector: { matchLabels: selector(name, COMPONENT) },
          template: {
            metadata: {
              labels: labels(name, COMPONENT),
              annotations: {
                'saas-platform/config': sha256([conf, ...Object.values(scripts)].join()),
                // A hash of hashes of random passwords gives nothing away.
                'saas-platform/users': pulumi.unsecret(acl.apply(sha256)),
                'saas-platform/certificate': certificate.checksum,
              },
            },
            spec: {
              ...nodePod(pod, args.resources),
              // Apart, so that one loss never takes a primary and its replica.
              topologySpreadConstraints: spread(selector(name, COMPONENT), args.spread),
            },
          },
          volumeClaimTemplates: [
            {
              metadata: { name: 'data', labels: selector(name, COMPONENT) },
              spec: volumeClaim(args.storage, args.storageClass),
            },
          ],
        },
      },
      // Pods that start before their paths are open would only log failures.
      {
        parent: this,
        dependsOn: [nodeTraffic],
        customTimeouts: { create: '5m', update: '15m' },
      },
    );
    const job = new k8s.batch.v1.Job(
      `${name}-form`,
      {
        metadata: metadata(`${name}-form`, FORMATION),
        spec: {
          backoffLimit: 2,
          activeDeadlineSeconds: 600,
          template: {
            metadata: { labels: labels(name, FORMATION) },
            spec: formationPod(pod),
          },
        },
      },
      {
        parent: this,
        dependsOn: [nodes, formationTraffic],
        // A Job's pod cannot be changed, and forming again is harmless.
        deleteBeforeReplace: true,
        customTimeouts: { create: '10m' },
      },
    );

    if (args.backup !== undefined) {
      redisBackup(
        name,
        {
          ...args.backup,
          namespace,
          scripts: { 'lib.sh': scripts['lib.sh'] ?? '', 'dump.sh': dump, 'upload.sh': upload },
          nodes: peer,
          pod,
          // A snapshot takes no more room than the data has in memory.
          space: (NODES / 2) * maxmemoryBytes,
          dependsOn: [job],
        },
        parent,
      );
    }
    this.access = {
      // Through the Job: whoever connects then finds a cluster.
      nodes: pulumi
        .all([job.metadata.name, domain])
        .apply(([, host]) =>
          Array.from({ length: NODES }, (_, node) => `${name}-${node}.${host}:${REDIS_PORT}`),
        ),
      username: 'app',
      password: passwords.app,
      caPem: authority.certificatePem,
      peer,
    };
    this.registerOutputs({ nodes: this.access.nodes });
  }

  #passwords(name: string): Record<AclUser, pulumi.Output<string>> {
    const users = Object.keys(ACL_USERS).map((user) => {
      const { result } = new random.RandomPassword(
        `${name}-${user}-password`,
        // Letters and digits need no quoting in redis.conf, in shells and in URLs.
        { length: 32, special: false },
        { parent: this },
      );
      return [user, result];
    });
    return Object.fromEntries(users) as Record<AclUser, pulumi.Output<string>>;
  }
}

/** Data size in bytes. A fork for a snapshot and the replica's buffer need the rest of the limit. */
function checkedMaxmemory(name: string, { nodes, maxmemory, resources }: RedisClusterArgs): number {
  if (nodes !== NODES) {
    throw new ConfigError(
      `${name}.nodes`,
      `${nodes} nodes are not supported.`,
      'Write 6: three primaries with one replica each.',
    );
  }
  const limit = kubernetesBytes(`${name}.resources.limits.memory`, resources.limits.memory);
  if (maxmemory === undefined) return Math.floor(limit * 0.6);
  const wanted = kubernetesBytes(`${name}.maxmemory`, maxmemory);
  if (wanted <= limit * 0.7) return wanted;
  throw new ConfigError(
    `${name}.maxmemory`,
    `${maxmemory} is more than 70 % of the memory limit ${resources.limits.memory}: ` +
      'a fork would end in the OOM killer.',
    `Write at most "${Math.floor((limit * 0.7) / 2 ** 20)}Mi" or raise the limit.`,
  );
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
