import { expectFields, forKinds, is, isA, isText } from '../expect.ts';
import { about, findings } from '../findings.ts';
import type { Resource } from '../resource.ts';
import type { Rule } from '../rule.ts';
import { at, entries, UNKNOWN, type Value } from '../values.ts';

/** Names of storage classes in an object, with their paths. */
function classes(resource: Resource): readonly (readonly [path: string, value: Value])[] {
  const spec = at(resource.props, 'spec');
  if (isA(resource, '', 'PersistentVolumeClaim')) {
    return [['spec.storageClassName', at(spec, 'storageClassName')]];
  }
  if (isA(resource, 'postgresql.cnpg.io', 'Cluster')) {
    return ['storage', 'walStorage'].map((part) => [
      `spec.${part}.storageClass`,
      at(spec, part, 'storageClass'),
    ]);
  }
  if (!isA(resource, 'apps', 'StatefulSet')) return [];
  const templates = entries(at(spec, 'volumeClaimTemplates'));
  if (templates === UNKNOWN) return [['spec.volumeClaimTemplates', UNKNOWN]];
  return templates.map((template, index) => [
    `spec.volumeClaimTemplates[${index}].spec.storageClassName`,
    at(template, 'spec', 'storageClassName'),
  ]);
}

export const storageClasses: Rule = {
  id: 'ST-01',
  name: 'st-01-storage-classes',
  title: 'Volumes are encrypted with a key of ours, and outlive their claim',
  severity: 'high',
  standards: ['C-0264', 'Kyverno restrict-storageclass'],
  why: 'A volume that goes with its claim is lost by one wrong delete; its snapshot is read by others.',
  fix: 'Set encrypted and kmsKeyId, Retain, allowVolumeExpansion and WaitForFirstConsumer, and use such classes.',
  knownLater: true,
  settings: {
    classes: {
      meaning:
        'Storage classes of the cluster that volumes may use, besides those of the stack. Empty: any.',
      default: [],
    },
  },
  check: forKinds('storage.k8s.io', ['StorageClass'], ({ props }) =>
    expectFields(props, [
      { field: 'parameters.encrypted', good: is('true'), problem: 'is not "true"' },
      { field: 'parameters.kmsKeyId', good: isText, problem: 'is no key of ours' },
      { field: 'reclaimPolicy', good: is('Retain'), problem: 'deletes volumes with their claims' },
      { field: 'allowVolumeExpansion', good: is(true), problem: 'is off' },
      {
        field: 'volumeBindingMode',
        good: is('WaitForFirstConsumer'),
        problem: 'makes volumes in zones where no pod may run',
      },
    ]),
  ),
  checkStack: (stack, context) => {
    const allowed = context.setting<readonly string[]>('classes');
    if (allowed.length === 0) return [];
    const own = stack.ofKind('storage.k8s.io', 'StorageClass').map(({ objectName }) => objectName);
    return stack.resources.flatMap((resource) =>
      classes(resource).flatMap(([path, value]) => {
        const good = value !== UNKNOWN && [...own, ...allowed].includes(value as string);
        // The default class of the cluster is no choice of ours.
        if (good || value === undefined) return [];
        const unclear = value === UNKNOWN || own.includes(UNKNOWN);
        return about(resource, findings(path, unclear ? UNKNOWN : 'is no allowed storage class'));
      }),
    );
  },
};
