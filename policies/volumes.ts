import { eachPod } from './each.ts';
import { findings, type Verdict } from './findings.ts';
import type { PodSpec } from './pods.ts';
import type { Resource } from './resource.ts';
import type { Context, Finding } from './rule.ts';
import { at, entries, text, UNKNOWN, type Value } from './values.ts';

/** Applies one check to every volume of every pod; an unknown list counts as one unknown volume. */
export function eachVolume(
  check: (volume: Value, pod: PodSpec) => Verdict,
): (resource: Resource, context: Context) => readonly Finding[] {
  return eachPod((pod) => {
    const path = `${pod.path}.volumes`;
    const volumes = entries(at(pod.spec, 'volumes'));
    if (volumes === UNKNOWN) return findings(path, UNKNOWN);
    return volumes.flatMap((volume, index) => {
      const verdict = volume === UNKNOWN ? UNKNOWN : check(volume, pod);
      return findings(`${path}[${index}]`, verdict, `volume "${text(at(volume, 'name'), '?')}"`);
    });
  });
}
