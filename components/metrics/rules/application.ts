import type { Recording, RuleGroup } from './rule.ts';

/** Share of requests that must not fail. */
const OBJECTIVE = 0.999;
const WINDOWS = ['5m', '30m', '1h', '6h'] as const;

function errorRatio(window: (typeof WINDOWS)[number]): Recording {
  const requests = (filter: string) =>
    `sum by (service) (rate(http_requests_total${filter}[${window}]))`;
  return {
    record: `service:http_errors:ratio_rate${window}`,
    expr: `${requests('{status=~"5.."}')} / ${requests('')}`,
  };
}

/** The budget is used up `factor` times as fast as it may be, over a long and a short window. */
function burns(factor: number, long: string, short: string): string {
  const limit = `${factor} * ${(1 - OBJECTIVE).toFixed(3)}`;
  const above = (window: string) => `service:http_errors:ratio_rate${window} > ${limit}`;
  return `${above(long)} and ${above(short)}`;
}

/** The application as its users see it. */
export const applicationRules: RuleGroup = {
  name: 'application',
  needs: ['api'],
  recordings: [
    {
      record: 'service:http_requests:rate5m',
      expr: 'sum by (service, method, route) (rate(http_requests_total[5m]))',
    },
    ...WINDOWS.map(errorRatio),
  ],
  alerts: [
    {
      alert: 'AppDown',
      severity: 'emergency',
      expr: 'absent(up{job="api"} == 1)',
      for: '2m',
      summary: 'No pod of the API answers.',
      description: 'Prometheus has reached no API pod for two minutes: tenants are cut off.',
    },
    {
      alert: 'AppErrorRateHigh',
      severity: 'critical',
      expr: 'sum by (service) (rate(http_requests_total{status=~"5.."}[2m])) > 0.1',
      for: '2m',
      summary: '{{ $labels.service }} answers with errors.',
      description: '{{ $value | humanize }} requests per second end with a status of 500 or more.',
    },
    {
      alert: 'AppErrorBudgetBurn',
      severity: 'critical',
      expr: burns(14.4, '1h', '5m'),
      for: '2m',
      summary: '{{ $labels.service }} uses up a month of its error budget within two days.',
      description: '{{ $value | humanizePercentage }} of the requests of the last hour failed.',
    },
    {
      alert: 'AppErrorBudgetBurn',
      severity: 'warning',
      expr: burns(6, '6h', '30m'),
      for: '15m',
      summary: '{{ $labels.service }} uses up a month of its error budget within five days.',
      description:
        '{{ $value | humanizePercentage }} of the requests of the last six hours failed.',
    },
    {
      alert: 'AppLatencyHigh',
      severity: 'warning',
      expr:
        'histogram_quantile(0.95, sum by (service, le) ' +
        '(rate(http_request_duration_seconds_bucket[5m]))) > 1',
      for: '5m',
      summary: '{{ $labels.service }} is slow.',
      description: 'One request in twenty takes longer than {{ $value | humanizeDuration }}.',
    },
    {
      alert: 'AppOverloaded',
      severity: 'warning',
      expr: 'sum by (job) (rate(http_requests_shed_total[5m])) > 0',
      for: '5m',
      summary: '{{ $labels.job }} refuses requests to protect itself.',
      description: '{{ $value | humanize }} requests per second are refused with 503.',
    },
    {
      alert: 'AppEventLoopSlow',
      severity: 'warning',
      expr: 'max by (job, pod) (event_loop_delay_seconds) > 0.2',
      for: '5m',
      summary: 'The event loop of {{ $labels.pod }} is blocked.',
      description:
        'Each request of the pod waits {{ $value | humanizeDuration }} before it starts.',
    },
    {
      alert: 'AuditBacklog',
      severity: 'warning',
      expr: 'max(audit_outbox_unsent) > 1000',
      for: '15m',
      summary: 'Audit events pile up.',
      description: '{{ $value | humanize }} audit events wait for the document store.',
    },
    {
      alert: 'AuditStalled',
      severity: 'critical',
      expr:
        'max(audit_outbox_unsent) > 0 and ' +
        '(sum(rate(audit_events_relayed_total[15m])) or vector(0)) == 0',
      for: '15m',
      summary: 'No audit event reaches the document store.',
      description: '{{ $value | humanize }} events wait and none was delivered for half an hour.',
    },
    {
      alert: 'TraceSpansDropped',
      severity: 'info',
      expr: 'sum by (job) (rate(trace_spans_dropped_total[10m])) > 0',
      for: '10m',
      summary: '{{ $labels.job }} loses traces.',
      description: '{{ $value | humanize }} spans per second are dropped: traces have holes.',
    },
  ],
};
