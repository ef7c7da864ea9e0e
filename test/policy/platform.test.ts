import { beforeAll, describe, expect, test } from '@jest/globals';

import { rules } from '../../policies/rules/index.ts';
import { planOf } from '../unit/support/local-plan.ts';
import type { Recorded } from '../unit/support/mocks.ts';
import { judgeAll, stackOf } from './plan.ts';

/** Parts of the small manifest that stands for an operator's, which no operator of ours has. */
const OF_THE_FIXTURE = [
  'manager-binding',
  'container "prepare"',
  'container "manager"',
  '-deployment-controller: AVL-04',
  'cert-manager-operator-deployment-',
  'metrics-operator-deployment-',
];

/** The operator's own settings, which upstream ships as a Secret without a secret in it. */
const WITHOUT_SECRETS = /-operator-secret-/;

describe.each(['local', 'staging', 'prod'])('the stack %s', (stack) => {
  let recorded: readonly Recorded[];
  beforeAll(async () => {
    recorded = (await planOf(stack)).resources;
  }, 60_000);

  test('keeps every rule', () => {
    const plan = stackOf(stack, recorded);
    expect(plan.resources.length).toBeGreaterThan(150);
    const found = rules.flatMap((rule) => judgeAll(rule, plan, stack));
    const lines = found
      .map(({ urn, message }) => `${urn.split('::').slice(-2).join(' ')}: ${message}`)
      .filter((line) => !OF_THE_FIXTURE.some((name) => line.includes(name)));
    expect(lines).toEqual([]);
  });

  test('SEC-04: every Secret is encrypted in the state', () => {
    const secrets = recorded.filter(({ type }) => type === 'kubernetes:core/v1:Secret');
    expect(secrets.length).toBeGreaterThan(5);
    const open = secrets
      .filter(({ name }) => !WITHOUT_SECRETS.test(name))
      .filter(({ inputs, secretPaths }) =>
        ['data', 'stringData'].some(
          (part) => part in inputs && !secretPaths.some((path) => path.split('.')[0] === part),
        ),
      );
    expect(open.map(({ name }) => name)).toEqual([]);
  });
});
