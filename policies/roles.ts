import { findings, type Verdict } from './findings.ts';
import type { Resource } from './resource.ts';
import type { Finding } from './rule.ts';
import { at, entries, UNKNOWN, type Value } from './values.ts';

/** One rule of a Role. Unknown entries stay in the lists; an unknown list is one unknown entry. */
export interface Grant {
  readonly groups: readonly Value[];
  readonly resources: readonly Value[];
  readonly verbs: readonly Value[];
  readonly urls: readonly Value[];
  /** Names of single objects; none means all. */
  readonly names: readonly Value[];
}

const RBAC = 'rbac.authorization.k8s.io';

/** Applies one check to every rule of a Role or ClusterRole. */
export function eachGrant(
  check: (grant: Grant) => Verdict,
): (resource: Resource) => readonly Finding[] {
  return ({ kind, props }) => {
    if (kind?.group !== RBAC || !['Role', 'ClusterRole'].includes(kind.kind)) return [];
    const rules = entries(at(props, 'rules'));
    if (rules === UNKNOWN) return findings('rules', UNKNOWN);
    return rules.flatMap((rule, index) =>
      findings(`rules[${index}]`, rule === UNKNOWN ? UNKNOWN : check(grantOf(rule))),
    );
  };
}

function grantOf(rule: Value): Grant {
  const list = (name: string): readonly Value[] => {
    const values = entries(at(rule, name));
    return values === UNKNOWN ? [UNKNOWN] : values;
  };
  return {
    groups: list('apiGroups'),
    resources: list('resources'),
    verbs: list('verbs'),
    urls: list('nonResourceURLs'),
    names: list('resourceNames'),
  };
}

/** `yes`, `no`, or `UNKNOWN` where the list holds something that the preview does not know. */
export type Answer = boolean | typeof UNKNOWN;

/** Whether a list names one of the values, or all with `*`. */
export function names(list: readonly Value[], wanted: readonly string[]): Answer {
  if (list.some((one) => one === '*' || wanted.includes(one as string))) return true;
  return list.includes(UNKNOWN) && UNKNOWN;
}

/** Whether all answers are yes. */
export function every(...answers: readonly Answer[]): Answer {
  if (answers.includes(false)) return false;
  return answers.includes(UNKNOWN) ? UNKNOWN : true;
}

/** Whether some answer is yes. */
export function some(...answers: readonly Answer[]): Answer {
  if (answers.includes(true)) return true;
  return answers.includes(UNKNOWN) && UNKNOWN;
}

/** The problem where the answer is yes. */
export function verdict(answer: Answer, problem: string): Verdict {
  if (answer === UNKNOWN) return UNKNOWN;
  return answer ? problem : undefined;
}
