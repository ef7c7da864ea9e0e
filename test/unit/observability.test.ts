import { beforeAll, expect, test } from '@jest/globals';

import { observability, type ObservabilityOutputs } from '../../stacks/observability.ts';
import { mockPulumi, value, type Recorder } from './support/mocks.ts';

const quota = { cpu: '4', memory: '8Gi', pods: 30 };
let recorder: Recorder;
let outputs: ObservabilityOutputs;

beforeAll(async () => {
  recorder = await mockPulumi();
  outputs = observability({ namespaces: { observability: quota, agents: quota }, protect: true });
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
});
