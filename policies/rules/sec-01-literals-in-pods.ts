import { eachPod } from '../each.ts';
import { findings } from '../findings.ts';
import { holdsLiteral, isLiteral } from '../literal-secrets.ts';
import type { Container } from '../pods.ts';
import type { Finding, Rule } from '../rule.ts';
import { at, entries, text, UNKNOWN } from '../values.ts';

function environment({ value, path, name: container }: Container): readonly Finding[] {
  const variables = entries(at(value, 'env'));
  if (variables === UNKNOWN) return findings(`${path}.env`, UNKNOWN);
  return variables.flatMap((variable, index) => {
    const literal = at(variable, 'value');
    // An unknown literal comes from another resource, where it is judged.
    if (typeof literal !== 'string' || !isLiteral(text(at(variable, 'name'), ''), literal))
      return [];
    return findings(`${path}.env[${index}]`, 'holds a secret', `container "${container}"`);
  });
}

function commandLine({ value, path, name }: Container): readonly Finding[] {
  return ['command', 'args'].flatMap((field) => {
    const words = entries(at(value, field));
    if (words === UNKNOWN) return findings(`${path}.${field}`, UNKNOWN);
    return words.flatMap((word, index) => {
      if (typeof word !== 'string' || !holdsLiteral(word)) return [];
      return findings(`${path}.${field}[${index}]`, 'holds a secret', `container "${name}"`);
    });
  });
}

export const literalsInPods: Rule = {
  id: 'SEC-01',
  name: 'sec-01-literals-in-pods',
  title: 'No secret stands in a pod in clear',
  severity: 'critical',
  standards: ['C-0012', 'Polaris sensitiveContainerEnvVar'],
  why: 'Everybody who may read the pod, its events or a crash report has the secret.',
  fix: 'Put it into a Secret and mount that, or refer to it with secretKeyRef.',
  check: eachPod(({ containers }) =>
    containers.flatMap((container) => [...environment(container), ...commandLine(container)]),
  ),
};
