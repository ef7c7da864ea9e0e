import { isKind } from '../expect.ts';
import { broken, findings, unknown } from '../findings.ts';
import type { Resource } from '../resource.ts';
import type { Finding, Rule } from '../rule.ts';
import { at, entries, UNKNOWN, type Value } from '../values.ts';

function list(props: Value, path: string): readonly (readonly [Value, string])[] {
  const values = entries(at(props, ...path.split('.')));
  if (values === UNKNOWN) return [[UNKNOWN, path]];
  return values.map((value, index) => [value, `${path}[${index}]`] as const);
}

function ingress({ props }: Resource): readonly Finding[] {
  const tls = list(props, 'spec.tls').flatMap(([entry]): readonly Value[] => {
    const hosts = entries(at(entry, 'hosts'));
    return entry === UNKNOWN || hosts === UNKNOWN ? [UNKNOWN] : hosts;
  });
  const backend = at(props, 'spec', 'defaultBackend');
  return [
    ...findings(
      'spec.defaultBackend',
      backend === undefined ? undefined : 'answers for every host',
    ),
    ...list(props, 'spec.rules').flatMap(([rule, path]) => {
      const host = at(rule, 'host');
      if (host === UNKNOWN) return [unknown(path)];
      if (typeof host !== 'string' || host === '' || host.startsWith('*')) {
        return [broken(path, 'is for every host')];
      }
      if (tls.includes(host)) return [];
      return [
        tls.includes(UNKNOWN) ? unknown(path) : broken(path, 'has no certificate for its host'),
      ];
    }),
  ];
}

function gateway({ props }: Resource): readonly Finding[] {
  return list(props, 'spec.listeners').flatMap(([listener, path]) => {
    const protocol = at(listener, 'protocol');
    const certificates = entries(at(listener, 'tls', 'certificateRefs'));
    const mode = at(listener, 'tls', 'mode');
    if (protocol === UNKNOWN || certificates === UNKNOWN || mode === UNKNOWN)
      return [unknown(path)];
    if (protocol === 'HTTP') {
      // Only the gateway's own namespace may answer there, with its redirect.
      const from = at(listener, 'allowedRoutes', 'namespaces', 'from') ?? 'Same';
      if (from === UNKNOWN) return [unknown(path)];
      return from === 'Same'
        ? []
        : [broken(path, 'takes routes without TLS from other namespaces')];
    }
    if (!['HTTPS', 'TLS'].includes(protocol as string)) return [broken(path, 'has no TLS')];
    const ended = certificates.length > 0 || mode === 'Passthrough';
    return ended ? [] : [broken(path, 'has no certificate')];
  });
}

/** A route of the plain listener must do nothing but redirect. */
function route({ props }: Resource): readonly Finding[] {
  const plain = list(props, 'spec.parentRefs').some(([parent]) =>
    ['web', 'http'].includes(at(parent, 'sectionName') as string),
  );
  const hosts = entries(at(props, 'spec', 'hostnames'));
  if (hosts === UNKNOWN) return [unknown('spec.hostnames')];
  const wild = hosts.some((host) => typeof host === 'string' && host.startsWith('*'));
  const named = plain || (hosts.length > 0 && !wild);
  const problem = named ? undefined : 'is for every host';
  if (!plain) return findings('spec.hostnames', problem);
  return list(props, 'spec.rules').flatMap(([rule, path]) => {
    const filters = entries(at(rule, 'filters'));
    if (rule === UNKNOWN || filters === UNKNOWN) return [unknown(path)];
    const redirects = filters.some((one) => at(one, 'requestRedirect', 'scheme') === 'https');
    return redirects ? [] : [broken(path, 'serves without TLS')];
  });
}

export const tlsEdge: Rule = {
  id: 'NET-08',
  name: 'net-08-tls-edge',
  title: 'From outside, everything speaks TLS under a name of its own',
  severity: 'high',
  standards: ['EKS 5.4.5', 'C-0263', 'Polaris tlsSettingsMissing', 'Kyverno require-ingress-https'],
  why: 'Passwords and sessions in clear are read by everybody on the way.',
  fix: 'Give every host a certificate, let HTTP only redirect, and name the hosts.',
  check: (resource) => {
    const API = 'gateway.networking.k8s.io';
    if (isKind(resource, 'networking.k8s.io', 'Ingress')) return ingress(resource);
    if (isKind(resource, API, 'Gateway')) return gateway(resource);
    return isKind(resource, API, 'HTTPRoute') ? route(resource) : [];
  },
};
