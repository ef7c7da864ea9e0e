import { expectFields, forKinds, is, isAtLeast } from '../expect.ts';
import { findings, type Verdict } from '../findings.ts';
import { parseImage } from '../images.ts';
import type { Resource } from '../resource.ts';
import type { Finding, Rule } from '../rule.ts';
import { at, entries, fields, UNKNOWN, type Value } from '../values.ts';

const GROUP = 'monitoring.coreos.com';
const STORAGE = {
  field: 'spec.storage.volumeClaimTemplate',
  good: (value: Value) => typeof value === 'object' && !Array.isArray(value),
  problem: 'is not set: a restart forgets everything',
};
const ON = ['true', '1', 't', 'True', 'TRUE'];

function isGrafana(container: Value): boolean {
  const image = at(container, 'image');
  return typeof image === 'string' && /\/grafana$/.test(parseImage(image).repository);
}

/** What is wrong with one of Grafana's variables that has a value of its own. */
function problem(name: Value, value: Value): Verdict {
  if (value === undefined) return undefined;
  if (name === 'GF_SECURITY_ADMIN_PASSWORD') return 'writes the password of the administrator out';
  if (name !== 'GF_AUTH_ANONYMOUS_ENABLED') return undefined;
  if (value === UNKNOWN) return UNKNOWN;
  return ON.includes(value as string) ? 'lets people in without a login' : undefined;
}

function grafana({ pods }: Resource): readonly Finding[] {
  return pods.flatMap(({ containers }) =>
    containers
      .filter(({ value }) => isGrafana(value))
      .flatMap(({ path, value }) => {
        const list = entries(at(value, 'env'));
        if (list === UNKNOWN) return findings(`${path}.env`, UNKNOWN);
        return list.flatMap((one, index) =>
          findings(`${path}.env[${index}]`, problem(at(one, 'name'), at(one, 'value'))),
        );
      }),
  );
}

export const monitoring: Rule = {
  id: 'OB-01',
  name: 'ob-01-monitoring',
  title: 'What watches the platform keeps what it saw, and demands a login',
  severity: 'medium',
  standards: ['C-0090', 'Prometheus: security model', 'Alertmanager: high availability'],
  why: 'Whoever deletes series or silences alerts first is seen by nobody afterwards.',
  fix: 'Leave enableAdminAPI off, set storage, three Alertmanagers, and no anonymous Grafana.',
  check: (resource, context) => [
    ...forKinds(GROUP, ['Prometheus'], ({ props }) =>
      expectFields(props, [
        STORAGE,
        {
          field: 'spec.enableAdminAPI',
          good: is(undefined, false),
          problem: 'lets everybody who reaches it delete series',
        },
      ]),
    )(resource, context),
    ...forKinds(GROUP, ['Alertmanager'], ({ props }) =>
      expectFields(props, [
        STORAGE,
        { field: 'spec.replicas', good: isAtLeast(3), problem: 'are fewer than three' },
      ]),
    )(resource, context),
    ...grafana(resource),
    // Pods take their variables from ConfigMaps too.
    ...forKinds('', ['ConfigMap'], ({ props }) => {
      const data = fields(at(props, 'data'));
      if (data === UNKNOWN) return [];
      return data.flatMap(([name, value]) => findings(`data.${name}`, problem(name, value)));
    })(resource, context),
  ],
};
