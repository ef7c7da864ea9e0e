import { containers, podSpecs, type Container, type PodSpec } from '../pods.ts';
import type { Finding, Subject } from '../rule.ts';
import { UNKNOWN } from '../values.ts';

/** What is wrong with one container: a text, `UNKNOWN`, or nothing. */
export type Verdict = string | typeof UNKNOWN | undefined;

/** Applies one check to every container of every pod that the resource declares. */
export function eachContainer(
  check: (container: Container, pod: PodSpec) => Verdict,
): (subject: Subject) => readonly Finding[] {
  return ({ type, props }) =>
    podSpecs(type, props).flatMap((pod) =>
      containers(pod).flatMap((container): Finding[] => {
        const { path, name, value } = container;
        const verdict = value === UNKNOWN ? UNKNOWN : check(container, pod);
        if (verdict === undefined) return [];
        if (verdict === UNKNOWN) return [{ kind: 'unknown', path }];
        return [{ kind: 'broken', path, problem: `container "${name}" ${verdict}` }];
      }),
    );
}
