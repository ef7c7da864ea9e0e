import { selector } from '../labels.ts';
import { AllowTraffic } from '../network/allow-traffic.ts';
import { Peer } from '../network/peer.ts';
import { Port } from '../network/port.ts';
import type { AppContext } from './app-context.ts';
import { PORT, type Role } from './environment.ts';

/** The paths between the edge, the roles and the databases, and no others. */
export function appTraffic({ name, args, parent }: AppContext): AllowTraffic[] {
  const { data, gateway, namespace, traces, worker = true, administration } = args;
  const peer = (role: Role) => Peer.pods(namespace, selector(name, role));
  const path = (suffix: string, from: Peer[], to: Peer, port: Port, description: string) =>
    new AllowTraffic(`${name}-${suffix}`, { from, to: [to], ports: [port], description }, parent);
  const background = worker ? [peer('worker')] : [];
  const admin = administration === undefined ? [] : [peer('admin')];
  const api = peer('api');
  const { postgres, redis, documents } = data;
  const ways = admin.map((role) =>
    path('admin', [gateway.peer], role, Port.tcp(PORT), 'The edge forwards operators.'),
  );
  return [
    ...ways,
    path('edge', [gateway.peer], api, Port.tcp(PORT), 'The edge forwards requests to the API.'),
    path('pooler', [api], postgres.poolerPeer, Port.postgres, 'Requests use the pooler.'),
    path(
      'postgres',
      [peer('migrate'), ...admin, ...background],
      postgres.directPeer,
      Port.postgres,
      'Migrations, operators and background work need sessions, which the pooler does not keep.',
    ),
    path(
      'redis',
      [api, ...background],
      redis.peer,
      Port.redis,
      'Sessions, rate limits, cache and events.',
    ),
    path('documents', [api, ...background], documents.peer, Port.mongo, 'Audit and settings.'),
    ...(traces === undefined
      ? []
      : [path('traces', [api], traces.peer, Port.otlpHttp, 'Requests leave spans.')]),
  ];
}
