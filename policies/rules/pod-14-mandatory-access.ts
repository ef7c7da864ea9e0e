import { eachPod } from '../each.ts';
import { broken, unknown } from '../findings.ts';
import type { Finding, Rule } from '../rule.ts';
import { at, fields, UNKNOWN, type Value } from '../values.ts';

const SELINUX_TYPES = [
  undefined, '', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t',
]; // prettier-ignore

function one(path: string, value: Value, allowed: readonly Value[], what: string) {
  if (value === UNKNOWN) return [unknown(path)];
  return allowed.includes(value) ? [] : [broken(path, what)];
}

function inContext(context: Value, path: string): readonly Finding[] {
  const selinux = (name: string) => at(context, 'seLinuxOptions', name);
  const place = `${path}.seLinuxOptions`;
  const profiles = [undefined, 'RuntimeDefault', 'Localhost'];
  return [
    ...one(
      `${path}.appArmorProfile`,
      at(context, 'appArmorProfile', 'type'),
      profiles,
      'switches AppArmor off',
    ),
    ...one(place, selinux('type'), SELINUX_TYPES, 'has an SELinux type that is not for containers'),
    ...one(place, selinux('user'), [undefined, ''], 'sets an SELinux user'),
    ...one(place, selinux('role'), [undefined, ''], 'sets an SELinux role'),
  ];
}

const OLD = 'container.apparmor.security.beta.kubernetes.io/';

/** Before Kubernetes 1.30 the profile stood in annotations, and it still counts there. */
function inAnnotations(annotations: Value, path: string): readonly Finding[] {
  const all = fields(annotations);
  if (all === UNKNOWN) return [unknown(path)];
  return all
    .filter(([name]) => name.startsWith(OLD))
    .flatMap(([, value]) => {
      if (value === UNKNOWN) return [unknown(path)];
      const good = typeof value === 'string' && /^(runtime\/default|localhost\/.*|)$/.test(value);
      return good ? [] : [broken(path, 'switches AppArmor off')];
    });
}

export const mandatoryAccess: Rule = {
  id: 'POD-14',
  name: 'pod-14-mandatory-access',
  title: 'AppArmor and SELinux stay on',
  severity: 'medium',
  standards: ['PSS baseline', 'NSA 1.8', 'NSA 1.9', 'KSV-0002', 'KSV-0025'],
  why: 'They hold a process that broke out of its container; without them it acts on the whole node.',
  fix: 'Leave appArmorProfile and seLinuxOptions out, or use RuntimeDefault and a container type.',
  check: eachPod((pod) => [
    ...inContext(at(pod.spec, 'securityContext'), `${pod.path}.securityContext`),
    ...inAnnotations(pod.annotations, pod.path.replace(/spec$/, 'metadata.annotations')),
    ...pod.containers.flatMap(({ value, path }) =>
      inContext(at(value, 'securityContext'), `${path}.securityContext`),
    ),
  ]),
};
