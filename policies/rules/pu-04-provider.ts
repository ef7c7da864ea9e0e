import { broken } from '../findings.ts';
import type { Rule } from '../rule.ts';

export const provider: Rule = {
  id: 'PU-04',
  name: 'pu-04-provider',
  title: 'Every object of Kubernetes names its cluster',
  severity: 'high',
  standards: ['Pulumi explicit providers'],
  why: 'The default provider takes whatever context the kubeconfig of the day has.',
  fix: 'Pass the provider of the stack.',
  check: (resource) => {
    if (resource.kind === undefined) return [];
    const { provider: own } = resource;
    // The default provider's name is "default", or "default_" and its version.
    const named = own !== undefined && !/^default(_|$)/.test(own.name);
    return named ? [] : [broken('provider', 'is the default provider')];
  },
};
