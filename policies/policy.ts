import type { ResourceValidationPolicy } from '@pulumi/policy';

import type { Exception } from './exceptions.ts';
import { judge } from './judge.ts';
import { kindOf } from './pods.ts';
import type { Rule } from './rule.ts';
import { snapshot } from './values.ts';

/** A rule as a policy of Pulumi: mandatory, one violation per kind of finding. */
export function toPolicy(
  rule: Rule,
  exceptions: readonly Exception[],
  today: string,
): ResourceValidationPolicy {
  return {
    name: rule.name,
    displayName: `${rule.id} ${rule.title}`,
    description: `${rule.title}. ${rule.why}`,
    severity: rule.severity,
    remediationSteps: rule.fix,
    enforcementLevel: 'mandatory',
    validateResource: (args, report) => {
      if (kindOf(args.type) === undefined) return;
      const props = snapshot(() => args.props);
      for (const violation of judge(rule, { type: args.type, props }, exceptions, today)) {
        report(violation);
      }
    },
  };
}
