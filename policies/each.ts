import { findings, type Verdict } from './findings.ts';
import type { Container, PodSpec } from './pods.ts';
import type { Resource } from './resource.ts';
import type { Context, Finding } from './rule.ts';
import { UNKNOWN } from './values.ts';

/** Applies one check to every container of every pod that the resource declares. */
export function eachContainer(
  check: (container: Container, pod: PodSpec, context: Context) => Verdict,
): (resource: Resource, context: Context) => readonly Finding[] {
  return ({ pods }, context) =>
    pods.flatMap((pod) =>
      pod.containers.flatMap((container) => {
        const { path, name, value } = container;
        const verdict = value === UNKNOWN ? UNKNOWN : check(container, pod, context);
        return findings(path, verdict, `container "${name}"`);
      }),
    );
}

/** Applies one check to every pod; a pod that the preview does not know is reported as such. */
export function eachPod(
  check: (pod: PodSpec, resource: Resource, context: Context) => readonly Finding[],
): (resource: Resource, context: Context) => readonly Finding[] {
  return (resource, context) =>
    resource.pods.flatMap((pod) =>
      pod.spec === UNKNOWN ? findings(pod.path, UNKNOWN) : check(pod, resource, context),
    );
}
