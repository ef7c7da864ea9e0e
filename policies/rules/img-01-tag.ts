import { containers, kindOf, podSpecs } from '../pods.ts';
import type { Finding, Rule, Subject } from '../rule.ts';
import { at, entries, UNKNOWN, type Value } from '../values.ts';

/** Image fields outside pods: required ones stand for a default that follows the operator. */
const IMAGE_FIELDS: Readonly<Record<string, readonly { path: string; required: boolean }[]>> = {
  'postgresql.cnpg.io:Cluster': [{ path: 'spec.imageName', required: true }],
  'postgresql.cnpg.io:Pooler': [{ path: 'spec.pgbouncer.image', required: false }],
};

/** What is wrong with an image reference, or `undefined`. The digest alone tells people nothing. */
export function tagProblem(reference: string): string | undefined {
  const name = reference.split('@')[0] ?? '';
  const tag = /:([^:/]+)$/.exec(name)?.[1];
  if (tag === undefined) return `has an image without a tag: "${reference}"`;
  return tag === 'latest' ? `has an image with the tag "latest": "${reference}"` : undefined;
}

function judge(path: string, owner: string, image: Value, required: boolean): readonly Finding[] {
  if (image === UNKNOWN) return [{ kind: 'unknown', path }];
  if (image === undefined && !required) return [];
  const problem = typeof image === 'string' ? tagProblem(image) : 'names no image';
  return problem === undefined ? [] : [{ kind: 'broken', path, problem: `${owner} ${problem}` }];
}

function inPods({ type, props }: Subject): readonly Finding[] {
  return podSpecs(type, props).flatMap((pod) => [
    ...containers(pod).flatMap(({ path, name, value }) => {
      const owner = `container "${name}"`;
      if (value === UNKNOWN) return judge(path, owner, UNKNOWN, true);
      return judge(`${path}.image`, owner, at(value, 'image'), !pod.partial);
    }),
    ...inVolumes(pod.path, pod.spec),
  ]);
}

/** A volume can hold the files of an image too. */
function inVolumes(path: string, spec: Value): readonly Finding[] {
  const volumes = spec === UNKNOWN ? [] : entries(at(spec, 'volumes'));
  if (volumes === UNKNOWN) return [{ kind: 'unknown', path: `${path}.volumes` }];
  return volumes.flatMap((volume, index) => {
    const reference = at(volume, 'image', 'reference');
    return judge(`${path}.volumes[${index}]`, 'a volume', reference, false);
  });
}

function inFields({ type, props }: Subject): readonly Finding[] {
  const { group, kind } = kindOf(type) ?? { group: '', kind: '' };
  return (IMAGE_FIELDS[`${group}:${kind}`] ?? []).flatMap(({ path, required }) => {
    // A catalogue names the image elsewhere, and that object is judged by itself.
    const catalogue = at(props, 'spec', 'imageCatalogRef') !== undefined;
    return judge(path, `the ${kind}`, at(props, ...path.split('.')), required && !catalogue);
  });
}

export const imageTag: Rule = {
  id: 'IMG-01',
  name: 'img-01-tag',
  title: 'Every image has a version as its tag',
  severity: 'high',
  why: 'Without one, nobody can say what runs, and the next pull may bring something else.',
  fix: 'Name a version, for example "docker.io/library/redis:8.0.2".',
  check: (subject) => [...inPods(subject), ...inFields(subject)],
};
