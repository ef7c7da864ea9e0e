/** An object that a rule lets pass. */
export interface Waiver {
  /** Id of the rule, for example `POD-01`. */
  readonly rule: string;
  /**
   * As messages name it: `DaemonSet saas-agents/logs`, `ClusterRole traefik`. No patterns, except
   * that a generated name may end in `-*`.
   */
  readonly object: string;
  /** How many places of the object may break the rule. One more, and all are reported. */
  readonly places: number;
  /**
   * Names of the Pulumi stacks that have the object. Left out: any. `local` is also every stack
   * `context-…`, which is the same on a cluster of the user's.
   */
  readonly stacks?: readonly string[];
  readonly reason: string;
  /** Only in exceptions. */
  readonly owner?: string;
  readonly since?: string;
  readonly until?: string;
}

/** For good, because the object could not do its work otherwise: an operator, a node agent. */
export interface Allowance extends Waiver {
  readonly owner?: never;
  readonly since?: never;
  readonly until?: never;
}

/** For a while: somebody answers for it and ends it. */
export interface Exception extends Waiver {
  /** Who answers for it. */
  readonly owner: string;
  /** First and last day, `YYYY-MM-DD`, at most 90 days apart. Afterwards the violation is back. */
  readonly since: string;
  readonly until: string;
}

/** True until the last day of an exception, and always for an allowance. `today` is `YYYY-MM-DD`. */
export function holds(waiver: Waiver, today: string): boolean {
  return waiver.until === undefined || today <= waiver.until;
}

/** True when the waiver is about that object and rule in that stack. */
export function concerns(waiver: Waiver, rule: string, object: string, stack: string): boolean {
  const { object: named, stacks } = waiver;
  const same = named.endsWith('-*') ? object.startsWith(named.slice(0, -1)) : object === named;
  const like = stack.startsWith('context-') ? 'local' : stack;
  return waiver.rule === rule && same && (stacks === undefined || stacks.includes(like));
}
