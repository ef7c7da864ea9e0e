import type * as pulumi from '@pulumi/pulumi';

import { COMPONENT as TRAEFIK, ENTRY_POINTS } from '../gateway/traefik.ts';
import { METRICS_PORT } from '../application/environment.ts';
import { selector } from '../labels.ts';
import { Peer } from '../network/peer.ts';
import { REDIS_EXPORTER_PORT } from '../redis/redis-exporter.ts';
import type { ScrapeTarget } from './scrape-target.ts';

export interface PlatformTargetsArgs {
  readonly namespaces: {
    readonly system: pulumi.Input<string>;
    readonly data: pulumi.Input<string>;
    readonly edge: pulumi.Input<string>;
    readonly app: pulumi.Input<string>;
  };
  /** Names of the components, as their layers call them. */
  readonly names: {
    readonly postgres: string;
    readonly redis: string;
    readonly gateway: string;
    readonly application: string;
  };
  /** Whether background work has a pod of its own. */
  readonly worker: boolean;
  /** Whether cert-manager is installed. */
  readonly certManager: boolean;
}

/** Everything of the platform that gives metrics, the metrics stack itself left out. */
export function platformTargets({
  namespaces,
  names,
  ...has
}: PlatformTargetsArgs): ScrapeTarget[] {
  const { system, data, edge, app } = namespaces;
  const role = (job: string) => ({
    job,
    pods: Peer.pods(app, selector(names.application, job)),
    port: METRICS_PORT,
  });
  return [
    role('api'),
    ...(has.worker ? [role('worker')] : []),
    {
      job: 'postgres',
      pods: Peer.pods(data, { 'cnpg.io/cluster': names.postgres, 'cnpg.io/podRole': 'instance' }),
      port: 9187,
    },
    {
      job: 'pooler',
      pods: Peer.pods(data, { 'cnpg.io/poolerName': `${names.postgres}-pooler` }),
      port: 9127,
    },
    {
      job: 'redis',
      pods: Peer.pods(data, selector(names.redis, 'redis')),
      port: REDIS_EXPORTER_PORT,
    },
    {
      job: 'traefik',
      pods: Peer.pods(edge, selector(names.gateway, TRAEFIK)),
      port: ENTRY_POINTS.metrics,
    },
    {
      job: 'cloudnative-pg',
      pods: Peer.pods(system, { 'app.kubernetes.io/name': 'cloudnative-pg' }),
      port: 8080,
    },
    ...(has.certManager
      ? [
          {
            job: 'cert-manager',
            pods: Peer.pods(system, {
              'app.kubernetes.io/instance': 'cert-manager',
              'app.kubernetes.io/component': 'controller',
            }),
            port: 9402,
          },
        ]
      : []),
  ];
}
