import { describe, expect, test } from '@jest/globals';

import { rules } from '../../policies/rules/index.ts';
import { planOf } from '../unit/support/local-plan.ts';
import { judgeAll, stackOf } from './plan.ts';

/** Parts of the small manifest that stands for an operator's, which no operator of ours has. */
const OF_THE_FIXTURE = ['manager-binding', 'container "prepare"'];

describe.each(['local', 'staging', 'prod'])('the stack %s', (stack) => {
  test('keeps every rule', async () => {
    const plan = stackOf(stack, (await planOf(stack)).resources);
    expect(plan.resources.length).toBeGreaterThan(150);
    const found = rules.flatMap((rule) => judgeAll(rule, plan, stack));
    const lines = found
      .map(({ urn, message }) => `${urn.split('::').slice(-2).join(' ')}: ${message}`)
      .filter((line) => !OF_THE_FIXTURE.some((name) => line.includes(name)));
    expect(lines).toEqual([]);
  }, 60_000);
});
