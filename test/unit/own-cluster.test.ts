import { expect, test } from '@jest/globals';

import { covering } from '../../sandbox/own-cluster.ts';
import { embedded, ofContext, settingsFile } from '../../sandbox/target.ts';

test.each([
  [['10.89.0.1'], '10.89.0.1/32'],
  [['10.0.0.4', '10.0.0.5'], '10.0.0.4/31'],
  // Addresses that lie side by side need not lie in one small block.
  [['10.0.0.3', '10.0.0.4'], '10.0.0.0/29'],
  [['172.16.5.20', '172.16.9.77', '172.16.5.20'], '172.16.0.0/20'],
  [['255.255.255.254', '255.255.255.255'], '255.255.255.254/31'],
])(
  'API servers at %j are let through as %s, and as few neighbours as possible',
  (addresses, cidr) => {
    expect(covering(addresses)).toBe(cidr);
  },
);

test('a context of the user has a stack, a state and settings of its own', () => {
  const own = ofContext('arn:aws:eks:eu-central-1:123456789012:cluster/saas prod');
  expect(own.stack).toBe('context-arn-aws-eks-eu-central-1-123456789012-cluster-saas-prod');
  expect(own.stateDir).not.toBe(embedded.stateDir);
  expect(settingsFile(own)).toMatch(/\/Pulumi\.context-arn-aws-[a-z0-9-]+\.yaml$/);
  // The user's kubeconfig decides, not the sandbox's.
  expect(own.kubeconfig).toBeUndefined();
});
