import * as pulumi from '@pulumi/pulumi';

import type { Peer } from '../network/peer.ts';
import type { ElasticsearchAccess } from './elasticsearch-access.ts';
import { ElasticsearchStore, type ElasticsearchStoreArgs } from './elasticsearch-store.ts';
import { LogAgent, type LogAgentArgs } from './log-agent.ts';
import type { LogStore } from './log-sink.ts';
import { VictoriaLogsStore, type VictoriaLogsStoreArgs } from './victoria-logs-store.ts';

export interface LogStackArgs {
  /** What keeps the lines: a replicated cluster with Kibana, or one small server. */
  readonly store:
    | ({ readonly engine: 'elasticsearch' } & ElasticsearchStoreArgs)
    | ({ readonly engine: 'victorialogs' } & VictoriaLogsStoreArgs);
  /** The Collector on each node. */
  readonly agent: Omit<LogAgentArgs, 'sink'>;
}

/** The lines of every container of every node, searchable in one place, whatever engine keeps them. */
export class LogStack extends pulumi.ComponentResource {
  /** The agents: their metrics answer on port 8888. */
  readonly agentPeer: Peer;
  /** Where people search, `https://…` inside the cluster. Resolves once it answers. */
  readonly url: pulumi.Output<string>;
  /** A place for traces in the same store. Default: none, the engine keeps only lines. */
  readonly traces: ElasticsearchAccess | undefined;

  constructor(name: string, args: LogStackArgs, opts?: pulumi.ComponentResourceOptions) {
    super('saas:logging:LogStack', name, args, opts);
    const parent = { parent: this };
    const store = createStore(name, args.store, parent);
    const { sink } = store;
    const agent = new LogAgent(`${name}-agent`, { ...args.agent, sink }, parent);
    this.agentPeer = agent.peer;
    this.url = store.url;
    this.traces = store.traces;
    this.registerOutputs({ url: this.url });
  }
}

interface Store extends LogStore {
  readonly url: pulumi.Output<string>;
  readonly traces: ElasticsearchAccess | undefined;
}

function createStore(
  name: string,
  args: LogStackArgs['store'],
  parent: pulumi.ComponentResourceOptions,
): Store {
  switch (args.engine) {
    case 'elasticsearch': {
      const { sink, traces, kibanaUrl } = new ElasticsearchStore(`${name}-store`, args, parent);
      return { sink, traces, url: kibanaUrl };
    }
    case 'victorialogs': {
      const { sink, url } = new VictoriaLogsStore(`${name}-store`, args, parent);
      return { sink, traces: undefined, url };
    }
  }
}
