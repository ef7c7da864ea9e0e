import { isKind } from '../expect.ts';
import { broken, unknown } from '../findings.ts';
import type { Resource } from '../resource.ts';
import type { Finding, Rule, StackFinding } from '../rule.ts';
import { at, entries, fields, UNKNOWN } from '../values.ts';

const MODERN = ['VersionTLS12', 'VersionTLS13'];

function option({ props }: Resource): readonly Finding[] {
  const version = at(props, 'spec', 'minVersion');
  const path = 'spec.minVersion';
  if (version === UNKNOWN) return [unknown(path)];
  return MODERN.includes(version as string) ? [] : [broken(path, 'allows TLS before 1.2')];
}

function snippets({ props }: Resource): readonly Finding[] {
  const path = 'metadata.annotations';
  const annotations = fields(at(props, 'metadata', 'annotations'));
  if (annotations === UNKNOWN) return [unknown(path)];
  const own = annotations.some(([key]) => /nginx\.ingress\.kubernetes\.io\/.*snippet$/.test(key));
  return own ? [broken(path, 'puts its own text into the settings of nginx')] : [];
}

/** Traefik ignores them, so that they only look like a setting. */
function listenerOptions({ props }: Resource): readonly Finding[] {
  const listeners = entries(at(props, 'spec', 'listeners'));
  if (listeners === UNKNOWN) return [unknown('spec.listeners')];
  return listeners.flatMap((listener, index) => {
    const options = fields(at(listener, 'tls', 'options'));
    const path = `spec.listeners[${index}]`;
    if (options === UNKNOWN) return [unknown(path)];
    return options.length === 0 ? [] : [broken(path, 'has TLS options that are ignored')];
  });
}

export const tlsVersion: Rule = {
  id: 'NET-09',
  name: 'net-09-tls-version',
  title: 'TLS is 1.2 or newer, and one place says so',
  severity: 'high',
  standards: ['CKV_K8S_152', 'CKV_K8S_153', 'CKV_K8S_154', 'C-0059'],
  why: 'Older versions are broken; a second or ignored setting hides which one counts.',
  fix: 'Set minVersion VersionTLS12 in the one TLSOption "default"; leave listener options and snippets out.',
  check: (resource) => {
    if (isKind(resource, 'traefik.io', 'TLSOption')) return option(resource);
    if (isKind(resource, 'networking.k8s.io', 'Ingress')) return snippets(resource);
    const isGateway = isKind(resource, 'gateway.networking.k8s.io', 'Gateway');
    return isGateway ? listenerOptions(resource) : [];
  },
  checkStack: (stack) => {
    const options = stack.ofKind('traefik.io', 'TLSOption');
    const others = options.filter(({ objectName }) => objectName !== 'default');
    return [...others, ...(others.length === 0 && options.length > 1 ? options : [])].map(
      (resource): StackFinding => ({
        ...(resource.objectName === UNKNOWN
          ? unknown('metadata.name')
          : broken('metadata.name', 'is not the one TLSOption "default"')),
        resource,
      }),
    );
  },
};
