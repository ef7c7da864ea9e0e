import { eachEntry, expectFields, forKinds, isText } from '../expect.ts';
import { findings } from '../findings.ts';
import { eachConfiguration, PSMDB, setting } from '../mongo.ts';
import type { Finding, Rule } from '../rule.ts';
import { at, entries, UNKNOWN, type Value } from '../values.ts';

const POWERFUL = /^(root|__system|\w+AnyDatabase)$/;
const PLAIN = setting('enableEncryption', 'false', 'no', 'off');
const DELETES = 'percona.com/delete-psmdb-pvc';

function user(value: Value, path: string): readonly Finding[] {
  const roles = entries(at(value, 'roles'));
  const names = roles === UNKNOWN ? [UNKNOWN] : roles.map((role) => at(role, 'name'));
  const strong = names.some((name) => typeof name === 'string' && POWERFUL.test(name));
  const unclear = names.includes(UNKNOWN) ? UNKNOWN : undefined;
  return [
    ...findings(`${path}.roles`, strong ? 'reach every database' : unclear),
    ...expectFields(
      value,
      [{ field: 'passwordSecretRef.name', good: isText, problem: 'names no Secret' }],
      path,
    ),
  ];
}

function volume(set: Value, path: string): readonly Finding[] {
  const claim = at(set, 'volumeSpec', 'persistentVolumeClaim');
  const verdict = claim === UNKNOWN ? UNKNOWN : undefined;
  const kept = typeof claim === 'object' && !Array.isArray(claim);
  return findings(
    `${path}.volumeSpec.persistentVolumeClaim`,
    verdict ?? (kept ? undefined : 'is no claim'),
  );
}

function deletion(props: Value): readonly Finding[] {
  const finalizers = entries(at(props, 'metadata', 'finalizers'));
  if (finalizers === UNKNOWN) return findings('metadata.finalizers', UNKNOWN);
  const unclear = finalizers.includes(UNKNOWN) ? UNKNOWN : undefined;
  const deletes = finalizers.includes(DELETES);
  return findings('metadata.finalizers', deletes ? 'deletes the data with the cluster' : unclear);
}

export const mongoUsers: Rule = {
  id: 'MG-05',
  name: 'mg-05-users',
  title: 'MongoDB users reach one database, and its data is encrypted and kept',
  severity: 'high',
  standards: ['MongoDB: built-in roles', 'Percona Operator: data at rest encryption'],
  why: 'A stolen login of such a user is the whole database; data in a pod ends with the pod.',
  fix: `Grant roles of one database, name a passwordSecretRef, keep encryption and claims, and drop ${DELETES}.`,
  check: forKinds(PSMDB, ['PerconaServerMongoDB'], ({ props }) => [
    ...eachEntry(props, 'spec.users', user),
    ...eachEntry(props, 'spec.replsets', volume),
    ...eachConfiguration(props, (text) =>
      PLAIN.test(text) ? 'stores data in the clear' : undefined,
    ),
    ...deletion(props),
  ]),
};
