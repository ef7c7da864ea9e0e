import type { RuleGroup } from './rule.ts';

/** Whether the watchers themselves work. */
export const metaRules: RuleGroup = {
  name: 'meta',
  needs: ['prometheus'],
  alerts: [
    {
      alert: 'Watchdog',
      severity: 'info',
      expr: 'vector(1)',
      summary: 'The alert pipeline works.',
      description: 'Fires always. Whoever stops receiving it knows that alerts no longer arrive.',
    },
    {
      alert: 'InfoInhibitor',
      severity: 'info',
      expr:
        'count by (namespace) (ALERTS{severity="info",alertstate="firing",' +
        'alertname!~"Watchdog|InfoInhibitor"}) unless on (namespace) ' +
        'ALERTS{severity=~"warning|critical|emergency",alertstate="firing"}',
      summary: 'Holds back info alerts of {{ $labels.namespace }} that stand alone.',
      description: 'Not for people: Alertmanager uses it to send info alerts only beside others.',
    },
    {
      alert: 'TargetDown',
      severity: 'warning',
      expr: 'count by (job, namespace) (up == 0) / count by (job, namespace) (up) > 0.1',
      for: '10m',
      summary: 'Targets of {{ $labels.job }} cannot be scraped.',
      description: '{{ $value | humanizePercentage }} of them give no metrics.',
    },
    {
      alert: 'PrometheusRuleFailures',
      severity: 'critical',
      expr: 'increase(prometheus_rule_evaluation_failures_total[5m]) > 0',
      for: '15m',
      summary: '{{ $labels.pod }} cannot evaluate rules.',
      description: 'Alerts of the group {{ $labels.rule_group }} cannot fire.',
    },
    {
      alert: 'PrometheusConfigReloadFailed',
      severity: 'critical',
      expr: 'max_over_time(prometheus_config_last_reload_successful[5m]) == 0',
      for: '10m',
      summary: '{{ $labels.pod }} refuses its configuration.',
      description: 'It goes on with the last one that it understood.',
    },
    {
      alert: 'PrometheusNotConnectedToAlertmanager',
      severity: 'critical',
      expr: 'max_over_time(prometheus_notifications_alertmanagers_discovered[5m]) < 1',
      for: '10m',
      summary: '{{ $labels.pod }} knows no Alertmanager.',
      description: 'Its alerts go nowhere.',
    },
    {
      alert: 'AlertmanagerDown',
      severity: 'critical',
      expr: 'absent(up{job="alertmanager"} == 1)',
      for: '5m',
      summary: 'No Alertmanager answers.',
      description: 'Nobody is told of any alert; only the missing Watchdog gives it away.',
    },
    {
      alert: 'AlertmanagerFailedToSendAlerts',
      severity: 'warning',
      expr:
        'sum by (integration) (rate(alertmanager_notifications_failed_total[5m])) / ' +
        'sum by (integration) (rate(alertmanager_notifications_total[5m])) > 0.01',
      for: '5m',
      summary: 'Notifications by {{ $labels.integration }} fail.',
      description: '{{ $value | humanizePercentage }} do not arrive; other channels still work.',
    },
    {
      alert: 'AlertmanagerConfigReloadFailed',
      severity: 'critical',
      expr: 'max_over_time(alertmanager_config_last_reload_successful[5m]) == 0',
      for: '10m',
      summary: '{{ $labels.pod }} refuses its configuration.',
      description: 'It notifies as before the change, or after a restart nobody at all.',
    },
    {
      alert: 'PrometheusOperatorRejectedResources',
      severity: 'warning',
      expr: 'min_over_time(prometheus_operator_managed_resources{state="rejected"}[5m]) > 0',
      for: '5m',
      summary: 'The Prometheus operator refuses objects of the kind {{ $labels.resource }}.',
      description: '{{ $value }} are refused: their targets or rules have no effect.',
    },
  ],
};
