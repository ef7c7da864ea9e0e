import { eachPod } from './each.ts';
import { findings, type Verdict } from './findings.ts';
import type { Resource } from './resource.ts';
import type { Context, Finding } from './rule.ts';
import { at, entries, UNKNOWN, type Value } from './values.ts';

/** Applies one check to every declared port of every container. */
export function eachPort(
  check: (port: Value) => Verdict,
): (resource: Resource, context: Context) => readonly Finding[] {
  return eachPod(({ containers }) =>
    containers.flatMap(({ value, path, name }) => {
      if (value === UNKNOWN) return findings(path, UNKNOWN);
      const ports = entries(at(value, 'ports'));
      if (ports === UNKNOWN) return findings(`${path}.ports`, UNKNOWN);
      return ports.flatMap((port, index) => {
        const verdict = port === UNKNOWN ? UNKNOWN : check(port);
        return findings(`${path}.ports[${index}]`, verdict, `container "${name}"`);
      });
    }),
  );
}
