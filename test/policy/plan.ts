import { allowances } from '../../policies/allowances.ts';
import { exceptions } from '../../policies/exceptions.ts';
import { judge, judgeStack, type Violation } from '../../policies/judge.ts';
import { makeResource, makeStack, type Resource, type Stack } from '../../policies/resource.ts';
import type { Context, Rule } from '../../policies/rule.ts';
import { rules } from '../../policies/rules/index.ts';
import { snapshot } from '../../policies/values.ts';
import type { Recorded } from '../unit/support/mocks.ts';
import { defaultsOf, TODAY } from './support.ts';

/** The resources of a plan as the pack sees them. Components are no resources of a provider. */
export function stackOf(stack: string, recorded: readonly Recorded[]): Stack {
  const urnOf = ({ type, name }: Recorded) =>
    `urn:pulumi:${stack}::saas-platform::${type}::${name}`;
  const urns = new Map(recorded.map((one) => [one.name, urnOf(one)]));
  const links = new Map(
    recorded.map((one) => {
      const sources = Object.entries(one.propertyDependencies).map(
        ([property, names]) => [property, names.flatMap((name) => urns.get(name) ?? [])] as const,
      );
      return [urnOf(one), Object.fromEntries(sources)] as const;
    }),
  );
  const resources = recorded
    .filter(({ custom }) => custom)
    .map((one) =>
      makeResource({
        type: one.type,
        urn: urnOf(one),
        name: one.name,
        props: snapshot(() => one.inputs),
        protect: one.protect,
        ignoreChanges: one.ignoreChanges,
        provider: one.provider === undefined ? undefined : { name: one.provider, props: {} },
      }),
    );
  return makeStack(resources, links);
}

export function contextOf(rule: Rule, stack: string): Context {
  return {
    setting: defaultsOf(rule),
    settingsOf: defaultsOf,
    stack,
    today: TODAY,
    waivers: [...allowances, ...exceptions],
    rules,
  };
}

/** What one rule reports for a whole stack. */
export function judgeAll(rule: Rule, plan: Stack, stack: string): readonly Violation[] {
  const context = contextOf(rule, stack);
  const one = (resource: Resource) => judge(rule, resource, context);
  return [...plan.resources.flatMap(one), ...judgeStack(rule, plan, context)];
}
