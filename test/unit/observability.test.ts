import { beforeAll, expect, test } from '@jest/globals';
import * as pulumi from '@pulumi/pulumi';

import { Peer } from '../../components/network/peer.ts';
import { CertificateAuthority } from '../../components/certificates/certificate-authority.ts';
import {
  observability,
  type ObservabilityArgs,
  type ObservabilityOutputs,
} from '../../stacks/observability.ts';
import { DIGEST, fakeManifests } from './support/manifests.ts';
import { mockPulumi, value, type Recorder } from './support/mocks.ts';

const quota = { cpu: '4', memory: '8Gi', pods: 30 };
const resources = {
  requests: { cpu: '100m', memory: '1Gi' },
  limits: { cpu: '1', memory: '1Gi' },
};
let recorder: Recorder;
let args: ObservabilityArgs;
let outputs: ObservabilityOutputs;

beforeAll(async () => {
  recorder = await mockPulumi();
  args = {
    namespaces: { observability: quota, agents: quota },
    operators: {
      ...fakeManifests(),
      namespace: 'saas-system',
      apiServer: { cidr: '10.89.0.1/32', port: 6443 },
    },
    authority: new CertificateAuthority('authority', { commonName: 'test' }),
    sources: { application: 'saas-app', edge: 'saas-edge' },
    backup: {
      target: {
        bucket: pulumi.output('backups'),
        region: 'eu-central-1',
        accessFor: ({ prefix }) => ({
          kind: 'role',
          roleArn: `role of ${prefix}`,
          region: 'eu-central-1',
          peers: [Peer.cidr('10.0.0.0/16')],
        }),
      },
      schedule: '0 2 * * *',
      retentionDays: 30,
    },
    logs: {
      engine: 'elasticsearch',
      images: {
        elasticsearch: `elasticsearch:9.4.3@${DIGEST}`,
        kibana: `kibana:9.4.3@${DIGEST}`,
        node: `app:1@${DIGEST}`,
      },
      operatorImage: `eck-operator:3.5.0@${DIGEST}`,
      nodes: 3,
      storage: '50Gi',
      resources,
      kibana: { replicas: 1, resources },
      retention: { days: 30, errorDays: 90 },
      agent: { image: `collector:1@${DIGEST}`, resources },
    },
    protect: true,
  };
  outputs = observability(args);
  await recorder.all();
});

test('only the agents of the nodes live in a namespace that allows host files', async () => {
  const levelOf = async (name: string) => {
    const { inputs, protect } = await recorder.child(`${name}-namespace`);
    const { labels } = inputs['metadata'] as { labels: Record<string, string> };
    return [labels['pod-security.kubernetes.io/enforce'], protect];
  };
  expect(await value(outputs.namespaces.observability)).toBe('saas-observability');
  expect(await levelOf('observability')).toEqual(['restricted', true]);
  expect(await value(outputs.namespaces.agents)).toBe('saas-node-agents');
  expect(await levelOf('agents')).toEqual(['privileged', true]);
  expect((await recorder.child('logs-agent-agents')).inputs).toHaveProperty(
    'metadata.namespace',
    'saas-node-agents',
  );
});

test('the store is made once its operator runs, reached by it, and kept from deletion', async () => {
  const cluster = await recorder.child('logs-store-cluster');
  expect(cluster.dependencies).toContain('elastic-operator-operator-deployment-controller');
  expect(cluster.protect).toBe(true);
  expect((await recorder.child('logs-store-clients-ingress')).inputs).toHaveProperty(
    'spec.ingress.0.from.0.podSelector.matchLabels',
    { 'app.kubernetes.io/name': 'elastic-operator' },
  );
});

test('snapshots are written by a role of their own, below a folder of their own', async () => {
  expect(JSON.stringify((await recorder.child('logs-store-cluster')).inputs)).toContain(
    '"value":"role of elasticsearch"',
  );
});

test('an object store inside the cluster is refused for snapshots', () => {
  const access = {
    kind: 'keys',
    endpoint: pulumi.output('https://objects:7070'),
    region: 'us-east-1',
    secretName: pulumi.output('keys'),
    caSecretName: pulumi.output('ca'),
    peer: Peer.namespace('saas-data'),
  } as const;
  const target = {
    bucket: pulumi.output('backups'),
    region: 'us-east-1',
    accessFor: () => access,
  };
  expect(() => observability({ ...args, backup: { ...args.backup, target } })).toThrow(
    'logs-store.backup.target: snapshots go to Amazon S3 only.',
  );
});
