import {
  UnknownValueError,
  type Policies,
  type PolicyConfigSchema,
  type PolicyResource,
  type ResourceValidationArgs,
  type ReportViolation,
  type StackValidationArgs,
} from '@pulumi/policy';

import { judge, judgeStack, type Violation } from './judge.ts';
import { levelOf } from './levels.ts';
import { makeResource, makeStack, type Resource, type Stack } from './resource.ts';
import type { Context, Rule, SettingValue } from './rule.ts';
import { snapshot } from './values.ts';
import type { Waiver } from './waivers.ts';

/** What all rules of one pack share. */
export interface Pack {
  readonly rules: readonly Rule[];
  readonly waivers: readonly Waiver[];
  /** `YYYY-MM-DD`. */
  readonly today: string;
}

/** Its message becomes an advisory line; violations reported before it stay what they are. */
function unproven(message: string): Error {
  return Object.assign(new Unknown(UNKNOWN_STRING, []), { message });
}

// The package exports it, but its types cannot be followed.
const Unknown = UnknownValueError as new (kind: string, path: readonly string[]) => Error;

/** How the engine marks an unknown string; the SDK's error accepts nothing else. */
const UNKNOWN_STRING = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

// One object for all rules: with `once.ts` the engine's request is the same object for each.
const resources = new WeakMap<object, Resource>();
const stacks = new WeakMap<object, Stack>();

function resourceOf(args: ResourceValidationArgs | PolicyResource): Resource {
  const known = resources.get(args.props);
  if (known !== undefined) return known;
  const { provider } = args;
  const made = makeResource({
    type: args.type,
    urn: args.urn,
    name: args.name,
    props: snapshot(() => args.props),
    protect: args.opts.protect,
    ignoreChanges: args.opts.ignoreChanges,
    provider: provider && { name: provider.name, props: snapshot(() => provider.props) },
  });
  resources.set(args.props, made);
  return made;
}

function stackOf(args: StackValidationArgs): Stack {
  const [first] = args.resources;
  const known = first && stacks.get(first.props);
  if (known !== undefined) return known;
  const links = new Map(
    args.resources.map(({ urn, propertyDependencies }) => {
      const byProperty = Object.entries(propertyDependencies).map(
        ([property, sources]) => [property, sources.map((source) => source.urn)] as const,
      );
      return [urn, Object.fromEntries(byProperty)] as const;
    }),
  );
  const made = makeStack(args.resources.map(resourceOf), links);
  if (first !== undefined) stacks.set(first.props, made);
  return made;
}

/** `urn:pulumi:<stack>::<project>::…` */
function stackName(urn: string | undefined): string {
  return /^urn:pulumi:([^:]+)::/.exec(urn ?? '')?.[1] ?? '';
}

function contextOf(rule: Rule, pack: Pack, urn: string | undefined, config: object): Context {
  const own = config as Readonly<Record<string, SettingValue>>;
  const settingsOf =
    (of: Rule) =>
    <T extends SettingValue>(name: string) =>
      ((of === rule ? own[name] : undefined) ?? of.settings?.[name]?.default) as T;
  return { ...pack, stack: stackName(urn), settingsOf, setting: settingsOf(rule) };
}

function send(found: readonly Violation[], rule: Rule, report: ReportViolation): void {
  const level = levelOf(rule.severity);
  for (const violation of found) {
    if (violation.level === level) report(violation.message, violation.urn);
  }
  const [other, ...more] = found.filter((violation) => violation.level !== level);
  if (other === undefined) return;
  const others = more.length === 0 ? '' : ` The same in ${more.length} other objects.`;
  throw unproven(other.message + others);
}

function schemaOf({ settings }: Rule): { configSchema?: PolicyConfigSchema } {
  if (settings === undefined) return {};
  const properties = Object.entries(settings).map(([name, setting]) => {
    const { meaning: description, default: value } = setting;
    const type = Array.isArray(value) ? 'array' : (typeof value as 'boolean' | 'number');
    const items = Array.isArray(value) ? { items: { type: 'string' as const } } : {};
    return [name, { type, ...items, description }] as const;
  });
  return { configSchema: { properties: Object.fromEntries(properties) } };
}

/** A rule as a policy of Pulumi, under its own name, level and settings. */
export function toPolicy(rule: Rule, pack: Pack): Policies[number] {
  return {
    name: rule.name,
    displayName: `${rule.id} ${rule.title}`,
    description: `${rule.title}. ${rule.why}`,
    severity: rule.severity,
    tags: [...rule.standards],
    remediationSteps: rule.fix,
    url: `docs/controls.md#${rule.id.toLowerCase()}`,
    enforcementLevel: levelOf(rule.severity),
    ...schemaOf(rule),
    ...(rule.check && {
      validateResource: (args: ResourceValidationArgs, report: ReportViolation) => {
        const context = contextOf(rule, pack, args.urn, args.getConfig());
        send(judge(rule, resourceOf(args), context), rule, report);
      },
    }),
    ...(rule.checkStack && {
      validateStack: (args: StackValidationArgs, report: ReportViolation) => {
        const context = contextOf(rule, pack, args.resources[0]?.urn, args.getConfig());
        send(judgeStack(rule, stackOf(args), context), rule, report);
      },
    }),
  };
}
