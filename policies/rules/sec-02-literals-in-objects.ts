import { findings } from '../findings.ts';
import { holdsLiteral, isLiteral, looksSecret } from '../literal-secrets.ts';
import type { Resource } from '../resource.ts';
import type { Finding, Rule } from '../rule.ts';
import { at, fields, UNKNOWN, type Value } from '../values.ts';

/** Every text in a value, with its path and the key that it stands under. */
function* texts(value: Value, path: string, key: string): Generator<[string, string, string]> {
  if (typeof value === 'string') yield [path, key, value];
  if (typeof value !== 'object' || value === null) return;
  for (const [name, child] of Object.entries(value)) {
    const index = Array.isArray(value);
    yield* texts(child, index ? `${path}[${name}]` : `${path}.${name}`, index ? key : name);
  }
}

function inConfigMap({ props }: Resource): readonly Finding[] {
  const data = fields(at(props, 'data'));
  if (data === UNKNOWN) return findings('data', UNKNOWN);
  return data.flatMap(([key, value]) => {
    const bad = typeof value === 'string' && (isLiteral(key, value) || holdsLiteral(value));
    return findings(`data["${key}"]`, bad ? 'holds a secret' : undefined);
  });
}

/** In settings that an operator hands on as text, and in its own fields by their name. */
function inCustom({ props }: Resource): readonly Finding[] {
  return [...texts(at(props, 'spec'), 'spec', '')].flatMap(([path, key, value]) => {
    const lines = value.includes('\n') && holdsLiteral(value);
    const bad = lines || looksSecret(value) || (key === 'sseCustomerKey' && value !== '');
    return findings(path, bad ? 'holds a secret' : undefined);
  });
}

function inRelease({ props }: Resource): readonly Finding[] {
  return [...texts(at(props, 'values'), 'values', '')].flatMap(([path, key, value]) =>
    findings(path, isLiteral(key, value) || holdsLiteral(value) ? 'holds a secret' : undefined),
  );
}

function inAnnotations({ props }: Resource): readonly Finding[] {
  const annotations = fields(at(props, 'metadata', 'annotations'));
  if (annotations === UNKNOWN) return findings('metadata.annotations', UNKNOWN);
  return annotations.flatMap(([key, value]) => {
    const bad = typeof value === 'string' && looksSecret(value);
    return findings(`metadata.annotations["${key}"]`, bad ? 'holds a secret' : undefined);
  });
}

/** Groups of Kubernetes itself, whose specs hold no settings as text. */
const BUILT_IN = /^(apps|batch|policy|autoscaling|extensions|)$|\.k8s\.io$/;

export const literalsInObjects: Rule = {
  id: 'SEC-02',
  name: 'sec-02-literals-in-objects',
  title: 'No secret stands in settings in clear',
  severity: 'critical',
  standards: ['C-0012', 'KSV-0109', 'KSV-1010'],
  why: 'ConfigMaps and custom resources are read by many and encrypted by nobody.',
  fix: 'Put it into a Secret and refer to that.',
  check: (resource) => {
    const { kind } = resource;
    if (kind === undefined || kind.kind === 'CustomResourceDefinition') return [];
    const isRelease = /^helm\.sh/.test(kind.group);
    return [
      ...inAnnotations(resource),
      ...(kind.group === '' && kind.kind === 'ConfigMap' ? inConfigMap(resource) : []),
      ...(isRelease ? inRelease(resource) : []),
      ...(BUILT_IN.test(kind.group) || isRelease ? [] : inCustom(resource)),
    ];
  },
};
