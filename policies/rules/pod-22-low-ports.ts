import { findings } from '../findings.ts';
import { eachPort } from '../ports.ts';
import type { Finding, Rule } from '../rule.ts';
import type { Resource } from '../resource.ts';
import { at, entries, UNKNOWN, type Value } from '../values.ts';

const inContainers = eachPort((port) => {
  const number = at(port, 'containerPort');
  if (number === UNKNOWN) return UNKNOWN;
  if (typeof number !== 'number') return 'declares a port without a number';
  return number < 1024 ? 'listens below port 1024' : undefined;
});

function inService({ kind, props }: Resource): readonly Finding[] {
  if (kind?.group !== '' || kind.kind !== 'Service') return [];
  const ports = entries(at(props, 'spec', 'ports'));
  if (ports === UNKNOWN) return findings('spec.ports', UNKNOWN);
  return ports.flatMap((port, index) => {
    const numbers: readonly Value[] = [at(port, 'port'), at(port, 'targetPort')];
    const verdict = numbers.includes(UNKNOWN) ? UNKNOWN : undefined;
    return findings(`spec.ports[${index}]`, numbers.includes(22) ? 'offers port 22' : verdict);
  });
}

export const lowPorts: Rule = {
  id: 'POD-22',
  name: 'pod-22-low-ports',
  title: 'No container listens below port 1024, and nothing offers SSH',
  severity: 'low',
  standards: ['C-0042', 'KSV-0117', 'kube-linter ssh-port'],
  why: 'Low ports need root or a capability; a shell inside a container is a way around every audit.',
  fix: 'Listen on a port from 1024 on and map it in the Service.',
  check: (resource, context) => [...inContainers(resource, context), ...inService(resource)],
};
