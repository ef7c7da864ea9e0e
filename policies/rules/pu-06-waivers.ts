import { broken } from '../findings.ts';
import { judge, judgeStack } from '../judge.ts';
import type { Resource, Stack } from '../resource.ts';
import type { Context, Rule, StackFinding } from '../rule.ts';
import { concerns, holds, type Waiver } from '../waivers.ts';

const DAY = 24 * 3600 * 1000;
const LONGEST = 90;

/** What is wrong with a waiver as such. */
export function faultOf(waiver: Waiver, rules: readonly Rule[]): string | undefined {
  const { rule, object, places, reason, owner, since, until } = waiver;
  if (!rules.some(({ id }) => id === rule)) return 'is for a rule that does not exist';
  const [kind, name = ''] = object.split(' ');
  const stem = name.replace(/-\*$/, '');
  if (!kind || stem.length < 3 || /[*?]/.test(kind + stem)) return 'names no single object';
  if (!Number.isInteger(places) || places < 1) return 'covers no number of places';
  if (reason.length < 20) return 'gives no reason';
  if (owner === undefined && since === undefined && until === undefined) return undefined;
  if (!owner) return 'has no owner';
  const days = (Date.parse(until ?? '') - Date.parse(since ?? '')) / DAY;
  return days >= 0 && days <= LONGEST ? undefined : `does not end within ${LONGEST} days`;
}

/** Whether its object still breaks the rule in this stack. */
function isUsed(waiver: Waiver, stack: Stack, own: readonly Resource[], context: Context): boolean {
  const rule = context.rules.find(({ id }) => id === waiver.rule);
  if (rule === undefined) return false;
  const bare = { ...context, waivers: [], setting: context.settingsOf(rule) };
  if (own.some((resource) => judge(rule, resource, bare).length > 0)) return true;
  const urns = new Set(own.map(({ urn }) => urn));
  return judgeStack(rule, stack, bare).some(({ urn }) => urns.has(urn));
}

export const waivers: Rule = {
  id: 'PU-06',
  name: 'pu-06-waivers',
  title: 'Exceptions are for one object, have a reason, and end',
  severity: 'high',
  standards: ['Kyverno policy-for-exceptions'],
  why: 'A forgotten exception is a hole that everybody believes to be closed.',
  fix: 'Mend it in policies/exceptions.ts or policies/allowances.ts, or take it out.',
  checkStack: (stack, context) => {
    const [first] = stack.resources;
    if (first === undefined) return [];
    return context.waivers.flatMap((waiver): StackFinding[] => {
      const path = `waiver of ${waiver.rule} for ${waiver.object}`;
      const fault = faultOf(waiver, context.rules);
      if (fault !== undefined) return [{ ...broken(path, fault), resource: first }];
      const own = stack.resources.filter(({ object }) =>
        concerns(waiver, waiver.rule, object, context.stack),
      );
      const [resource] = own;
      // Another stack may have the object.
      if (resource === undefined) return [];
      if (!holds(waiver, context.today)) return [{ ...broken(path, 'has ended'), resource }];
      if (isUsed(waiver, stack, own, context)) return [];
      return [{ ...broken(path, 'is not needed any more'), resource }];
    });
  },
};
