import type { Verdict } from './findings.ts';
import type { Resource, Stack } from './resource.ts';
import type { Match } from './selectors.ts';
import { selects } from './selectors.ts';
import { at, UNKNOWN, type Value } from './values.ts';

/** Whether an object names another one of its namespace at a path such as `spec.cluster.name`. */
export function names(stack: Stack, one: Resource, path: string, target: Resource): Match {
  const [top = '', ...rest] = path.split('.');
  const name = at(one.props, top, ...rest);
  if (one.namespace === UNKNOWN || target.namespace === UNKNOWN) return UNKNOWN;
  if (one.namespace !== target.namespace) return false;
  if (name === UNKNOWN) return stack.sources(one, top).includes(target) || UNKNOWN;
  return target.objectName === UNKNOWN ? UNKNOWN : name === target.objectName;
}

/** The problem unless something matches; `UNKNOWN` while something may. */
export function unlessSome(matches: readonly Match[], problem: string): Verdict {
  if (matches.includes(true)) return undefined;
  return matches.includes(UNKNOWN) ? UNKNOWN : problem;
}

/** Whether an object's selector, in `spec.selector`, is for pods with these labels of a namespace. */
export function selectsPods(one: Resource, namespace: Resource['namespace'], labels: Value): Match {
  if (one.namespace === UNKNOWN || namespace === UNKNOWN) return UNKNOWN;
  return one.namespace === namespace && selects(at(one.props, 'spec', 'selector'), labels);
}
