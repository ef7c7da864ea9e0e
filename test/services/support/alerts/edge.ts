import { differing, growing, missing, steady, type AlertCases } from './alert-case.ts';

const DAY = 86_400;
const answers = (code: number) => `traefik_entrypoint_requests_total{code="${code}"}`;
const certificate = 'traefik_tls_certs_not_after{cn="api.example.com"}';
const probe = 'probe_success{job="blackbox",instance="https://api.example.com"}';
const seen = 'probe_ssl_earliest_cert_expiry{job="blackbox",instance="https://api.example.com"}';

export const edgeCases: AlertCases = {
  'EdgeDown/emergency': missing('up{job="traefik",pod="gateway-1"}', 5),
  'EdgeErrorRateHigh/warning': {
    fires: { series: { [answers(200)]: growing(90), [answers(502)]: growing(10) }, at: 15 },
    silent: { series: { [answers(200)]: growing(99), [answers(502)]: growing(1) }, at: 15 },
  },
  'EdgeCertificateExpiresSoon/critical': differing(
    certificate,
    steady(6 * DAY),
    steady(8 * DAY),
    90,
  ),
  'EdgeCertificateExpiresSoon/warning': differing(
    certificate,
    steady(20 * DAY),
    steady(22 * DAY),
    90,
  ),
  'EndpointDown/critical': differing(probe, steady(0), steady(1), 5),
  'EndpointProbesMissing/warning': missing(probe, 20, steady(0)),
  'EndpointCertificateExpiresSoon/critical': differing(seen, steady(6 * DAY), steady(8 * DAY), 90),
  'EndpointCertificateExpiresSoon/warning': differing(seen, steady(20 * DAY), steady(22 * DAY), 90),
};
