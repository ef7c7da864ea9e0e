import { isBinding } from './bindings.ts';
import type { PodSpec } from './pods.ts';
import type { Resource, Stack } from './resource.ts';
import { at, entries, UNKNOWN, type Value } from './values.ts';

/** Name of the account of a pod; the field of that name, or the old one. */
export function accountOf({ spec }: PodSpec): Value {
  return at(spec, 'serviceAccountName') ?? at(spec, 'serviceAccount');
}

/** The ServiceAccounts of the stack that a pod may mean; an unknown name may be any. */
export function accountsNamed(stack: Stack, holder: Resource, name: Value): readonly Resource[] {
  return stack
    .ofKind('', 'ServiceAccount')
    .filter(
      (one) =>
        (one.objectName === name || one.objectName === UNKNOWN) &&
        (one.namespace === holder.namespace || one.namespace === UNKNOWN),
    );
}

/** Whether some binding of the stack gives the account rights. */
export function hasRights(stack: Stack, holder: Resource, name: Value): boolean | typeof UNKNOWN {
  let unclear = false;
  for (const binding of stack.resources.filter(isBinding)) {
    const subjects = entries(at(binding.props, 'subjects'));
    if (subjects === UNKNOWN) unclear = true;
    for (const subject of subjects === UNKNOWN ? [] : subjects) {
      const namespace = at(subject, 'namespace') ?? binding.namespace;
      const parts = [at(subject, 'name'), namespace];
      if (parts[0] === name && namespace === holder.namespace) return true;
      unclear ||= subject === UNKNOWN || parts.includes(UNKNOWN);
    }
  }
  return unclear ? UNKNOWN : false;
}
