/**
 * How urgent an alert is. `emergency`: tenants are cut off, wake somebody. `critical`: they soon will
 * be, or data is at risk. `warning`: work for today. `info`: context for the others, never sent alone.
 */
export type Severity = 'emergency' | 'critical' | 'warning' | 'info';

export interface Alert {
  /** CamelCase, and the name of its page in `docs/runbooks`. Two severities may share a name. */
  readonly alert: string;
  readonly severity: Severity;
  readonly expr: string;
  /** How long the expression must hold, such as `5m`. Default: it fires at once. */
  readonly for?: string;
  /** One line for a chat message; may use labels of the result. */
  readonly summary: string;
  /** What it means for users or data, with the measured value. */
  readonly description: string;
}

/** A query that dashboards and alerts share, computed once. */
export interface Recording {
  /** `level:metric:operation`. */
  readonly record: string;
  readonly expr: string;
}

export interface RuleGroup {
  /** Topic, unique; part of the name of the object. */
  readonly name: string;
  /**
   * Scrape jobs, or other parts of the platform, whose series it reads. Where one is missing the
   * group is left out: alerts on absence would fire for what was never installed.
   */
  readonly needs: readonly string[];
  readonly recordings?: readonly Recording[];
  readonly alerts: readonly Alert[];
}

/** A rule as Prometheus reads it. */
export interface PrometheusRule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Page of an alert, below the root of the repository. */
export function runbook(alert: string): string {
  return `docs/runbooks/${alert}.md`;
}

/** The group as Prometheus reads it: recordings first, because alerts use them. */
export function rulesOf({ recordings = [], alerts }: RuleGroup): PrometheusRule[] {
  return [...recordings, ...alerts.map(alertRule)];
}

function alertRule({ alert, severity, expr, summary, description, ...rest }: Alert) {
  return {
    alert,
    expr,
    ...(rest.for === undefined ? {} : { for: rest.for }),
    labels: { severity },
    annotations: { summary, description, runbook_url: runbook(alert) },
  };
}
