import {
  broken,
  change,
  fails,
  field,
  isUnknown,
  passes,
  unverified,
  type Case,
  type Field,
} from '../table.ts';
import type { Rule } from '../../../policies/rule.ts';
import { unknownObject, unknownString, type Json, type Subject } from '../support.ts';
import type { Cases } from './index.ts';

const RBAC = 'kubernetes:rbac.authorization.k8s.io/v1:';
const metadata = { name: 'reader', namespace: 'saas-app' };

const grant = { apiGroups: ['apps'], resources: ['deployments'], verbs: ['get'] };
const role = (rule: Json = grant, kind = 'Role'): Subject => ({
  type: `${RBAC}${kind}`,
  props: { metadata, rules: [rule] },
});
const account = { kind: 'ServiceAccount', name: 'api', namespace: 'saas-app' };
const binding = (changes: Json = {}, kind = 'RoleBinding'): Subject => ({
  type: `${RBAC}${kind}`,
  name: 'binding',
  props: {
    metadata: { name: 'binding', namespace: 'saas-app' },
    roleRef: { kind: 'Role', name: 'reader' },
    subjects: [account],
    ...changes,
  },
});

/** Cases of a rule about grants: each pair of a grant and whether it is bad. */
function grants(
  rule: Rule,
  problem: string,
  good: readonly Json[],
  bad: readonly Json[],
  /** A grant in which each unknown part leaves the question open. Default: the first bad one. */
  unclear: Json = bad[0] ?? {},
): Case[] {
  const message = broken(rule, `${problem} (rules[0])`);
  const [first = {}] = bad;
  const title = (one: Json) => JSON.stringify(one);
  return [
    ...good.map((one) => passes(title(one), role(one))),
    ...bad.map((one) => fails(title(one), message, role(one))),
    fails('a ClusterRole', message, role(first, 'ClusterRole')),
    fails('a patch', message, role(first, 'RolePatch')),
    fails('the second of two rules', broken(rule, `${problem} (rules[1])`), {
      type: `${RBAC}Role`,
      props: { metadata, rules: [grant, first] },
    }),
    ...Object.keys(unclear).map((key) =>
      isUnknown(key, unverified(rule, 'rules[0]'), role({ ...unclear, [key]: unknownObject })),
    ),
    isUnknown('a verb', unverified(rule, 'rules[0]'), role({ ...unclear, verbs: [unknownString] })),
    isUnknown('the rules', unverified(rule, 'rules'), {
      type: `${RBAC}Role`,
      props: { rules: unknownObject },
    }),
    ...oddLists('rules', `${RBAC}Role`),
    passes('another kind', { type: 'kubernetes:core/v1:ConfigMap', props: { rules: [first] } }),
  ];
}

/** A list that is none says nothing. */
function oddLists(key: string, type: string, more: Json = {}): Case[] {
  const values = [null, [], 'text', 7] as const;
  const shows = ['null', 'empty', 'wrong type', 'wrong type'] as const;
  return values.map((value, index) => ({
    ...passes(`${key} is ${JSON.stringify(value)}`, { type, props: { ...more, [key]: value } }),
    shows: shows[index] ?? 'pass',
  }));
}

function subjectField(rule: Rule, spec: Omit<Field, 'field' | 'base'>): readonly Case[] {
  return field(rule, {
    base: [binding({ subjects: [{ kind: 'Group', name: 'developers' }] })],
    field: 'subjects[0].name',
    place: 'subjects[0]',
    unknown: [
      ['subjects[0].name', 'subjects[0]'],
      ['subjects[0]', 'subjects[0]'],
      ['subjects', 'subjects'],
    ],
    ...spec,
  });
}

export const rbac: Cases = {
  'RBAC-01': (rule) =>
    grants(
      rule,
      'grants a wildcard',
      [
        grant,
        { nonResourceURLs: ['/metrics/*'], verbs: ['get'] },
        { ...grant, resourceNames: ['*'] },
      ],
      [
        { ...grant, verbs: ['*'] },
        { ...grant, verbs: ['get', '*'] },
        { ...grant, resources: ['*'] },
        { ...grant, resources: ['*/scale'] },
        { ...grant, apiGroups: ['*'] },
        { nonResourceURLs: ['/*'], verbs: ['get'] },
      ],
      grant,
    ),
  'RBAC-02': (rule) => [
    ...field(rule, {
      base: [binding()],
      field: 'roleRef.name',
      place: 'roleRef',
      good: ['reader', 'view', undefined, null, '', 7],
      bad: [
        ['cluster-admin', 'binds an administrator role'],
        ['admin', 'binds an administrator role'],
      ],
    }),
    ...subjectField(rule, {
      good: ['developers'],
      bad: [['system:masters', 'is the group that no rule can bind']],
    }),
    fails(
      'a ClusterRoleBinding',
      broken(rule, 'binds an administrator role (roleRef)'),
      binding({ roleRef: { kind: 'ClusterRole', name: 'cluster-admin' } }, 'ClusterRoleBinding'),
    ),
    {
      ...passes('a name that is a number', binding({ roleRef: { name: 7 } })),
      shows: 'wrong type',
    },
  ],
  'RBAC-03': (rule) => {
    const secrets = { apiGroups: [''], resources: ['secrets'], verbs: ['get'] };
    return grants(
      rule,
      'reads every Secret',
      [
        grant,
        { ...secrets, resourceNames: ['api'] },
        { ...secrets, verbs: ['create', 'delete'] },
        { ...secrets, apiGroups: ['example.org'] },
        { ...secrets, resources: ['configmaps'] },
      ],
      [
        secrets,
        { ...secrets, verbs: ['list'] },
        { ...secrets, verbs: ['watch'] },
        { ...secrets, resources: ['configmaps', 'secrets'] },
        { ...secrets, resources: ['*'] },
        { ...secrets, resourceNames: [] },
      ],
    );
  },
  'RBAC-04': (rule) => {
    const pods = { apiGroups: [''], resources: ['pods'], verbs: ['create'] };
    return grants(
      rule,
      'starts pods or opens a shell in them',
      [
        grant,
        { ...pods, verbs: ['get', 'list', 'delete'] },
        { ...pods, resources: ['pods/log'], verbs: ['get'] },
        { apiGroups: ['apps'], resources: ['pods'], verbs: ['create'] },
      ],
      [
        pods,
        { apiGroups: ['apps'], resources: ['statefulsets'], verbs: ['create'] },
        { apiGroups: ['batch'], resources: ['cronjobs'], verbs: ['*'] },
        { ...pods, resources: ['pods/exec'] },
        { ...pods, resources: ['pods/portforward'], verbs: ['get'] },
        { ...pods, resources: ['pods/ephemeralcontainers'], verbs: ['patch'] },
      ],
    );
  },
  'RBAC-05': (rule) =>
    grants(
      rule,
      'allows to gain rights',
      [grant, { ...grant, verbs: ['get', 'create', 'deletecollection'] }],
      [
        { verbs: ['escalate'] },
        { verbs: ['get', 'bind'] },
        { verbs: ['impersonate'] },
        { verbs: ['*'] },
      ],
    ),
  'RBAC-06': (rule) => {
    const webhooks = {
      apiGroups: ['admissionregistration.k8s.io'],
      resources: ['validatingwebhookconfigurations'],
      verbs: ['patch'],
    };
    return grants(
      rule,
      'changes how the cluster decides',
      [
        grant,
        { ...webhooks, verbs: ['get', 'watch'] },
        { apiGroups: [''], resources: ['configmaps'], verbs: ['update'], resourceNames: ['api'] },
        { apiGroups: [''], resources: ['persistentvolumes'], verbs: ['get'] },
      ],
      [
        webhooks,
        {
          apiGroups: ['certificates.k8s.io'],
          resources: ['certificatesigningrequests/approval'],
          verbs: ['update'],
        },
        { apiGroups: [''], resources: ['nodes/proxy'], verbs: ['get'] },
        { apiGroups: [''], resources: ['serviceaccounts/token'], verbs: ['create'] },
        { apiGroups: [''], resources: ['persistentvolumes'], verbs: ['create'] },
        {
          apiGroups: ['apiextensions.k8s.io'],
          resources: ['customresourcedefinitions'],
          verbs: ['delete'],
        },
        {
          apiGroups: [''],
          resources: ['configmaps'],
          verbs: ['update'],
          resourceNames: ['aws-auth'],
        },
      ],
    );
  },
  'RBAC-07': (rule) => [
    ...subjectField(rule, {
      good: ['developers', 'system:node-proxier', undefined, null, '', 7],
      bad: [
        ['system:anonymous', 'is everybody'],
        ['system:unauthenticated', 'is everybody'],
        ['system:authenticated', 'is everybody'],
        ['system:serviceaccounts', 'is everybody'],
        ['system:serviceaccounts:saas-app', 'is everybody'],
      ],
    }),
    passes('an account', binding()),
    { ...passes('subjects that are a text', binding({ subjects: 'text' })), shows: 'wrong type' },
  ],
  'RBAC-08': (rule) => {
    const serviceAccount: Subject = {
      type: 'kubernetes:core/v1:ServiceAccount',
      name: 'account',
      props: { metadata: { name: 'api', namespace: 'saas-app' } },
    };
    const ends = [role(), serviceAccount];
    const missing = 'is not in the stack';
    const ref = (name: unknown, kind: unknown = 'Role') => binding({ roleRef: { kind, name } });
    const to = (subject: unknown) => binding({ subjects: [subject] });
    const aggregated = (value: unknown): Subject => ({
      type: `${RBAC}ClusterRole`,
      props: {
        metadata: {
          name: 'reader',
          labels: { 'rbac.authorization.k8s.io/aggregate-to-admin': value },
        },
      },
    });
    return [
      passes('a binding whose ends exist', binding(), ...ends),
      passes('a role of Kubernetes', ref('system:auth-delegator', 'ClusterRole'), serviceAccount),
      passes('a group', to({ kind: 'Group', name: 'developers' }), role()),
      passes(
        'an account without its namespace',
        to({ kind: 'ServiceAccount', name: 'api' }),
        ...ends,
      ),
      passes('a label that is off', aggregated('false')),
      fails('a missing role', broken(rule, `${missing} (roleRef)`), ref('writer'), ...ends),
      fails(
        'a role of another kind',
        broken(rule, `${missing} (roleRef)`),
        ref('reader', 'ClusterRole'),
        ...ends,
      ),
      fails('a missing account', broken(rule, `${missing} (subjects[0])`), binding(), role()),
      fails(
        'an account of another namespace',
        broken(rule, `${missing} (subjects[0])`),
        to({ ...account, namespace: 'saas-data' }),
        ...ends,
      ),
      fails(
        'the account default',
        broken(rule, 'is the account that every pod gets (subjects[0])'),
        to({ ...account, name: 'default' }),
        ...ends,
      ),
      fails(
        'a role that is added to admin',
        broken(rule, 'adds its rights to a built-in role (metadata.labels)'),
        aggregated('true'),
      ),
      isUnknown('the role', unverified(rule, 'roleRef'), ref(unknownString), ...ends),
      isUnknown(
        'the account',
        unverified(rule, 'subjects[0]'),
        to({ ...account, name: unknownString }),
        ...ends,
      ),
      isUnknown(
        'the name of the account that it may be',
        unverified(rule, 'subjects[0]'),
        binding(),
        role(),
        { ...serviceAccount, props: change(serviceAccount.props, 'metadata.name', unknownString) },
      ),
      ...[null, '', 7].map((name, index): Case => ({
        ...fails(
          `the name ${JSON.stringify(name)}`,
          broken(rule, `${missing} (roleRef)`),
          ref(name),
          ...ends,
        ),
        shows: (['null', 'empty', 'wrong type'] as const)[index] ?? 'fail',
      })),
    ];
  },
};
