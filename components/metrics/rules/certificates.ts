import { expiresWithin } from './expiry.ts';
import type { RuleGroup } from './rule.ts';

/** What cert-manager issues and renews. */
export const certificateRules: RuleGroup = {
  name: 'certificates',
  needs: ['cert-manager'],
  alerts: [
    ...expiresWithin({
      alert: 'CertificateExpiresSoon',
      expiry:
        'max by (exported_namespace, name) (certmanager_certificate_expiration_timestamp_seconds)',
      subject: 'The certificate {{ $labels.exported_namespace }}/{{ $labels.name }}',
    }),
    {
      alert: 'CertificateNotReady',
      severity: 'warning',
      expr:
        'max by (exported_namespace, name) ' +
        '(certmanager_certificate_ready_status{condition!="True"}) == 1',
      for: '10m',
      summary: 'The certificate {{ $labels.exported_namespace }}/{{ $labels.name }} is not issued.',
      description: 'cert-manager has tried for ten minutes to issue or renew it.',
    },
    {
      alert: 'CertificateChallengeFailing',
      severity: 'warning',
      expr:
        'max by (domain) (certmanager_certificate_challenge_status' +
        '{status=~"invalid|expired|errored"}) == 1',
      for: '5m',
      summary: 'The domain {{ $labels.domain }} cannot be validated.',
      description: 'The certificate authority was not convinced that the domain is ours.',
    },
    {
      alert: 'AcmeRateLimited',
      severity: 'warning',
      expr: 'sum by (host) (rate(certmanager_http_acme_client_request_count{status="429"}[1h])) > 0',
      for: '5m',
      summary: '{{ $labels.host }} refuses to issue more certificates for now.',
      description: 'Too many orders: renewals fail until the limit is over.',
    },
    {
      alert: 'CertManagerDown',
      severity: 'critical',
      expr: 'absent(up{job="cert-manager"} == 1)',
      for: '10m',
      summary: 'cert-manager does not answer.',
      description: 'No certificate is renewed, and the alerts on their expiry cannot fire.',
    },
  ],
};
