import { eachContainer } from '../each.ts';
import type { Rule } from '../rule.ts';
import { at, UNKNOWN } from '../values.ts';

const PLACES = [
  ['livenessProbe'],
  ['readinessProbe'],
  ['startupProbe'],
  ['lifecycle', 'postStart'],
  ['lifecycle', 'preStop'],
];

export const probeHosts: Rule = {
  id: 'POD-16',
  name: 'pod-16-probe-hosts',
  title: 'Probes ask their own pod only',
  severity: 'medium',
  standards: ['PSS baseline 1.34'],
  why: 'The kubelet asks from the node, past all network policies: any other host can be reached.',
  fix: 'Leave host out of httpGet and tcpSocket.',
  check: eachContainer(({ value }) => {
    const hosts = PLACES.flatMap((place) =>
      ['httpGet', 'tcpSocket'].map((action) => at(value, ...place, action, 'host')),
    );
    if (hosts.some((host) => host !== undefined && host !== '' && host !== UNKNOWN)) {
      return 'has a probe or hook that asks another host';
    }
    return hosts.includes(UNKNOWN) ? UNKNOWN : undefined;
  }),
};
