/** One object that may break one rule for a while. */
export interface Exception {
  /** Id of the rule, for example `POD-01`. */
  readonly rule: string;
  /** `<kind> <namespace>/<name>`, for example `DaemonSet saas-system/node-exporter`. */
  readonly object: string;
  /** Who answers for it. */
  readonly owner: string;
  readonly reason: string;
  /** Last day on which it holds, `YYYY-MM-DD`. After it the violation comes back. */
  readonly until: string;
}

/** None today: everything the platform declares keeps every rule. */
export const exceptions: readonly Exception[] = [];
