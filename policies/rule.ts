import type { Value } from './values.ts';

/** What a rule looks at: one resource as it would be sent to the API server. */
export interface Subject {
  /** Pulumi type, for example `kubernetes:apps/v1:Deployment`. */
  readonly type: string;
  readonly props: Value;
}

/** One place that breaks a rule. Never holds a property value that could be a secret. */
export type Finding =
  | { readonly kind: 'broken'; readonly path: string; readonly problem: string }
  /** The preview cannot know the value, so the rule cannot vouch for it. */
  | { readonly kind: 'unknown'; readonly path: string };

export interface Rule {
  /** Number in the control catalogue, for example `POD-01`. */
  readonly id: string;
  /** Name of the policy, unique in the pack. */
  readonly name: string;
  readonly title: string;
  readonly severity: 'low' | 'medium' | 'high' | 'critical';
  /** What an attacker or an accident does where the rule is broken. */
  readonly why: string;
  /** What to write instead; the end of every violation message. */
  readonly fix: string;
  /** Pure: the findings of one resource. */
  readonly check: (subject: Subject) => readonly Finding[];
}
