import { eachContainer } from '../each.ts';
import type { Rule } from '../rule.ts';
import { at, entries, UNKNOWN } from '../values.ts';

const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'];

export const probePorts: Rule = {
  id: 'AVL-03',
  name: 'avl-03-probe-ports',
  title: 'Probes ask a port that the container declares',
  severity: 'medium',
  standards: [
    'kube-linter liveness-port',
    'kube-linter readiness-port',
    'kube-linter startup-port',
  ],
  why: 'A probe of a wrong port never succeeds: the container is never ready, or restarts for ever.',
  fix: 'Declare the port in "ports", and name it in the probe.',
  check: eachContainer(({ value, fills }) => {
    const ports = entries(at(value, 'ports'));
    const asked = PROBES.flatMap((probe) =>
      ['httpGet', 'tcpSocket', 'grpc'].map((action) => at(value, probe, action, 'port')),
    ).filter((port) => port !== undefined);
    if (asked.length === 0) return undefined;
    if (ports === UNKNOWN || asked.includes(UNKNOWN)) return UNKNOWN;
    const declared = ports.flatMap((port) => [at(port, 'name'), at(port, 'containerPort')]);
    if (asked.every((port) => declared.includes(port))) return undefined;
    if (declared.includes(UNKNOWN)) return UNKNOWN;
    return fills('lifecycle') ? undefined : 'has a probe of a port that it does not declare';
  }),
};
