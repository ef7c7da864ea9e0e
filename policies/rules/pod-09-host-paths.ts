import type { PodSpec } from '../pods.ts';
import type { Rule } from '../rule.ts';
import { at, entries, UNKNOWN, type Value } from '../values.ts';
import { eachVolume } from '../volumes.ts';

/** Whoever reads these owns the node or its other pods. */
const SENSITIVE = [
  '/boot', '/dev', '/etc', '/home', '/lib', '/proc', '/root', '/run', '/sys', '/usr', '/var/lib',
  '/var/run',
]; // prettier-ignore

function isSensitive(path: string): boolean {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  const clean = `/${parts.join('/')}`;
  if (parts.includes('..') || parts.length === 0 || clean === '/var') return true;
  return SENSITIVE.some((root) => clean === root || clean.startsWith(`${root}/`));
}

/** True when some container may write to the volume. `UNKNOWN` when that cannot be told. */
function isWritable(name: Value, pod: PodSpec): boolean | typeof UNKNOWN {
  const mounts = pod.containers.flatMap(({ value }): readonly Value[] => {
    const list = entries(at(value, 'volumeMounts'));
    return list === UNKNOWN ? [UNKNOWN] : list;
  });
  const own = mounts.filter((mount) => {
    const mounted = at(mount, 'name');
    return mounted === UNKNOWN || mounted === name;
  });
  const open = own.filter((mount) => at(mount, 'readOnly') !== true);
  const unclear = open.some(
    (mount) => at(mount, 'name') === UNKNOWN || at(mount, 'readOnly') === UNKNOWN,
  );
  return open.length > 0 && (unclear ? UNKNOWN : true);
}

export const hostPaths: Rule = {
  id: 'POD-09',
  name: 'pod-09-host-paths',
  title: 'No pod reaches the container runtime or the system files of its node',
  severity: 'critical',
  standards: ['C-0045', 'C-0074', 'CKV_K8S_27', 'KSV-0006', 'kube-linter sensitive-host-mounts'],
  why: 'The runtime socket starts privileged containers; the kubelet folder holds the tokens of all pods.',
  fix: 'Mount no folder of the node, or a narrow one such as /var/log/pods with readOnly: true.',
  check: eachVolume((volume, pod) => {
    const source = at(volume, 'hostPath');
    if (source === undefined) return undefined;
    const path = at(source, 'path');
    if (path === UNKNOWN) return UNKNOWN;
    if (typeof path !== 'string' || isSensitive(path)) return 'is a sensitive folder of the node';
    const writable = isWritable(at(volume, 'name'), pod);
    return writable === true ? 'is a writable folder of the node' : writable || undefined;
  }),
};
