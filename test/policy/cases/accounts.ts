import { broken, change, fails, isUnknown, passes, unverified, type Case } from '../table.ts';
import { deploymentOf, HOLDERS, podSpec } from '../good.ts';
import { unknownObject, unknownString, type Subject } from '../support.ts';
import type { Cases } from './index.ts';

const POD = 'spec.template.spec';
const account = (more: object = {}): Subject => ({
  type: 'kubernetes:core/v1:ServiceAccount',
  name: 'account',
  props: { metadata: { name: 'api', namespace: 'saas-app' }, ...more },
});
const binding = (subjects: unknown): Subject => ({
  type: 'kubernetes:rbac.authorization.k8s.io/v1:RoleBinding',
  name: 'binding',
  props: { metadata: { name: 'api', namespace: 'saas-app' }, subjects },
});
const subject = { kind: 'ServiceAccount', name: 'api', namespace: 'saas-app' };
const podWith = (path: string, value: unknown) => deploymentOf(change(podSpec(), path, value));
const withToken = podWith('automountServiceAccountToken', true);
const odd = (...cases: Case[]): Case[] =>
  cases.map((one, index) => ({
    ...one,
    shows: (['null', 'empty', 'wrong type'] as const)[index] ?? 'pass',
  }));

export const accounts: Cases = {
  'POD-17': (rule) => {
    const named = (name: unknown) => change(withToken.props, `${POD}.serviceAccountName`, name);
    const pod = (name: unknown): Subject => ({ ...withToken, props: named(name) });
    const shared = broken(rule, `shares the account "default" (${POD})`);
    const missing = broken(rule, `names an account that is not in the stack (${POD})`);
    const old = change(
      change(withToken.props, `${POD}.serviceAccountName`, undefined),
      `${POD}.serviceAccount`,
      'api',
    );
    return [
      passes('an account of its own', withToken, account()),
      passes('no account and no token', podWith('serviceAccountName', undefined)),
      passes('no pod', account()),
      fails('the account default', shared, pod('default'), account()),
      fails('no account, but a token', shared, pod(undefined), account()),
      fails('an account that is missing', missing, pod('web'), account()),
      fails(
        'an account of another namespace',
        missing,
        withToken,
        account({ metadata: { name: 'api', namespace: 'other' } }),
      ),
      fails(
        'the old field',
        broken(rule, `names its account in the old field (${POD})`),
        { ...withToken, props: old },
        account(),
      ),
      isUnknown('the name', unverified(rule, POD), pod(unknownString), account()),
      isUnknown(
        'the name of the account',
        unverified(rule, POD),
        withToken,
        account({ metadata: { name: unknownString, namespace: 'saas-app' } }),
      ),
      isUnknown(
        'the pod',
        unverified(rule, POD),
        { ...withToken, props: change(withToken.props, POD, unknownObject) },
        account(),
      ),
      ...odd(
        fails('null', shared, pod(null)),
        fails('an empty name', shared, pod('')),
        fails('a number', missing, pod(7)),
      ),
    ];
  },
  'POD-18': (rule) => {
    const idle = broken(rule, `has a token, but no rights to use it for (${POD})`);
    const unset = podWith('automountServiceAccountToken', undefined);
    const unclear = unverified(rule, POD);
    return [
      passes('no token', deploymentOf()),
      passes(
        'the token off for the account',
        unset,
        account({ automountServiceAccountToken: false }),
      ),
      passes('a token that has rights', withToken, account(), binding([subject])),
      passes(
        'rights without a namespace',
        withToken,
        account(),
        binding([{ kind: 'ServiceAccount', name: 'api' }]),
      ),
      passes('a pooler, which the operator completes', {
        type: 'kubernetes:postgresql.cnpg.io/v1:Pooler',
        props: {
          metadata: { namespace: 'saas-data' },
          spec: { template: { spec: { containers: [] } } },
        },
      }),
      fails('a token without rights', idle, withToken, account()),
      fails('the default of Kubernetes', idle, unset, account()),
      fails(
        'rights of another account',
        idle,
        withToken,
        account(),
        binding([{ ...subject, name: 'web' }]),
      ),
      fails(
        'rights in another namespace',
        idle,
        withToken,
        account(),
        binding([{ ...subject, namespace: 'other' }]),
      ),
      fails('no account at all', idle, {
        ...withToken,
        props: change(withToken.props, `${POD}.serviceAccountName`, undefined),
      }),
      ...HOLDERS.filter(({ type }) => /StatefulSet$|:Job$|CronJob$|List$/.test(type)).map(
        ({ type, wrap, path }): Case => ({
          ...fails(type, broken(rule, `has a token, but no rights to use it for (${path})`), {
            type,
            props: wrap(change(podSpec(), 'automountServiceAccountToken', true)),
          }),
          shows: 'holder',
        }),
      ),
      isUnknown('the setting', unclear, podWith('automountServiceAccountToken', unknownString)),
      isUnknown(
        'the setting of the account',
        unclear,
        unset,
        account({ automountServiceAccountToken: unknownString }),
      ),
      isUnknown('the subjects', unclear, withToken, account(), binding(unknownObject)),
      isUnknown('one subject', unclear, withToken, account(), binding([unknownObject])),
      isUnknown('the account', unclear, {
        ...withToken,
        props: change(withToken.props, `${POD}.serviceAccountName`, unknownString),
      }),
      ...odd(
        fails('null', idle, podWith('automountServiceAccountToken', null), account()),
        fails('empty subjects', idle, withToken, account(), binding([])),
        fails('a text', idle, podWith('automountServiceAccountToken', 'false'), account()),
      ),
    ];
  },
};
