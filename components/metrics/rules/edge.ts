import { expiresWithin } from './expiry.ts';
import type { RuleGroup } from './rule.ts';

/** Traefik, and the certificates that it presents. */
export const edgeRules: RuleGroup = {
  name: 'edge',
  needs: ['traefik'],
  alerts: [
    {
      alert: 'EdgeDown',
      severity: 'emergency',
      expr: 'absent(up{job="traefik"} == 1)',
      for: '2m',
      summary: 'No pod of the edge answers.',
      description: 'Prometheus has reached no Traefik pod for two minutes: nothing is reachable.',
    },
    {
      alert: 'EdgeErrorRateHigh',
      severity: 'warning',
      expr:
        'sum(rate(traefik_entrypoint_requests_total{code=~"5.."}[5m])) / ' +
        'sum(rate(traefik_entrypoint_requests_total[5m])) > 0.05',
      for: '5m',
      summary: 'The edge answers with errors.',
      description: '{{ $value | humanizePercentage }} of all requests end with 500 or more.',
    },
    ...expiresWithin({
      alert: 'EdgeCertificateExpiresSoon',
      expiry: 'min by (cn) (traefik_tls_certs_not_after)',
      subject: 'The certificate {{ $labels.cn }} of the edge',
    }),
  ],
};

/** What an outsider sees: the public addresses, from name resolution to certificate. */
export const probeRules: RuleGroup = {
  name: 'probes',
  needs: ['blackbox'],
  alerts: [
    {
      alert: 'EndpointDown',
      severity: 'critical',
      expr: 'probe_success{job="blackbox"} == 0',
      for: '2m',
      summary: '{{ $labels.instance }} does not answer.',
      description: 'The public address has failed every probe for two minutes.',
    },
    {
      alert: 'EndpointProbesMissing',
      severity: 'warning',
      expr: 'absent(probe_success{job="blackbox"})',
      for: '10m',
      summary: 'The public addresses are not probed.',
      description: 'No probe has reported for ten minutes: an outage there would go unseen.',
    },
    ...expiresWithin({
      alert: 'EndpointCertificateExpiresSoon',
      expiry: 'probe_ssl_earliest_cert_expiry{job="blackbox"}',
      subject: 'The certificate of {{ $labels.instance }}',
    }),
  ],
};
