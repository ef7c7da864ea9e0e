import { broken, unknown } from '../findings.ts';
import { isNamespaced } from '../kinds.ts';
import type { Rule } from '../rule.ts';
import { at, UNKNOWN } from '../values.ts';

const SHARED = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

export const namespaces: Rule = {
  id: 'POD-20',
  name: 'pod-20-namespaces',
  title: 'Every object lives in a namespace of its own purpose',
  severity: 'medium',
  standards: ['NSA 1.12', 'CIS 5.7.4', 'C-0061', 'C-0212', 'CKV_K8S_21', 'KSV-0110'],
  why: 'Shared namespaces have no default deny, no quota, and rights that others count on.',
  fix: 'Set metadata.namespace to a namespace that the stack makes.',
  check: ({ kind, props, type }) => {
    if (kind === undefined || !isNamespaced(kind) || kind.form === 'List') return [];
    // Templates of several objects, whose children are judged by themselves.
    if (/^kubernetes:(yaml|helm\.sh|kustomize)/.test(type)) return [];
    const namespace = at(props, 'metadata', 'namespace');
    const path = 'metadata.namespace';
    if (namespace === UNKNOWN) return [unknown(path)];
    if (namespace === undefined || namespace === '') return [broken(path, 'is missing')];
    const shared = typeof namespace !== 'string' || SHARED.includes(namespace);
    return shared ? [broken(path, 'is a shared namespace')] : [];
  },
};
