import { broken, unknown } from '../findings.ts';
import type { Rule } from '../rule.ts';
import { at, entries, UNKNOWN } from '../values.ts';

const KINDS = [undefined, 'ClusterIP'];

export const services: Rule = {
  id: 'NET-07',
  name: 'net-07-services',
  title: 'Services are reached from inside, except the listed ones',
  severity: 'high',
  standards: ['C-0283', 'KSV-0108', 'Kyverno restrict-service-external-ips'],
  why: 'A NodePort or a load balancer goes past the gateway: no TLS, no limits, no log.',
  fix: 'Use ClusterIP; list a load balancer in the setting "public", with source ranges or externalTrafficPolicy: Local.',
  settings: {
    public: {
      meaning: 'Services that may be load balancers, as `<namespace>/<name>`.',
      default: ['saas-edge/gateway'],
    },
  },
  check: ({ kind, props, namespace, objectName }, context) => {
    if (kind?.group !== '' || kind.kind !== 'Service') return [];
    const type = at(props, 'spec', 'type');
    const ips = entries(at(props, 'spec', 'externalIPs'));
    const ranges = entries(at(props, 'spec', 'loadBalancerSourceRanges'));
    const external = ips === UNKNOWN ? [unknown('spec.externalIPs')] : [];
    if (ips !== UNKNOWN && ips.length > 0)
      external.push(broken('spec.externalIPs', 'takes addresses'));
    if (type === UNKNOWN) return [unknown('spec.type'), ...external];
    if (KINDS.includes(type as string | undefined)) return external;
    const listed = context
      .setting<readonly string[]>('public')
      .includes(`${String(namespace)}/${String(objectName)}`);
    if (type !== 'LoadBalancer' || !listed) {
      return [broken('spec.type', 'is open to the outside'), ...external];
    }
    // With the client's address kept, the network policy of the pods decides who comes in.
    const local = at(props, 'spec', 'externalTrafficPolicy') === 'Local';
    if (ranges === UNKNOWN) return [unknown('spec.loadBalancerSourceRanges'), ...external];
    const bounded = ranges.length > 0 || local;
    return bounded ? external : [broken('spec.type', 'is open without source ranges'), ...external];
  },
};
