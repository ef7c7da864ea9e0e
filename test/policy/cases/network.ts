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
import { deploymentOf, HOLDERS, podSpec } from '../good.ts';
import { unknownObject, unknownString, type Json, type Subject } from '../support.ts';
import type { Cases } from './index.ts';

const policy = (spec: unknown, more: Partial<Subject> = {}): Subject => ({
  type: 'kubernetes:networking.k8s.io/v1:NetworkPolicy',
  name: 'policy',
  props: { metadata: { name: 'policy', namespace: 'saas-app' }, spec },
  ...more,
});
const namespace: Subject = {
  type: 'kubernetes:core/v1:Namespace',
  name: 'namespace',
  props: { metadata: { name: 'saas-app' } },
};
const deny = { podSelector: {}, policyTypes: ['Ingress', 'Egress'] };
const peer = {
  podSelector: { matchLabels: { app: 'api' } },
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'saas-app' } },
};
const outTo = (to: unknown, more: Json = {}) =>
  policy({ podSelector: {}, egress: [{ to, ...more }] });
const inFrom = (from: unknown) => policy({ podSelector: {}, ingress: [{ from }] });
const block = (cidr: unknown, except?: unknown) => ({ ipBlock: { cidr, except } });

/** An odd list of peers is an empty one for the API server. */
function odd(cases: readonly [value: unknown, made: Case][]): Case[] {
  return cases.map(([value, made]) => {
    const empty = JSON.stringify(value) === '[]';
    return { ...made, shows: value === null ? 'null' : empty ? 'empty' : 'wrong type' };
  });
}

export const network: Cases = {
  'NET-01': (rule) => {
    const none = broken(
      rule,
      'the namespace has no default deny in both directions (metadata.name)',
    );
    const unclear = unverified(rule, 'metadata.name');
    const without = (spec: unknown) => [namespace, policy(spec)];
    return [
      passes('both directions closed', namespace, policy(deny)),
      passes(
        'an empty selector of labels',
        namespace,
        policy({ ...deny, podSelector: { matchLabels: {} } }),
      ),
      passes('a stack without namespaces', policy(deny)),
      passes('empty lists of rules', namespace, policy({ ...deny, ingress: [], egress: [] })),
      fails('no policy', none, namespace),
      fails('only ingress closed', none, ...without({ ...deny, policyTypes: ['Ingress'] })),
      fails('a policy for some pods', none, ...without({ ...deny, podSelector: peer.podSelector })),
      fails('a policy that opens a path', none, ...without({ ...deny, egress: [{}] })),
      fails('a policy of another namespace', none, namespace, {
        ...policy(deny),
        props: { metadata: { namespace: 'other' }, spec: deny },
      }),
      fails('a policy that is only a patch', none, namespace, {
        ...policy(deny),
        type: `${policy(deny).type}Patch`,
      }),
      isUnknown('the types', unclear, ...without({ ...deny, policyTypes: unknownObject })),
      isUnknown(
        'one of the types',
        unclear,
        ...without({ ...deny, policyTypes: ['Ingress', unknownString] }),
      ),
      isUnknown('the selector', unclear, ...without({ ...deny, podSelector: unknownObject })),
      isUnknown('the whole policy', unclear, ...without(unknownObject)),
      isUnknown('the namespace of the policy', unclear, namespace, {
        ...policy(deny),
        props: { metadata: { namespace: unknownString }, spec: deny },
      }),
      isUnknown('the name of the namespace', unclear, policy(deny), {
        ...namespace,
        props: { metadata: { name: unknownString } },
      }),
      ...odd([
        [null, fails('null', none, ...without(null))],
        [[], fails('no types', none, ...without({ ...deny, policyTypes: [] }))],
        ['text', fails('a text', none, ...without('text'))],
      ]),
    ];
  },
  'NET-02': (rule) => {
    const own = policy({ podSelector: { matchLabels: { app: 'api' } } });
    const message = broken(rule, 'no network policy selects the pod (spec.template.spec)');
    const unclear = unverified(rule, 'spec.template.spec');
    const chosen = (podSelector: unknown) => policy({ podSelector });
    const expression = (operator: unknown, values?: unknown) =>
      chosen({ matchExpressions: [{ key: 'app', operator, values }] });
    return [
      passes('a policy by its labels', deploymentOf(), own),
      passes('a policy by an expression', deploymentOf(), expression('In', ['api', 'web'])),
      passes('a policy by what is there', deploymentOf(), expression('Exists')),
      passes('a policy by what is not', deploymentOf(), expression('NotIn', ['web'])),
      passes('no workload', own),
      fails('no policy', message, deploymentOf()),
      fails('a policy for everybody', message, deploymentOf(), policy(deny)),
      fails(
        'a policy of other labels',
        message,
        deploymentOf(),
        chosen({ matchLabels: { app: 'web' } }),
      ),
      fails(
        'a policy by another expression',
        message,
        deploymentOf(),
        expression('NotIn', ['api']),
      ),
      fails('a policy by an absent label', message, deploymentOf(), expression('DoesNotExist')),
      fails('a policy of another namespace', message, deploymentOf(), {
        ...own,
        props: change(own.props, 'metadata.namespace', 'other'),
      }),
      isUnknown('the selector', unclear, deploymentOf(), policy({ podSelector: unknownObject })),
      isUnknown(
        'a value of the selector',
        unclear,
        deploymentOf(),
        chosen({ matchLabels: { app: unknownString } }),
      ),
      isUnknown(
        'the values of an expression',
        unclear,
        deploymentOf(),
        expression('In', unknownObject),
      ),
      isUnknown('the labels of the pod', unclear, own, {
        ...deploymentOf(),
        props: change(deploymentOf().props, 'spec.template.metadata.labels', unknownObject),
      }),
      ...odd([
        [null, fails('null', message, deploymentOf(), chosen(null))],
        [[], fails('an empty selector', message, deploymentOf(), chosen({}))],
        ['text', fails('a text', message, deploymentOf(), chosen('text'))],
      ]),
      ...HOLDERS.filter(({ type }) => /StatefulSet$|DaemonSet$/.test(type)).map(
        ({ type, wrap }) => ({
          ...fails(type, message, { type, props: wrap(podSpec()) }),
          shows: 'holder' as const,
        }),
      ),
    ];
  },
  'NET-03': (rule) => {
    const open = broken(rule, 'opens the way to everybody (spec.egress[0])');
    return [
      ...field(rule, {
        base: [outTo([block('10.0.0.0/16')])],
        field: 'spec.egress[0].to[0].ipBlock.cidr',
        place: 'spec.egress[0].to[0]',
        good: ['10.0.0.0/16', '10.0.0.0/8', '192.0.2.1/32', 'fd00:1::/64'],
        bad: [
          ['0.0.0.0/0', 'opens the way to every address'],
          ['0.0.0.0/1', 'opens the way to every address'],
          ['::/0', 'opens the way to every address'],
          ['2000::/3', 'opens the way to every address'],
          ['nonsense', 'opens the way to every address'],
          ['', 'opens the way to every address'],
          [undefined, 'opens the way to every address'],
          [null, 'opens the way to every address'],
        ],
        wrong: 'opens the way to every address',
        unknown: [
          ['spec.egress[0].to[0].ipBlock.cidr', 'spec.egress[0].to[0]'],
          ['spec.egress[0].to[0]', 'spec.egress[0].to[0]'],
          ['spec.egress[0].to', 'spec.egress[0]'],
          ['spec.egress[0]', 'spec.egress[0]'],
          ['spec.egress', 'spec.egress'],
          ['spec', 'spec.egress'],
        ],
      }),
      passes('pods of a namespace', outTo([peer])),
      passes('no egress', policy(deny)),
      fails('ports without peers', open, outTo(undefined, { ports: [{ port: 443 }] })),
      fails('a rule without anything', open, policy({ egress: [{}] })),
      ...odd([
        [null, fails('null', open, outTo(null))],
        [[], fails('no peers', open, outTo([]))],
        ['text', fails('a text', open, outTo('text'))],
      ]),
    ];
  },
  'NET-04': (rule) => {
    const open = broken(rule, 'lets in everybody (spec.ingress[0])');
    return [
      ...field(rule, {
        base: [inFrom([peer])],
        field: 'spec.ingress[0].from[0].namespaceSelector',
        place: 'spec.ingress[0].from[0]',
        good: [undefined, null, peer.namespaceSelector],
        bad: [
          [{}, 'lets in every namespace'],
          [{ matchLabels: {} }, 'lets in every namespace'],
          [{ matchExpressions: [] }, 'lets in every namespace'],
          [{ matchLabels: null }, 'lets in every namespace'],
        ],
        unknown: [
          ['spec.ingress[0].from[0].namespaceSelector', 'spec.ingress[0].from[0]'],
          ['spec.ingress[0].from', 'spec.ingress[0]'],
          ['spec.ingress', 'spec.ingress'],
        ],
      }),
      passes('a network', inFrom([block('10.0.0.0/16')])),
      fails(
        'every address',
        broken(rule, 'lets in every address (spec.ingress[0].from[0])'),
        inFrom([block('0.0.0.0/0')]),
      ),
      fails('ports without peers', open, policy({ ingress: [{ ports: [{ port: 443 }] }] })),
      ...odd([
        [null, fails('null', open, inFrom(null))],
        [[], fails('no peers', open, inFrom([]))],
        ['text', fails('a text', open, inFrom('text'))],
      ]),
    ];
  },
  'NET-05': (rule) => [
    ...field(rule, {
      base: [outTo([block('169.254.0.0/16', ['169.254.169.254/32'])])],
      field: 'spec.egress[0].to[0].ipBlock.except',
      place: 'spec.egress[0].to[0]',
      good: [['169.254.169.254/32'], ['10.0.0.0/8', '169.254.169.0/24']],
      bad: [
        [undefined, 'includes the metadata service of the node'],
        [null, 'includes the metadata service of the node'],
        [[], 'includes the metadata service of the node'],
        [['169.254.1.0/24'], 'includes the metadata service of the node'],
        [['fd00:ec2::254/128'], 'includes the metadata service of the node'],
      ],
      wrong: 'includes the metadata service of the node',
      unknown: [
        ['spec.egress[0].to[0].ipBlock.except', 'spec.egress[0].to[0]'],
        ['spec.egress[0].to[0].ipBlock.except[0]', 'spec.egress[0].to[0]'],
        ['spec.egress[0].to[0].ipBlock', 'spec.egress[0].to[0]'],
        ['spec.egress[0].to', 'spec.egress[0]'],
      ],
    }),
    passes('another network', outTo([block('10.0.0.0/16')])),
    passes('pods', outTo([peer])),
    passes('another network of version 6', outTo([block('fd01::/16')])),
    fails(
      'a network of version 6',
      broken(rule, 'includes the metadata service of the node (spec.egress[0].to[0])'),
      outTo([block('fd00::/8')]),
    ),
    passes('the same with the exception', outTo([block('fd00::/8', ['fd00:ec2::254/128'])])),
  ],
  'NET-06': (rule) => {
    const half = broken(rule, 'opens port 53 for one protocol only (spec.egress[0].ports)');
    const ports = (...protocols: unknown[]) =>
      outTo([peer], { ports: protocols.map((protocol) => ({ port: 53, protocol })) });
    return [
      ...field(rule, {
        base: [inFrom([peer])],
        field: 'spec.ingress[0].from[0].namespaceSelector',
        place: 'spec.ingress[0].from[0]',
        good: [
          undefined,
          null,
          peer.namespaceSelector,
          {
            matchExpressions: [
              { key: 'kubernetes.io/metadata.name', operator: 'In', values: ['a'] },
            ],
          },
        ],
        bad: [
          [{ matchLabels: { name: 'saas-app' } }, 'names namespaces by a label that nobody sets'],
          [{}, 'names namespaces by a label that nobody sets'],
          ['text', 'names namespaces by a label that nobody sets'],
        ],
        unknown: [
          ['spec.ingress[0].from[0].namespaceSelector', 'spec.ingress[0].from[0]'],
          ['spec.ingress[0].from[0].namespaceSelector.matchLabels', 'spec.ingress[0].from[0]'],
        ],
      }),
      passes('DNS by both protocols', ports('UDP', 'TCP')),
      passes('another port by one', outTo([peer], { ports: [{ port: 443 }] })),
      fails('DNS by UDP alone', half, ports('UDP')),
      fails('DNS by the default, TCP', half, ports(undefined)),
      isUnknown(
        'the protocol',
        unverified(rule, 'spec.egress[0].ports'),
        ports('UDP', unknownString),
      ),
      isUnknown(
        'the ports',
        unverified(rule, 'spec.egress[0].ports'),
        outTo([peer], { ports: unknownObject }),
      ),
      { ...passes('ports that are a text', outTo([peer], { ports: 'text' })), shows: 'wrong type' },
    ];
  },
  'NS-01': (rule) => {
    const prefix = 'pod-security.kubernetes.io/';
    const labels = Object.fromEntries(
      ['enforce', 'audit', 'warn'].flatMap((mode) => [
        [`${prefix}${mode}`, 'restricted'],
        [`${prefix}${mode}-version`, 'v1.34'],
      ]),
    );
    const good: Subject = { ...namespace, props: { metadata: { name: 'saas-app', labels } } };
    const at = (key: string) => `metadata.labels["${prefix}${key}"]`;
    const all = ['enforce', 'audit', 'warn']
      .map((mode) => `is not restricted (${at(mode)})`)
      .sort();
    return [
      ...['enforce', 'audit', 'warn'].flatMap((mode) =>
        field(rule, {
          base: [good],
          field: `metadata.labels[${prefix}${mode}]`,
          place: at(mode),
          good: ['restricted'],
          bad: [
            ['baseline', 'is not restricted'],
            ['privileged', 'is not restricted'],
            [undefined, 'is not restricted'],
            [null, 'is not restricted'],
            ['', 'is not restricted'],
          ],
          wrong: 'is not restricted',
          unknown: [
            [`metadata.labels[${prefix}${mode}]`, at(mode)],
            ['metadata.labels', 'metadata.labels'],
            ['metadata', 'metadata.labels'],
          ],
        }),
      ),
      ...field(rule, {
        base: [good],
        field: `metadata.labels[${prefix}enforce-version]`,
        place: at('enforce'),
        good: ['v1.34', 'v1.36'],
        bad: [
          ['latest', 'has no pinned version'],
          [undefined, 'has no pinned version'],
        ],
        wrong: 'has no pinned version',
        unknown: [],
      }),
      fails('no labels', broken(rule, ...all), namespace),
      {
        ...passes('a listed namespace of agents', {
          ...good,
          props: change(good.props, `metadata.labels[${prefix}enforce]`, 'privileged'),
        }),
        settings: { privileged: ['saas-app'] },
      },
    ];
  },
};
