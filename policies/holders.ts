import type { PodPart } from './pods.ts';
import { mongoPods } from './mongo-pods.ts';
import { at, entries, UNKNOWN, type Value } from './values.ts';

type Holder = (object: Value) => readonly PodPart[];
type Fills = Omit<PodPart, 'path' | 'spec' | 'labels'>;

/** A pod template at a path of the object; it may be left out, the operator's containers stay. */
function template(path: string, filled: Fills): Holder {
  return (object) => [templateAt(at(object, ...path.split('.')), path, filled)];
}

function templateAt(value: Value, path: string, filled: Fills): PodPart {
  if (value === UNKNOWN) return { path, spec: UNKNOWN, own: [], fills: [] };
  const labels = at(value, 'metadata', 'labels');
  return { path: `${path}.spec`, spec: at(value, 'spec') ?? {}, labels, ...filled };
}

/** Settings of the pod directly in `spec`, as prometheus-operator has them. */
function inSpec(filled: Fills): Holder {
  return (object) => {
    const spec = at(object, 'spec') ?? {};
    const labels = at(spec, 'podMetadata', 'labels');
    const ownValue: Value = { resources: at(spec, 'resources') };
    return [{ path: 'spec', spec, labels, ownValue, ...filled }];
  };
}

/** What CNPG and prometheus-operator give their containers, and Elastic from version 8.8 on. */
const HARDENED = ['image', 'container-security', 'read-only-root', 'lifecycle', 'pod'] as const;

const nodeSets: Holder = (object) => {
  const sets = entries(at(object, 'spec', 'nodeSets'));
  if (sets === UNKNOWN) return [{ path: 'spec.nodeSets', spec: UNKNOWN, own: [], fills: [] }];
  return sets.map((set, index) =>
    templateAt(at(set, 'podTemplate'), `spec.nodeSets[${index}].podTemplate`, {
      own: ['elasticsearch'],
      fills: [...HARDENED, 'user'],
      fillsWithoutContext: ['seccomp'],
    }),
  );
};

/** Custom resources whose operators build pods from them, and what these operators add. */
export const CUSTOM_HOLDERS: Readonly<Record<string, Holder>> = {
  'postgresql.cnpg.io:Pooler': template('spec.template', {
    own: ['pgbouncer'],
    fills: [...HARDENED, 'user', 'seccomp'],
  }),
  'elasticsearch.k8s.elastic.co:Elasticsearch': nodeSets,
  // ECK sets a numeric user, but neither runAsNonRoot nor, with a context of ours, seccomp.
  'kibana.k8s.elastic.co:Kibana': template('spec.podTemplate', {
    own: ['kibana'],
    fills: HARDENED,
    fillsWithoutContext: ['seccomp'],
  }),
  'logstash.k8s.elastic.co:Logstash': template('spec.podTemplate', {
    own: ['logstash'],
    fills: ['image', 'lifecycle', 'pod'],
  }),
  'monitoring.coreos.com:Prometheus': inSpec({ own: ['prometheus'], fills: HARDENED }),
  'monitoring.coreos.com:PrometheusAgent': inSpec({ own: ['prometheus'], fills: HARDENED }),
  'monitoring.coreos.com:Alertmanager': inSpec({ own: ['alertmanager'], fills: HARDENED }),
  'monitoring.coreos.com:ThanosRuler': inSpec({ own: ['thanos-ruler'], fills: HARDENED }),
  'psmdb.percona.com:PerconaServerMongoDB': mongoPods,
};
