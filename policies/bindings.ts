import { findings, type Verdict } from './findings.ts';
import type { Resource } from './resource.ts';
import type { Finding } from './rule.ts';
import { at, entries, UNKNOWN, type Value } from './values.ts';

export function isBinding({ kind }: Resource): boolean {
  if (kind?.group !== 'rbac.authorization.k8s.io') return false;
  return ['RoleBinding', 'ClusterRoleBinding'].includes(kind.kind);
}

/** Applies one check to every subject of a binding. */
export function eachSubject(
  check: (subject: Value, binding: Resource) => Verdict,
): (resource: Resource) => readonly Finding[] {
  return (resource) => {
    if (!isBinding(resource)) return [];
    const subjects = entries(at(resource.props, 'subjects'));
    if (subjects === UNKNOWN) return findings('subjects', UNKNOWN);
    return subjects.flatMap((subject, index) =>
      findings(`subjects[${index}]`, subject === UNKNOWN ? UNKNOWN : check(subject, resource)),
    );
  };
}
