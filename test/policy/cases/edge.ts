import {
  broken,
  change,
  fails,
  field,
  isUnknown,
  passes,
  unverified,
  type Case,
} from '../table.ts';
import { unknownObject, unknownString, type Json, type Subject } from '../support.ts';
import type { Cases } from './index.ts';

const object = (type: string, spec: unknown, metadata: Json = {}): Subject => ({
  type: `kubernetes:${type}`,
  props: { metadata: { name: 'gateway', namespace: 'saas-edge', ...metadata }, spec },
});
const GATEWAY = 'gateway.networking.k8s.io/v1';
const ingress = (spec: unknown, metadata: Json = {}) =>
  object('networking.k8s.io/v1:Ingress', spec, metadata);
const listener = {
  name: 'websecure',
  protocol: 'HTTPS',
  tls: { certificateRefs: [{ name: 'tls' }] },
};
const gateway = (one: unknown) => object(`${GATEWAY}:Gateway`, { listeners: [one] });
const route = (spec: unknown) => object(`${GATEWAY}:HTTPRoute`, spec);
const redirect = { filters: [{ requestRedirect: { scheme: 'https' } }] };
const odd = (...cases: Case[]): Case[] =>
  cases.map((one, index) => ({
    ...one,
    shows: (['null', 'empty', 'wrong type'] as const)[index] ?? 'pass',
  }));

export const edge: Cases = {
  'NET-07': (rule) => {
    const service = (spec: unknown, metadata: Json = {}) =>
      object('core/v1:Service', spec, metadata);
    const open = broken(rule, 'is open to the outside (spec.type)');
    const balancer = { type: 'LoadBalancer', loadBalancerSourceRanges: ['203.0.113.0/24'] };
    return [
      ...field(rule, {
        base: [service({ type: 'ClusterIP' })],
        field: 'spec.type',
        good: ['ClusterIP', undefined, null],
        bad: [
          ['NodePort', 'is open to the outside'],
          ['ExternalName', 'is open to the outside'],
          ['', 'is open to the outside'],
        ],
        wrong: 'is open to the outside',
        unknown: [['spec.type', 'spec.type']],
      }),
      passes('the listed load balancer', service(balancer)),
      passes(
        'one whose pods see the client',
        service({ type: 'LoadBalancer', externalTrafficPolicy: 'Local' }),
      ),
      fails('another load balancer', open, service(balancer, { name: 'api' })),
      fails(
        'the listed one without ranges',
        broken(rule, 'is open without source ranges (spec.type)'),
        service({ type: 'LoadBalancer' }),
      ),
      fails(
        'external addresses',
        broken(rule, 'takes addresses (spec.externalIPs)'),
        service({ externalIPs: ['192.0.2.1'] }),
      ),
      isUnknown(
        'the addresses',
        unverified(rule, 'spec.externalIPs'),
        service({ externalIPs: unknownObject }),
      ),
      isUnknown(
        'the ranges',
        unverified(rule, 'spec.loadBalancerSourceRanges'),
        service({ ...balancer, loadBalancerSourceRanges: unknownObject }),
      ),
      ...odd(
        ...[null, [], 7].map((externalIPs) =>
          passes(`addresses ${JSON.stringify(externalIPs)}`, service({ externalIPs })),
        ),
      ),
      {
        ...passes('a service of the user', service(balancer, { name: 'own' })),
        settings: { public: ['saas-edge/own'] },
      },
    ];
  },
  'NET-08': (rule) => [
    passes(
      'an Ingress with a certificate',
      ingress({ tls: [{ hosts: ['api.example.org'] }], rules: [{ host: 'api.example.org' }] }),
    ),
    ...field(rule, {
      base: [
        ingress({ tls: [{ hosts: ['api.example.org'] }], rules: [{ host: 'api.example.org' }] }),
      ],
      field: 'spec.rules[0].host',
      place: 'spec.rules[0]',
      good: ['api.example.org'],
      bad: [
        ['web.example.org', 'has no certificate for its host'],
        ['*.example.org', 'is for every host'],
        [undefined, 'is for every host'],
        [null, 'is for every host'],
        ['', 'is for every host'],
      ],
      wrong: 'is for every host',
      unknown: [
        ['spec.rules[0].host', 'spec.rules[0]'],
        ['spec.rules', 'spec.rules'],
        ['spec.tls', 'spec.rules[0]'],
      ],
    }),
    fails(
      'a backend for every host',
      broken(rule, 'answers for every host (spec.defaultBackend)'),
      ingress({ defaultBackend: {} }),
    ),
    ...field(rule, {
      base: [gateway(listener)],
      field: 'spec.listeners[0].protocol',
      place: 'spec.listeners[0]',
      good: ['HTTPS', 'TLS', 'HTTP'],
      bad: [
        ['TCP', 'has no TLS'],
        [undefined, 'has no TLS'],
      ],
      wrong: 'has no TLS',
      unknown: [
        ['spec.listeners[0].protocol', 'spec.listeners[0]'],
        ['spec.listeners', 'spec.listeners'],
        ['spec.listeners[0].tls', 'spec.listeners[0]'],
      ],
    }),
    fails(
      'HTTPS without a certificate',
      broken(rule, 'has no certificate (spec.listeners[0])'),
      gateway({ protocol: 'HTTPS' }),
    ),
    fails(
      'HTTP open to other namespaces',
      broken(rule, 'takes routes without TLS from other namespaces (spec.listeners[0])'),
      gateway({ protocol: 'HTTP', allowedRoutes: { namespaces: { from: 'All' } } }),
    ),
    passes('TLS that is passed on', gateway({ protocol: 'TLS', tls: { mode: 'Passthrough' } })),
    passes('a redirect', route({ parentRefs: [{ sectionName: 'web' }], rules: [redirect] })),
    passes('a route with a host', route({ hostnames: ['api.example.org'], rules: [{}] })),
    fails(
      'a plain route that serves',
      broken(rule, 'serves without TLS (spec.rules[0])'),
      route({ parentRefs: [{ sectionName: 'web' }], rules: [{}] }),
    ),
    fails(
      'a route without a host',
      broken(rule, 'is for every host (spec.hostnames)'),
      route({ rules: [{}] }),
    ),
    fails(
      'a route for all hosts',
      broken(rule, 'is for every host (spec.hostnames)'),
      route({ hostnames: ['*.example.org'] }),
    ),
    isUnknown('the hosts', unverified(rule, 'spec.hostnames'), route({ hostnames: unknownObject })),
    isUnknown(
      'the filters',
      unverified(rule, 'spec.rules[0]'),
      route({ parentRefs: [{ sectionName: 'web' }], rules: [{ filters: unknownObject }] }),
    ),
  ],
  'NET-09': (rule) => {
    const option = (name: unknown, minVersion: unknown = 'VersionTLS12'): Subject => ({
      ...object('traefik.io/v1alpha1:TLSOption', { minVersion }, { name }),
      name: String(name),
    });
    const other = broken(rule, 'is not the one TLSOption "default" (metadata.name)');
    const snippet = { annotations: { 'nginx.ingress.kubernetes.io/server-snippet': 'x' } };
    return [
      ...field(rule, {
        base: [option('default')],
        field: 'spec.minVersion',
        good: ['VersionTLS12', 'VersionTLS13'],
        bad: [
          ['VersionTLS11', 'allows TLS before 1.2'],
          [undefined, 'allows TLS before 1.2'],
          [null, 'allows TLS before 1.2'],
          ['', 'allows TLS before 1.2'],
        ],
        wrong: 'allows TLS before 1.2',
      }),
      fails('a second option', other, option('default'), option('modern')),
      isUnknown('the name of an option', unverified(rule, 'metadata.name'), option(unknownString)),
      passes('an Ingress', ingress({})),
      fails(
        'a snippet',
        broken(rule, 'puts its own text into the settings of nginx (metadata.annotations)'),
        ingress({}, snippet),
      ),
      isUnknown(
        'the annotations',
        unverified(rule, 'metadata.annotations'),
        ingress({}, { annotations: unknownObject }),
      ),
      passes('a Gateway', gateway(listener)),
      fails(
        'options of a listener',
        broken(rule, 'has TLS options that are ignored (spec.listeners[0])'),
        gateway({ ...listener, tls: { options: { a: 'b' } } }),
      ),
      isUnknown(
        'the listeners',
        unverified(rule, 'spec.listeners'),
        object(`${GATEWAY}:Gateway`, { listeners: unknownObject }),
      ),
    ];
  },
  'NET-11': (rule) => {
    const grant = object(`${GATEWAY}beta1:ReferenceGrant`, {
      from: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace: 'saas-edge' }],
      to: [{ group: '', kind: 'Service', name: 'api' }],
    });
    return [
      ...['from[0].namespace', 'from[0].kind', 'to[0].name', 'to[0].kind'].flatMap((path) => {
        const place = `spec.${path.split('.')[0]}`;
        return field(rule, {
          base: [grant],
          field: `spec.${path}`,
          place,
          good: ['api'],
          bad: [
            [undefined, 'leaves an end open'],
            [null, 'leaves an end open'],
            ['', 'leaves an end open'],
            ['*', 'leaves an end open'],
          ],
          wrong: 'leaves an end open',
          unknown: [
            [`spec.${path}`, place],
            [place, place],
            [place.replace('[0]', ''), place.replace('[0]', '')],
          ],
        });
      }),
      passes('another kind', { ...grant, props: change(grant.props, 'spec.to', []) }),
    ];
  },
};
