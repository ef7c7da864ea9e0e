import { eachPod } from '../each.ts';
import { findings } from '../findings.ts';
import type { Rule } from '../rule.ts';
import { at, entries, UNKNOWN } from '../values.ts';

/** Those that Pod Security counts as safe: they act on the pod alone. */
const SAFE = new Set<unknown>([
  'kernel.shm_rmid_forced', 'net.ipv4.ip_local_port_range', 'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.ip_unprivileged_port_start', 'net.ipv4.ping_group_range', 'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl', 'net.ipv4.tcp_keepalive_probes', 'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_rmem', 'net.ipv4.tcp_syncookies', 'net.ipv4.tcp_wmem',
]); // prettier-ignore

export const sysctls: Rule = {
  id: 'POD-12',
  name: 'pod-12-sysctls',
  title: 'Pods set only kernel parameters that act on themselves',
  severity: 'medium',
  standards: ['PSS baseline', 'KSV-0026', 'kube-linter unsafe-sysctls'],
  why: 'Other parameters change the node for every pod on it, or take memory that nobody counts.',
  fix: 'Set the others on the node, or leave them out.',
  check: eachPod(({ path, spec }) => {
    const place = `${path}.securityContext.sysctls`;
    const list = entries(at(spec, 'securityContext', 'sysctls'));
    if (list === UNKNOWN) return findings(place, UNKNOWN);
    return list.flatMap((entry, index) => {
      const name = at(entry, 'name');
      const verdict = name === UNKNOWN ? UNKNOWN : 'is not on the list of safe ones';
      return findings(`${place}[${index}]`, SAFE.has(name) ? undefined : verdict, 'a sysctl');
    });
  }),
};
