import { eachGrant, every, names, some, verdict } from '../roles.ts';
import type { Rule } from '../rule.ts';

const WRITE = ['create', 'update', 'patch', 'delete', 'deletecollection'];
const WEBHOOKS = ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'];

export const clusterControl: Rule = {
  id: 'RBAC-06',
  name: 'rbac-06-cluster-control',
  title: 'Nobody changes how the cluster itself decides',
  severity: 'high',
  standards: ['CIS 5.1.9', 'CIS 5.1.11', 'CIS 5.1.12', 'CIS 5.1.13', 'C-0278', 'KSV-0114'],
  why: 'A webhook sees every Secret on its way; a signed certificate, a token or a node proxy is any identity.',
  fix: 'Leave webhook settings, CSR approval, nodes/proxy, tokens, volumes and definitions to operators.',
  check: eachGrant(({ groups, resources, verbs, names: objects }) => {
    const writes = names(verbs, WRITE);
    const of = (group: string, ...kinds: string[]) =>
      every(names(groups, [group]), names(resources, kinds));
    const certificates = of(
      'certificates.k8s.io',
      'certificatesigningrequests/approval',
      'certificatesigningrequests/status',
    );
    return verdict(
      some(
        every(of('admissionregistration.k8s.io', ...WEBHOOKS), writes),
        every(certificates, writes),
        of('', 'nodes/proxy'),
        every(of('', 'serviceaccounts/token', 'persistentvolumes'), names(verbs, ['create'])),
        every(of('apiextensions.k8s.io', 'customresourcedefinitions'), writes),
        every(of('', 'configmaps'), objects.includes('aws-auth'), writes),
      ),
      'changes how the cluster decides',
    );
  }),
};
