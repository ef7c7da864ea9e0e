import type { Finding } from './rule.ts';
import { broken, unknown } from './findings.ts';
import type { Resource } from './resource.ts';
import { at, entries, UNKNOWN, type Value } from './values.ts';

/** An image that an object names, or should name. */
export interface ImageUse {
  readonly path: string;
  /** Start of a sentence, for example `container "web"`. */
  readonly owner: string;
  readonly image: Value;
  /** False where somebody else chooses the image if it is left out. */
  readonly required: boolean;
  /** Field that decides when the node asks the registry, where the object has one. */
  readonly pullPolicy: Value;
}

/** Parts of an image reference. A missing registry is Docker Hub's. */
export interface ImageName {
  readonly registry: string;
  /** With the registry and without tag and digest: `docker.io/library/redis`. */
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

/** Image fields outside of pods; a required one stands for a default that follows the operator. */
const IMAGE_FIELDS: Readonly<Record<string, readonly { path: string; required: boolean }[]>> = {
  'postgresql.cnpg.io:Cluster': [{ path: 'spec.imageName', required: true }],
  'postgresql.cnpg.io:Pooler': [{ path: 'spec.pgbouncer.image', required: false }],
  'elasticsearch.k8s.elastic.co:Elasticsearch': [{ path: 'spec.image', required: false }],
  'kibana.k8s.elastic.co:Kibana': [{ path: 'spec.image', required: false }],
  'logstash.k8s.elastic.co:Logstash': [{ path: 'spec.image', required: false }],
  'monitoring.coreos.com:Prometheus': [{ path: 'spec.image', required: false }],
  'monitoring.coreos.com:PrometheusAgent': [{ path: 'spec.image', required: false }],
  'monitoring.coreos.com:Alertmanager': [{ path: 'spec.image', required: false }],
  'monitoring.coreos.com:ThanosRuler': [{ path: 'spec.image', required: false }],
};

/** Every image that an object uses: of its pods, of image volumes, and in fields of its own. */
export function imagesOf(resource: Resource): readonly ImageUse[] {
  return [...inPods(resource), ...inFields(resource)];
}

function inPods({ pods }: Resource): readonly ImageUse[] {
  return pods.flatMap((pod) => [
    ...pod.containers.map(({ path, name, value, fills }): ImageUse => {
      const owner = `container "${name}"`;
      const pullPolicy = at(value, 'imagePullPolicy');
      if (value === UNKNOWN) return { path, owner, image: UNKNOWN, required: true, pullPolicy };
      const image = at(value, 'image');
      return { path: `${path}.image`, owner, image, required: !fills('image'), pullPolicy };
    }),
    ...inVolumes(pod.path, pod.spec),
  ]);
}

/** A volume can hold the files of an image too. */
function inVolumes(path: string, spec: Value): readonly ImageUse[] {
  const use = (place: string, image: Value, pullPolicy: Value): ImageUse => ({
    path: place,
    owner: 'a volume',
    image,
    required: false,
    pullPolicy,
  });
  const volumes = spec === UNKNOWN ? [] : entries(at(spec, 'volumes'));
  if (volumes === UNKNOWN) return [use(`${path}.volumes`, UNKNOWN, undefined)];
  return volumes.map((volume, index) =>
    use(
      `${path}.volumes[${index}]`,
      at(volume, 'image', 'reference'),
      at(volume, 'image', 'pullPolicy'),
    ),
  );
}

function inFields({ kind, props }: Resource): readonly ImageUse[] {
  const fields = IMAGE_FIELDS[`${kind?.group}:${kind?.kind}`] ?? [];
  return fields.map(({ path, required }) => {
    // A catalogue names the image elsewhere, and that object is judged by itself.
    const catalogue = at(props, 'spec', 'imageCatalogRef') !== undefined;
    return {
      path,
      owner: `the ${kind?.kind}`,
      image: at(props, ...path.split('.')),
      required: required && !catalogue && kind?.form !== 'Patch',
      pullPolicy: at(props, 'spec', 'imagePullPolicy'),
    };
  });
}

/** Takes a reference apart as container runtimes do. */
export function parseImage(reference: string): ImageName {
  const [named = '', digest] = reference.split('@');
  const [, name = named, tag] = /^(.*):([^:/]+)$/.exec(named) ?? [];
  const [first = '', ...rest] = name.split('/');
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const registry = isHost ? first : 'docker.io';
  const path = isHost ? rest.join('/') : name;
  const library = registry === 'docker.io' && !path.includes('/') ? 'library/' : '';
  return { registry, repository: `${registry}/${library}${path}`, tag, digest };
}

/** Applies one check to every image that is named; unknown ones are reported as such. */
export function eachImage(
  check: (image: ImageName, use: ImageUse) => string | undefined,
  absent?: string,
): (resource: Resource) => readonly Finding[] {
  return (resource) =>
    imagesOf(resource).flatMap((use) => {
      const { path, owner, image, required } = use;
      if (image === UNKNOWN) return [unknown(path)];
      if (image === undefined && !required) return [];
      const problem = typeof image === 'string' ? check(parseImage(image), use) : absent;
      return problem === undefined ? [] : [broken(path, `${owner} ${problem}`)];
    });
}
