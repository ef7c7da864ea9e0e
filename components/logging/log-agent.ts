import * as k8s from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';

import { checksum } from '../checksum.ts';
import type { ContainerResources } from '../container-resources.ts';
import { labels, selector } from '../labels.ts';
import { AllowTraffic } from '../network/allow-traffic.ts';
import { Peer } from '../network/peer.ts';
import { collectorConfig } from './collector-config.ts';
import { agentPod } from './log-agent-pod.ts';
import type { LogSink } from './log-sink.ts';

export const AGENT = 'log-agent';

export interface LogAgentArgs {
  /** Namespace of the agents, of Pod Security level `privileged`: they read files of their node. */
  readonly namespace: pulumi.Input<string>;
  /** OpenTelemetry Collector image with the receiver `filelog` and the exporter of the store. */
  readonly image: pulumi.Input<string>;
  readonly sink: LogSink;
  /** Namespaces of the pods whose lines are those of the application and of the edge. */
  readonly sources: {
    readonly application: pulumi.Input<string>;
    readonly edge: pulumi.Input<string>;
  };
  readonly resources: ContainerResources;
}

/** On every node a Collector that sends the lines of all containers, and remembers how far it got. */
export class LogAgent extends pulumi.ComponentResource {
  /** The agents as a peer of `AllowTraffic`: their metrics answer on port 8888. */
  readonly peer: Peer;

  constructor(name: string, args: LogAgentArgs, opts?: pulumi.ComponentResourceOptions) {
    super('saas:logging:LogAgent', name, args, opts);
    const { namespace, image, sink, resources } = args;
    const parent = { parent: this };
    const metadata = (objectName: string) => ({
      name: objectName,
      namespace,
      labels: labels(name, AGENT),
    });
    this.peer = Peer.pods(namespace, selector(name, AGENT));

    const config = new k8s.core.v1.ConfigMap(
      `${name}-config`,
      {
        metadata: metadata(`${name}-config`),
        data: { 'config.json': configText(name, args), 'ca.crt': sink.caPem },
      },
      parent,
    );
    const login = new k8s.core.v1.Secret(
      `${name}-login`,
      {
        metadata: metadata(`${name}-login`),
        stringData: {
          username: sink.username,
          password: sink.password,
          authorization: sink.password.apply((password) => basic(sink.username, password)),
        },
      },
      parent,
    );
    const traffic = new AllowTraffic(
      `${name}-store`,
      {
        from: [this.peer],
        to: [sink.peer],
        ports: [sink.port],
        description: 'Agents deliver the lines of their node.',
      },
      parent,
    );
    const pod = agentPod({
      // A folder per agent: another one on the same node must not take it for its own.
      state: pulumi.interpolate`/var/lib/${namespace}/${name}`,
      image,
      config: config.metadata.name,
      login: login.metadata.name,
      resources,
    });
    const annotations = {
      'checksum/config': checksum(config.data),
      'checksum/login': checksum(sink.password),
    };
    new k8s.apps.v1.DaemonSet(
      `${name}-agents`,
      {
        metadata: metadata(name),
        spec: {
          selector: { matchLabels: selector(name, AGENT) },
          updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '10%' } },
          template: { metadata: { labels: labels(name, AGENT), annotations }, spec: pod },
        },
      },
      { ...parent, dependsOn: [traffic], customTimeouts: { create: '5m', update: '15m' } },
    );
    this.registerOutputs({});
  }
}

/** YAML is a superset of JSON, so the Collector reads it. */
function configText(name: string, { namespace, sink, sources }: LogAgentArgs) {
  return pulumi
    .all([sink.endpoint, namespace, sources.application, sources.edge])
    .apply(([endpoint, own, application, edge]) => {
      const config = collectorConfig({
        protocol: sink.protocol,
        endpoint,
        sources: { application, edge },
        own: `${own}_${name}-*`,
      });
      return JSON.stringify(config, undefined, 2);
    });
}

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
