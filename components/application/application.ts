import { createHash } from 'node:crypto';

import * as k8s from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';
import * as tls from '@pulumi/tls';

import { ConfigError } from '../errors.ts';
import { gatewayResource } from '../gateway/gateway-resource.ts';
import { checkHosts } from '../gateway/host-names.ts';
import { labels, selector } from '../labels.ts';
import { AllowTraffic } from '../network/allow-traffic.ts';
import { Peer } from '../network/peer.ts';
import { Port } from '../network/port.ts';
import { appPod, type AppPodArgs, type ContainerResources } from './app-pod.ts';
import type { DataConnections } from './connections.ts';
import { type DemoTenant, demoTenants, seedFile } from './demo-tenants.ts';
import {
  authorities,
  PATHS,
  PORT,
  type Role,
  secretEnvironment,
  sharedEnvironment,
} from './environment.ts';
import { jwks } from './jwks.ts';
import { checkReplicas, least, type Replicas } from './replicas.ts';

export type { ContainerResources, DemoTenant };

export interface ApplicationArgs {
  /** Namespace of the application. Its default-deny policy must exist first. */
  readonly namespace: pulumi.Input<string>;
  /** Application image; one image holds all roles. */
  readonly image: pulumi.Input<string>;
  /** Public host names of the API, without scheme and port. The first one issues the tokens. */
  readonly hosts: readonly string[];
  /** The listener that the route attaches to, and who sends the requests. */
  readonly gateway: {
    readonly name: pulumi.Input<string>;
    readonly namespace: pulumi.Input<string>;
    readonly sectionName: string;
    readonly peer: Peer;
  };
  readonly data: DataConnections;
  /** Fixed number of API pods, or bounds within which load decides (70 % CPU, 80 % memory). */
  readonly replicas: Replicas;
  readonly resources: ContainerResources;
  /** Runs the audit relay and other background work in its own pod. Default: true. */
  readonly worker?: boolean;
  /** Default: `info`. */
  readonly logLevel?: 'debug' | 'info' | 'warn' | 'error';
  /** Creates two demo tenants with random passwords. Never for production. */
  readonly demo: boolean;
  /**
   * Labels of the keys that sign tokens. The first one signs, all verify. To rotate, append a new
   * label, deploy, move it to the front, deploy, and drop the old one an hour later.
   * Default: `1` and `2`.
   */
  readonly signingKeys?: readonly string[];
}

/** What the pods of all roles have in common. */
interface Shared {
  readonly config: k8s.core.v1.ConfigMap;
  readonly authorities: k8s.core.v1.ConfigMap;
  /** Hash of everything above. */
  readonly checksum: pulumi.Output<string>;
}

/** The multi-tenant application: migrated first, rolled without a failed request. */
export class Application extends pulumi.ComponentResource {
  /** Public addresses, one per host; resolve once the API is ready and routed. */
  readonly urls: pulumi.Output<string[]>;
  /** Empty unless `demo` is set. */
  readonly demoTenants: readonly DemoTenant[];
  /** Names of the objects in the cluster. */
  readonly names: {
    readonly deployment: pulumi.Output<string>;
    readonly service: pulumi.Output<string>;
    readonly migration: pulumi.Output<string>;
  };
  readonly #name: string;
  readonly #args: ApplicationArgs;

  constructor(name: string, args: ApplicationArgs, opts?: pulumi.ComponentResourceOptions) {
    checkArgs(name, args);
    super('saas:application:Application', name, args, opts);
    this.#name = name;
    this.#args = args;

    this.demoTenants = args.demo ? demoTenants(name, { parent: this }) : [];
    const traffic = this.#traffic();
    const shared = this.#shared();
    const migration = this.#migration(shared, traffic);
    const service = this.#service();
    const api = this.#api(shared, [migration, ...traffic]);
    if (args.worker ?? true) this.#worker(shared, [migration, ...traffic]);
    const route = this.#route(service, api);

    this.urls = route.metadata.name.apply(() => args.hosts.map((host) => `https://${host}`));
    this.names = {
      deployment: api.metadata.name,
      service: service.metadata.name,
      migration: migration.metadata.name,
    };
    this.registerOutputs({ urls: this.urls, names: this.names });
  }

  #metadata(objectName: pulumi.Input<string>, role: Role) {
    const { namespace } = this.#args;
    return { name: objectName, namespace, labels: labels(this.#name, role) };
  }

  #peer(role: Role): Peer {
    return Peer.pods(this.#args.namespace, selector(this.#name, role));
  }

  #traffic(): pulumi.Resource[] {
    const { data, gateway, worker = true } = this.#args;
    const background = worker ? [this.#peer('worker')] : [];
    const path = (suffix: string, from: Peer[], to: Peer, port: Port, description: string) =>
      new AllowTraffic(
        `${this.#name}-${suffix}`,
        { from, to: [to], ports: [port], description },
        { parent: this },
      );
    const api = this.#peer('api');
    const direct = [this.#peer('migrate'), ...background];
    const { postgres, redis, documents } = data;
    return [
      path('edge', [gateway.peer], api, Port.tcp(PORT), 'The edge forwards requests to the API.'),
      path('pooler', [api], postgres.poolerPeer, Port.postgres, 'Requests use the pooler.'),
      path(
        'postgres',
        direct,
        postgres.directPeer,
        Port.postgres,
        'Migrations and background work need sessions, which the pooler does not keep.',
      ),
      path('redis', [api], redis.peer, Port.redis, 'Sessions and rate limits.'),
      path('documents', [api, ...background], documents.peer, Port.mongo, 'Audit and settings.'),
    ];
  }

  #shared(): Shared {
    const { data, hosts, logLevel = 'info' } = this.#args;
    const configMap = (suffix: string, content: Record<string, pulumi.Input<string>>) =>
      new k8s.core.v1.ConfigMap(
        `${this.#name}-${suffix}`,
        { metadata: this.#metadata(`${this.#name}-${suffix}`, 'api'), data: content },
        { parent: this },
      );
    const settings = sharedEnvironment(data, { logLevel, issuer: `https://${hosts[0]}` });
    const certificates = authorities(data);
    return {
      config: configMap('config', settings),
      authorities: configMap('authorities', certificates),
      checksum: checksum(pulumi.output({ settings, certificates })),
    };
  }

  #secret(suffix: string, role: Role, stringData: Record<string, pulumi.Input<string>>) {
    return new k8s.core.v1.Secret(
      `${this.#name}-${suffix}`,
      { metadata: this.#metadata(`${this.#name}-${suffix}`, role), stringData },
      { parent: this },
    );
  }

  /** Pod template of a role; a change of anything it reads at start rolls the pods. */
  #template(
    role: Role,
    shared: Shared,
    file?: { variable: string; path: string; content: pulumi.Output<string> },
  ) {
    const { image, resources, data } = this.#args;
    const environment = secretEnvironment(role, data);
    const secret = this.#secret(`${role}-environment`, role, environment);
    const args: AppPodArgs = {
      role,
      image,
      resources,
      config: shared.config.metadata.name,
      authorities: shared.authorities.metadata.name,
      secret: secret.metadata.name,
      ...(file === undefined
        ? {}
        : {
            file: {
              ...file,
              secret: this.#secret(`${role}-files`, role, {
                [file.path.slice(file.path.lastIndexOf('/') + 1)]: file.content,
              }).metadata.name,
            },
          }),
    };
    return {
      metadata: {
        labels: labels(this.#name, role),
        annotations: {
          'saas-platform/config': shared.checksum,
          'saas-platform/secrets': checksum(
            pulumi.output({ environment, file: file?.content ?? '' }),
          ),
        },
      },
      spec: appPod(args),
    };
  }

  /** A Job per release: its name changes with the image, the database and the demo accounts. */
  #migration(shared: Shared, traffic: pulumi.Resource[]): k8s.batch.v1.Job {
    const { image, data, demo } = this.#args;
    const seeds = demo ? seedFile(this.demoTenants) : undefined;
    const { postgres } = data;
    const release = checksum(
      pulumi.output({ image, host: postgres.directHost, database: postgres.database, seeds }),
    );
    const name = release.apply((hash) => `migrate-${hash.slice(0, 10)}`);
    const file = { variable: 'DEMO_SEED_FILE', path: `${PATHS.demo}/tenants.json` };
    const metadata = this.#metadata(name, 'migrate');
    return new k8s.batch.v1.Job(
      `${this.#name}-migration`,
      {
        metadata: {
          ...metadata,
          // One that failed is made anew instead of being waited for again.
          annotations: { 'pulumi.com/replaceUnready': 'true' },
        },
        spec: {
          backoffLimit: 2,
          activeDeadlineSeconds: 300,
          template: this.#template(
            'migrate',
            shared,
            seeds === undefined ? undefined : { ...file, content: seeds },
          ),
        },
      },
      {
        parent: this,
        dependsOn: traffic,
        // A Job's pod cannot be changed, and running migrations again changes nothing.
        deleteBeforeReplace: true,
        customTimeouts: { create: '6m', update: '6m' },
      },
    );
  }

  #api(shared: Shared, dependsOn: pulumi.Resource[]): k8s.apps.v1.Deployment {
    const { replicas, signingKeys = ['1', '2'] } = this.#args;
    const metadata = this.#metadata(this.#name, 'api');
    const matchLabels = selector(this.#name, 'api');
    const keys = signingKeys.map(
      (label) =>
        new tls.PrivateKey(
          `${this.#name}-signing-key-${label}`,
          { algorithm: 'ED25519' },
          { parent: this },
        ).privateKeyPemPkcs8,
    );
    const template = this.#template('api', shared, {
      variable: 'JWT_KEYS_FILE',
      path: `${PATHS.keys}/jwks.json`,
      content: pulumi.secret(pulumi.all(keys).apply(jwks)),
    });
    const deployment = new k8s.apps.v1.Deployment(
      `${this.#name}-api`,
      {
        metadata,
        spec: {
          // Whoever scales by load owns the number.
          ...(typeof replicas === 'number' ? { replicas } : {}),
          strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
          selector: { matchLabels },
          template: { ...template, spec: { ...template.spec, ...spread(matchLabels) } },
        },
      },
      { parent: this, dependsOn, customTimeouts: { create: '5m', update: '10m' } },
    );
    // With a single pod a budget would only get in the way of a drain.
    if (least(replicas) > 1) {
      new k8s.policy.v1.PodDisruptionBudget(
        `${this.#name}-disruption`,
        { metadata, spec: { maxUnavailable: 1, selector: { matchLabels } } },
        { parent: this },
      );
    }
    if (typeof replicas !== 'number') this.#scaler(deployment, replicas);
    return deployment;
  }

  #scaler(target: k8s.apps.v1.Deployment, { min, max }: Exclude<Replicas, number>): void {
    const metric = (name: string, averageUtilization: number) => ({
      type: 'Resource',
      resource: { name, target: { type: 'Utilization', averageUtilization } },
    });
    new k8s.autoscaling.v2.HorizontalPodAutoscaler(
      `${this.#name}-scaler`,
      {
        metadata: this.#metadata(this.#name, 'api'),
        spec: {
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: target.metadata.name },
          minReplicas: min,
          maxReplicas: max,
          metrics: [metric('cpu', 70), metric('memory', 80)],
        },
      },
      { parent: this },
    );
  }

  #worker(shared: Shared, dependsOn: pulumi.Resource[]): void {
    new k8s.apps.v1.Deployment(
      `${this.#name}-worker`,
      {
        metadata: this.#metadata(`${this.#name}-worker`, 'worker'),
        spec: {
          replicas: 1,
          // Two relays at once would send events twice and out of order.
          strategy: { type: 'Recreate' },
          selector: { matchLabels: selector(this.#name, 'worker') },
          template: this.#template('worker', shared),
        },
      },
      { parent: this, dependsOn, customTimeouts: { create: '5m', update: '10m' } },
    );
  }

  #service(): k8s.core.v1.Service {
    return new k8s.core.v1.Service(
      `${this.#name}-service`,
      {
        metadata: {
          ...this.#metadata(this.#name, 'api'),
          // The route waits for the Deployment; a Service would take ten more seconds to settle.
          annotations: { 'pulumi.com/skipAwait': 'true' },
        },
        spec: {
          selector: selector(this.#name, 'api'),
          ports: [{ name: 'http', port: 80, targetPort: 'http' }],
        },
      },
      { parent: this },
    );
  }

  #route(service: k8s.core.v1.Service, api: k8s.apps.v1.Deployment) {
    const { gateway, hosts } = this.#args;
    const set = [
      { name: 'Strict-Transport-Security', value: 'max-age=31536000; includeSubDomains' },
      { name: 'X-Content-Type-Options', value: 'nosniff' },
      { name: 'X-Frame-Options', value: 'DENY' },
      { name: 'Referrer-Policy', value: 'no-referrer' },
    ];
    return gatewayResource(
      `${this.#name}-route`,
      {
        kind: 'HTTPRoute',
        metadata: this.#metadata(this.#name, 'api'),
        spec: {
          parentRefs: [
            { name: gateway.name, namespace: gateway.namespace, sectionName: gateway.sectionName },
          ],
          hostnames: [...hosts],
          rules: [
            {
              matches: [{ path: { type: 'PathPrefix', value: '/' } }],
              filters: [{ type: 'ResponseHeaderModifier', responseHeaderModifier: { set } }],
              backendRefs: [{ name: service.metadata.name, port: 80 }],
            },
          ],
        },
      },
      { parent: this, dependsOn: [api] },
    );
  }
}

function spread(matchLabels: Record<string, string>) {
  return {
    topologySpreadConstraints: ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map(
      (topologyKey) => ({
        maxSkew: 1,
        topologyKey,
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels },
      }),
    ),
  };
}

/** SHA-256 of a value. The passwords in it are random and long, so their hash gives nothing away. */
function checksum(content: pulumi.Output<unknown>): pulumi.Output<string> {
  return pulumi.unsecret(
    content.apply((value) => createHash('sha256').update(JSON.stringify(value)).digest('hex')),
  );
}

function checkArgs(name: string, { hosts, replicas, signingKeys }: ApplicationArgs): void {
  checkHosts(`${name}.hosts`, hosts);
  checkReplicas(`${name}.replicas`, replicas);
  if (signingKeys === undefined) return;
  if (signingKeys.length === 0) {
    throw new ConfigError(`${name}.signingKeys`, 'the list is empty: nothing could sign tokens.');
  }
  const twice = signingKeys.find((label, index) => signingKeys.indexOf(label) !== index);
  if (twice !== undefined) {
    throw new ConfigError(`${name}.signingKeys`, `"${twice}" is there twice.`);
  }
}
