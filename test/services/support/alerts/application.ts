import { differing, growing, missing, steady, type AlertCases } from './alert-case.ts';

const requests = (status: number) => `http_requests_total{service="api",status="${status}"}`;
const bucket = (le: string) => `http_request_duration_seconds_bucket{service="api",le="${le}"}`;
/** Requests and failed ones per minute. */
const traffic = (good: number, failed: number) => ({
  [requests(200)]: growing(good),
  [requests(500)]: growing(failed),
});

export const applicationCases: AlertCases = {
  'AppDown/emergency': missing('up{job="api",pod="api-1"}', 5),
  'AppErrorRateHigh/critical': {
    fires: { series: traffic(6_000, 12), at: 10 },
    silent: { series: traffic(6_000, 5), at: 10 },
  },
  'AppErrorBudgetBurn/critical': {
    fires: { series: traffic(98, 2), at: 90 },
    silent: { series: traffic(99, 1), at: 90 },
  },
  'AppErrorBudgetBurn/warning': {
    fires: { series: traffic(99, 1), at: 420 },
    silent: { series: traffic(995, 5), at: 420 },
  },
  'AppLatencyHigh/warning': {
    fires: {
      series: {
        [bucket('1')]: growing(90),
        [bucket('5')]: growing(100),
        [bucket('+Inf')]: growing(100),
      },
      at: 15,
    },
    silent: {
      series: {
        [bucket('1')]: growing(96),
        [bucket('5')]: growing(100),
        [bucket('+Inf')]: growing(100),
      },
      at: 15,
    },
  },
  'AppOverloaded/warning': differing(
    'http_requests_shed_total{job="api",pod="api-1"}',
    growing(1),
    steady(7),
    15,
  ),
  'AppEventLoopSlow/warning': differing(
    'event_loop_delay_seconds{job="api",pod="api-1"}',
    steady(0.3),
    steady(0.05),
    10,
  ),
  'AuditBacklog/warning': differing(
    'audit_outbox_unsent{job="worker"}',
    steady(5_000),
    steady(900),
    20,
  ),
  'AuditStalled/critical': {
    fires: {
      series: {
        'audit_outbox_unsent{job="worker"}': steady(3),
        audit_events_relayed_total: steady(9),
      },
      at: 40,
    },
    silent: {
      series: {
        'audit_outbox_unsent{job="worker"}': steady(3),
        audit_events_relayed_total: growing(1),
      },
      at: 40,
    },
  },
  'TraceSpansDropped/info': differing(
    'trace_spans_dropped_total{job="api"}',
    growing(2),
    steady(2),
    30,
  ),
};
