import { ELASTICSEARCH, hasOption, KIBANA, option } from '../elastic.ts';
import { eachEntry, forKinds, isText } from '../expect.ts';
import { findings } from '../findings.ts';
import type { Finding, Rule } from '../rule.ts';
import { at, UNKNOWN, type Value } from '../values.ts';

/** With a certificate of ours, the operator's own is not missed. */
function tls(props: Value): readonly Finding[] {
  const path = 'spec.http.tls.selfSignedCertificate.disabled';
  const settings = at(props, 'spec', 'http', 'tls');
  const off = at(settings, 'selfSignedCertificate', 'disabled');
  const own = at(settings, 'certificate', 'secretName');
  if (off === undefined || off === false || isText(own)) return [];
  return findings(path, off === UNKNOWN || own === UNKNOWN ? UNKNOWN : 'serves plain text');
}

function config(value: Value, path: string, anonymous: string): readonly Finding[] {
  const security = option(value, 'xpack.security.enabled');
  const off = security !== undefined && security !== true && security !== 'true';
  const open = hasOption(value, anonymous);
  return [
    ...findings(path, security === UNKNOWN ? UNKNOWN : off ? 'switches security off' : undefined),
    ...findings(
      path,
      open === UNKNOWN ? UNKNOWN : open ? 'lets people in without a login' : undefined,
    ),
  ];
}

export const elasticSecurity: Rule = {
  id: 'ES-01',
  name: 'es-01-security',
  title: 'Elasticsearch and Kibana demand TLS and a login',
  severity: 'critical',
  standards: ['ECK: TLS certificates', 'Elasticsearch: security settings'],
  why: 'Logs hold what users did, and who reads them without a login reads all tenants.',
  fix: 'Leave TLS and xpack.security on, and give nobody a role without a login.',
  check: (resource, context) => [
    ...forKinds(ELASTICSEARCH, ['Elasticsearch'], ({ props }) => [
      ...tls(props),
      ...eachEntry(props, 'spec.nodeSets', (set, path) =>
        config(at(set, 'config'), `${path}.config`, 'xpack.security.authc.anonymous'),
      ),
    ])(resource, context),
    ...forKinds(KIBANA, ['Kibana'], ({ props }) => [
      ...tls(props),
      ...config(
        at(props, 'spec', 'config'),
        'spec.config',
        'xpack.security.authc.providers.anonymous',
      ),
    ])(resource, context),
  ],
};
