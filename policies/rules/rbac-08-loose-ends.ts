import { eachSubject, isBinding } from '../bindings.ts';
import { isKind } from '../expect.ts';
import { about, findings, type Verdict } from '../findings.ts';
import type { Resource, Stack } from '../resource.ts';
import type { Rule, StackFinding } from '../rule.ts';
import { at, fields, UNKNOWN, type Value } from '../values.ts';

/** Roles that come with Kubernetes and are safe to bind. */
const BUILT_IN = ['view', 'extension-apiserver-authentication-reader'];
const AGGREGATED = /^rbac\.authorization\.k8s\.io\/aggregate-to-(admin|edit)$/;

/** Whether the stack has the object; an unknown name or namespace may be the one. */
function exists(objects: readonly Resource[], name: Value, namespace: Value): Verdict {
  if (name === UNKNOWN || namespace === UNKNOWN) return UNKNOWN;
  const matches = objects.filter(
    (one) =>
      (one.objectName === name || one.objectName === UNKNOWN) &&
      (one.namespace === namespace || one.namespace === UNKNOWN),
  );
  if (matches.length === 0) return 'is not in the stack';
  return matches.some((one) => one.objectName === name && one.namespace === namespace)
    ? undefined
    : UNKNOWN;
}

function role(binding: Resource, stack: Stack): Verdict {
  const kind = at(binding.props, 'roleRef', 'kind');
  const name = at(binding.props, 'roleRef', 'name');
  if (kind === UNKNOWN) return UNKNOWN;
  if (typeof name === 'string' && (name.startsWith('system:') || BUILT_IN.includes(name))) {
    return undefined;
  }
  const namespace = kind === 'Role' ? binding.namespace : '';
  const roles = stack.ofKind('rbac.authorization.k8s.io', kind === 'Role' ? 'Role' : 'ClusterRole');
  return exists(roles, name, namespace);
}

function subjects(binding: Resource, stack: Stack): readonly StackFinding[] {
  const accounts = stack.ofKind('', 'ServiceAccount');
  const check = eachSubject((subject) => {
    if (at(subject, 'kind') !== 'ServiceAccount') return undefined;
    const name = at(subject, 'name');
    if (name === 'default') return 'is the account that every pod gets';
    return exists(accounts, name, at(subject, 'namespace') ?? binding.namespace);
  });
  return about(binding, check(binding));
}

function aggregation(resource: Resource): readonly StackFinding[] {
  const path = 'metadata.labels';
  const labels = fields(at(resource.props, 'metadata', 'labels'));
  if (labels === UNKNOWN) return about(resource, findings(path, UNKNOWN));
  const adds = labels.some(([key, value]) => AGGREGATED.test(key) && value !== 'false');
  return about(resource, findings(path, adds ? 'adds its rights to a built-in role' : undefined));
}

export const looseEnds: Rule = {
  id: 'RBAC-08',
  name: 'rbac-08-loose-ends',
  title: 'Bindings join a role and an account that exist',
  severity: 'medium',
  standards: ['CIS 5.1.5', 'CKV_K8S_42', 'kube-linter non-existent-service-account'],
  why: 'Who creates the missing account or role later gets rights that nobody meant for him.',
  fix: 'Bind an account and a role of this stack; leave aggregation to admin and edit out.',
  checkStack: (stack) =>
    stack.resources.flatMap((resource) => {
      if (isBinding(resource)) {
        return [
          ...about(resource, findings('roleRef', role(resource, stack))),
          ...subjects(resource, stack),
        ];
      }
      const isRole = isKind(resource, 'rbac.authorization.k8s.io', 'ClusterRole');
      return isRole ? aggregation(resource) : [];
    }),
};
