import type * as pulumi from '@pulumi/pulumi';

import type { Peer } from '../network/peer.ts';
import type { Port } from '../network/port.ts';

/** Where the agents send lines, whatever engine keeps them. */
export interface LogSink {
  readonly protocol: 'elasticsearch' | 'otlp';
  /** `https://host:port`, with the path of the logs for `otlp`. Resolves once it takes lines. */
  readonly endpoint: pulumi.Output<string>;
  /** A user that may add lines and nothing else, where the engine can tell. */
  readonly username: string;
  /** Secret. */
  readonly password: pulumi.Output<string>;
  /** The authority that signed the server's certificate. */
  readonly caPem: pulumi.Output<string>;
  /** The servers as a peer of `AllowTraffic`, and the port they listen on. */
  readonly peer: Peer;
  readonly port: Port;
}

/** An engine that keeps lines and finds them again. */
export interface LogStore {
  readonly sink: LogSink;
}
