import type { Resource, Stack } from './resource.ts';
import type { Waiver } from './waivers.ts';

export type Severity = 'low' | 'medium' | 'high' | 'critical';

/** One place that breaks a rule. Holds names and paths, never another value of a property. */
export interface Finding {
  /** `unknown`: the preview cannot know the value, so the rule cannot vouch for it. */
  readonly kind: 'broken' | 'unknown';
  /** Path from the properties of the resource, for example `spec.template.spec.containers[0]`. */
  readonly path: string;
  /** What is wrong, as the middle of a sentence. Empty for `unknown`. */
  readonly problem: string;
}

/** A finding of a rule that looks at the whole stack. */
export interface StackFinding extends Finding {
  readonly resource: Resource;
}

export type SettingValue = boolean | number | readonly string[];

/** What a user may change for one rule with `--policy-pack-config`. */
export interface Setting {
  readonly meaning: string;
  readonly default: SettingValue;
}

/** What a rule may know besides the objects. */
export interface Context {
  /** Value of a setting that the rule declares. */
  readonly setting: <T extends SettingValue>(name: string) => T;
  /** The same for another rule. */
  readonly settingsOf: (rule: Rule) => Context['setting'];
  /** Name of the Pulumi stack. */
  readonly stack: string;
  /** `YYYY-MM-DD`. */
  readonly today: string;
  /** Exceptions and allowances of the pack. */
  readonly waivers: readonly Waiver[];
  /** Every rule of the pack. */
  readonly rules: readonly Rule[];
}

/** One control. At least one of the two checks is there; both are pure. */
export interface Rule {
  /** Number in the control catalogue, for example `POD-01`. */
  readonly id: string;
  /** Name of the policy, unique in the pack: the id and a slug, in lower case. */
  readonly name: string;
  readonly title: string;
  /** Decides what a violation does, see `levels.ts`. */
  readonly severity: Severity;
  /** Where other catalogues ask the same, for example `CIS 5.2.2`. */
  readonly standards: readonly string[];
  /** What an attacker or an accident does where the rule is broken. */
  readonly why: string;
  /** What to write instead; the end of every violation message. */
  readonly fix: string;
  readonly settings?: Readonly<Record<string, Setting>>;
  /**
   * What it reads often comes from a cloud that is asked only during the update, such as an ARN. So
   * a preview that does not know it may go on: the engine asks again with the values.
   */
  readonly knownLater?: true;
  /** Findings of one resource, as it would be sent to its API. */
  readonly check?: (resource: Resource, context: Context) => readonly Finding[];
  /** Findings that need more than one resource. Called once, with all of them. */
  readonly checkStack?: (stack: Stack, context: Context) => readonly StackFinding[];
}
