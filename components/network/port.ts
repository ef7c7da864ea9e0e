import { ConfigError } from '../errors.ts';

/** One port or range of ports of a protocol, as a pod sees it (behind any Service). */
export interface Port {
  readonly protocol: 'TCP' | 'UDP';
  readonly port: number;
  /** Last port of a range, inclusive. */
  readonly endPort?: number;
}

function checkPort(path: string, port: number): void {
  if (Number.isInteger(port) && port >= 1 && port <= 65535) return;
  throw new ConfigError(path, `${port} is not a port: it must be a whole number from 1 to 65535.`);
}

function single(protocol: Port['protocol'], path: string, port: number): Port {
  checkPort(path, port);
  return { protocol, port };
}

/** Named constructors and the ports of the platform. */
export const Port = {
  tcp: (port: number): Port => single('TCP', 'Port.tcp', port),
  udp: (port: number): Port => single('UDP', 'Port.udp', port),

  /** TCP ports `first` to `last`, both included. */
  range(first: number, last: number): Port {
    checkPort('Port.range', first);
    checkPort('Port.range', last);
    if (last > first) return { protocol: 'TCP', port: first, endPort: last };
    const hint = last === first ? `Write Port.tcp(${first}).` : `Did you mean ${last} to ${first}?`;
    throw new ConfigError('Port.range', `${first} to ${last} is not a range.`, hint);
  },

  dnsUdp: { protocol: 'UDP', port: 53 },
  dnsTcp: { protocol: 'TCP', port: 53 },
  https: { protocol: 'TCP', port: 443 },
  postgres: { protocol: 'TCP', port: 5432 },
  /** Status and control port of the CloudNativePG instance manager. */
  postgresStatus: { protocol: 'TCP', port: 8000 },
  redis: { protocol: 'TCP', port: 6379 },
  /** Gossip between Redis Cluster nodes: data port + 10000. */
  redisBus: { protocol: 'TCP', port: 16379 },
  mongo: { protocol: 'TCP', port: 27017 },
  elasticsearch: { protocol: 'TCP', port: 9200 },
  /** Between the nodes of Elasticsearch. */
  elasticsearchTransport: { protocol: 'TCP', port: 9300 },
  kibana: { protocol: 'TCP', port: 5601 },
  victoriaLogs: { protocol: 'TCP', port: 9428 },
  jaegerUi: { protocol: 'TCP', port: 16686 },
  /** Traces by OTLP over HTTP. */
  otlpHttp: { protocol: 'TCP', port: 4318 },
  /** API server behind its Service: a policy sees the address after translation. */
  apiServer: { protocol: 'TCP', port: 6443 },
} as const satisfies Record<string, Port | ((...args: never[]) => Port)>;
