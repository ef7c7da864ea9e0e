import type { Policies, ResourceValidationArgs, StackValidationArgs } from '@pulumi/policy';
import * as proxy from '@pulumi/policy/proxy.js';

import { makeResource, type Resource } from '../../policies/resource.ts';
import { toPolicy } from '../../policies/policy.ts';
import type { Rule, SettingValue } from '../../policies/rule.ts';
import { rules } from '../../policies/rules/index.ts';
import { snapshot } from '../../policies/values.ts';
import type { Waiver } from '../../policies/waivers.ts';

/** What the engine sends for a value that the preview does not know yet. Absent from the types. */
export const { unknownStringValue: unknownString, unknownObjectValue: unknownObject } =
  proxy as unknown as Record<'unknownStringValue' | 'unknownObjectValue', unknown>;

export const TODAY = '2026-11-25';

export type Json = Record<string, unknown>;

/** Exported by the package's index, but through a path that the compiler cannot follow. */
const { unknownCheckingProxy } = proxy as unknown as {
  unknownCheckingProxy: (props: Json) => object;
};

/** A resource as a test writes it. */
export interface Subject {
  readonly type: string;
  readonly props: Json;
  /** Name in the program. Default: `subject`. */
  readonly name?: string;
  readonly protect?: boolean;
  readonly ignoreChanges?: readonly string[];
  /** Name of the explicit provider. Default: `cluster`; null: none. */
  readonly provider?: string | null;
  /** Names of the resources that a property takes its value from. */
  readonly sources?: Readonly<Record<string, readonly string[]>>;
}

export interface Options {
  readonly waivers?: readonly Waiver[];
  readonly settings?: Readonly<Record<string, SettingValue>>;
  /** Default: the rules of the pack. */
  readonly rules?: readonly Rule[];
}

export interface Reported {
  readonly level: 'mandatory' | 'advisory';
  readonly message: string;
  readonly urn: string;
}

/** Settings of a rule that nobody configured. */
export function defaultsOf(rule: Rule) {
  return <T extends SettingValue>(name: string) => rule.settings?.[name]?.default as T;
}

export function urnOf({ type, name = 'subject' }: Subject): string {
  return `urn:pulumi:local::saas-platform::${type}::${name}`;
}

/** The resource as rules see it. */
export function resourceOf(subject: Subject): Resource {
  const { type, props, name = 'subject', provider = 'cluster' } = subject;
  const { protect = false, ignoreChanges = [] } = subject;
  const checked = unknownCheckingProxy(props);
  return makeResource({
    type,
    name,
    urn: urnOf(subject),
    props: snapshot(() => checked),
    protect,
    ignoreChanges,
    provider: provider === null ? undefined : { name: provider, props: {} },
  });
}

function argsOf(subject: Subject, settings: Options['settings']) {
  const { type, props, name = 'subject', provider = 'cluster' } = subject;
  const { protect = false, ignoreChanges = [] } = subject;
  return {
    type,
    name,
    urn: urnOf(subject),
    props: unknownCheckingProxy(props),
    opts: { protect, ignoreChanges },
    ...(provider === null ? {} : { provider: { name: provider, props: {} } }),
    getConfig: () => settings ?? {},
  };
}

/** What one rule reports for the resources of a stack, through the hooks that Pulumi calls. */
export function reported(
  rule: Rule,
  subjects: readonly Subject[],
  options: Options = {},
): readonly Reported[] {
  const pack = { rules: options.rules ?? rules, waivers: options.waivers ?? [], today: TODAY };
  const policy = toPolicy(rule, pack) as Policies[number] & {
    validateResource?: (args: ResourceValidationArgs, report: Report) => void;
    validateStack?: (args: StackValidationArgs, report: Report) => void;
  };
  const found: Reported[] = [];
  const report = (message: string, urn = '') => {
    found.push({ level: policy.enforcementLevel as Reported['level'], message, urn });
  };
  const args = subjects.map((subject) => argsOf(subject, options.settings));
  for (const one of args) {
    run(() => policy.validateResource?.(one as unknown as ResourceValidationArgs, report), found);
  }
  const byName = new Map(args.map((one) => [one.name, one]));
  const resources = args.map((one, index) => ({
    ...one,
    propertyDependencies: Object.fromEntries(
      Object.entries(subjects[index]?.sources ?? {}).map(([property, names]) => [
        property,
        names.map((name) => byName.get(name)),
      ]),
    ),
  }));
  const stack = { resources, getConfig: () => options.settings ?? {} };
  run(() => policy.validateStack?.(stack as unknown as StackValidationArgs, report), found);
  return found;
}

type Report = (message: string, urn?: string) => void;

/** The SDK makes an advisory message of this error, and stops at any other. */
function run(validate: () => unknown, found: Reported[]): void {
  try {
    validate();
  } catch (error) {
    if (!(error instanceof Error) || !('unknownTypeSentinel' in error)) throw error;
    found.push({ level: 'advisory', message: error.message, urn: '' });
  }
}

/** The messages that one rule reports for one resource. */
export function violations(rule: Rule, type: string, props: Json, options?: Options): string[] {
  return reported(rule, [{ type, props }], options).map(({ message }) => message);
}
