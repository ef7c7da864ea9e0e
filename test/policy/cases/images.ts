import type { Case } from '../table.ts';
import {
  change,
  containerField,
  fails,
  field,
  isUnknown,
  passes,
  broken,
  unverified,
} from '../table.ts';
import { deploymentOf, IMAGE, podSpec } from '../good.ts';
import { unknownObject, type Subject } from '../support.ts';
import type { Cases } from './index.ts';

const POD = 'spec.template.spec';

const cluster = (spec: unknown): Subject => ({
  type: 'kubernetes:postgresql.cnpg.io/v1:Cluster',
  props: { metadata: { name: 'postgres', namespace: 'saas-data' }, spec },
});
const pooler = (spec: unknown): Subject => ({
  type: 'kubernetes:postgresql.cnpg.io/v1:Pooler',
  props: { metadata: { name: 'pooler', namespace: 'saas-data' }, spec },
});
const volumes = (value: unknown) => deploymentOf(change(podSpec(), 'volumes', value));

export const images: Cases = {
  'IMG-01': (rule) => [
    ...containerField(rule, {
      field: 'image',
      place: 'image',
      good: [IMAGE, 'docker.io/library/redis:8.0.2', 'localhost:5000/redis:8.0.2'],
      bad: [
        ['redis:latest', 'container "web" has an image with the tag "latest"'],
        ['redis', 'container "web" has an image without a tag'],
        ['redis:latest@sha256:00', 'container "web" has an image with the tag "latest"'],
        ['localhost:5000/redis', 'container "web" has an image without a tag'],
        ['', 'container "web" has an image without a tag'],
        [undefined, 'container "web" names no image'],
        [null, 'container "web" names no image'],
      ],
      wrong: 'container "web" names no image',
      unknown: [
        [`${POD}.containers[0].image`, `${POD}.containers[0].image`],
        [`${POD}.containers[0]`, `${POD}.containers[0]`],
        [`${POD}.containers`, `${POD}.containers`],
        [`${POD}.volumes`, `${POD}.volumes`],
        ['spec', POD],
      ],
    }),
    ...field(rule, {
      base: [cluster({ imageName: 'ghcr.io/cloudnative-pg/postgresql:17' })],
      field: 'spec.imageName',
      good: ['ghcr.io/cloudnative-pg/postgresql:17'],
      bad: [
        [undefined, 'the Cluster names no image'],
        ['postgresql', 'the Cluster has an image without a tag'],
      ],
      wrong: 'the Cluster names no image',
    }),
    passes('PostgreSQL from a catalogue', cluster({ imageCatalogRef: { kind: 'ImageCatalog' } })),
    passes(
      'a pooler that leaves the image to the operator',
      pooler({ template: { spec: { containers: [{ name: 'pgbouncer' }] } } }),
    ),
    passes('volumes without images', volumes([{ name: 'tmp', emptyDir: {} }])),
    fails(
      'a pooler with an image without a tag',
      broken(rule, 'the Pooler has an image without a tag (spec.pgbouncer.image)'),
      pooler({ pgbouncer: { image: 'pgbouncer' } }),
    ),
    fails(
      'an image as a volume',
      broken(rule, `a volume has an image without a tag (${POD}.volumes[0])`),
      volumes([{ name: 'models', image: { reference: 'models' } }]),
    ),
    isUnknown('a volume', unverified(rule, `${POD}.volumes[0]`), volumes([unknownObject])),
  ],
  'IMG-02': (rule) => [
    ...containerField(rule, {
      field: 'image',
      place: 'image',
      good: [IMAGE, `redis@sha256:${'a'.repeat(64)}`],
      bad: [
        ['docker.io/library/redis:8.0.2', 'container "web" has an image without a digest'],
        ['redis:8@sha256:short', 'container "web" has an image without a digest'],
        ['', 'container "web" has an image without a digest'],
        [undefined, 'container "web" names no image'],
        [null, 'container "web" names no image'],
      ],
      wrong: 'container "web" names no image',
      unknown: IMAGE_UNKNOWN,
    }),
    fails(
      'PostgreSQL by tag alone',
      broken(rule, 'the Cluster has an image without a digest (spec.imageName)'),
      cluster({ imageName: 'ghcr.io/cloudnative-pg/postgresql:17' }),
    ),
  ],
  'IMG-03': (rule) => [
    ...containerField(rule, {
      field: 'image',
      place: 'image',
      good: [IMAGE, 'redis', 'library/redis', 'docker.io/redis:8', 'quay.io/jetstack/controller:1'],
      bad: [
        ['example.org/redis:8', UNLISTED],
        ['bitnami/redis:8', UNLISTED],
        ['docker.io.example.org/library/redis:8', UNLISTED],
        ['quay.io/jetstackish/controller:1', UNLISTED],
        ['localhost:5000/library/redis', UNLISTED],
      ],
      unknown: IMAGE_UNKNOWN,
    }),
    ...([null, '', 7] as const).map((image) => odd(image)),
    {
      ...passes('a registry of the user', deploymentWith('registry.example.org/team/app:1')),
      settings: { registries: ['registry.example.org/team'] },
    },
    {
      ...fails(
        'a listed registry once the user lists others',
        broken(rule, `${UNLISTED} (${POD}.containers[0].image)`),
        deploymentOf(),
      ),
      settings: { registries: ['registry.example.org/team'] },
    },
  ],
  'IMG-04': (rule) => [
    ...containerField(rule, {
      field: 'imagePullPolicy',
      place: 'image',
      good: [undefined, null, 'IfNotPresent', 'Always'],
      bad: [['Never', 'container "web" may run a stale image']],
      unknown: [
        [`${POD}.containers[0].imagePullPolicy`, `${POD}.containers[0].image`],
        [POD, POD],
      ],
    }),
    ...(['redis:8', ''] as const).map((image) => ({
      ...fails(
        `the image "${image}" without a digest`,
        broken(rule, `container "web" may run a stale image (${POD}.containers[0].image)`),
        deploymentWith(image),
      ),
      shows: image === '' ? ('empty' as const) : ('fail' as const),
    })),
    { ...passes('an image that is no text', deploymentWith(7)), shows: 'wrong type' },
  ],
  'IMG-05': (rule) => [
    ...containerField(rule, {
      field: 'image',
      place: 'image',
      good: [IMAGE, 'jaegertracing/jaeger:2.20.0', 'registry.k8s.io/pause:3.10'],
      bad: [
        ['bitnami/redis:8', retired('Bitnami no longer publishes free versions')],
        ['k8s.gcr.io/pause:3', retired('its registry is frozen, registry.k8s.io took over')],
        ['registry.k8s.io/ingress-nginx/controller:v1', retired('ingress-nginx is retired')],
        ['jaegertracing/all-in-one:1', retired('Jaeger 1 is retired')],
        ['jaegertracing/jaeger-agent:1', retired('Jaeger 1 and its agent are retired')],
      ],
      unknown: IMAGE_UNKNOWN,
    }),
    ...([null, '', 7] as const).map((image) => odd(image)),
  ],
};

const UNLISTED = 'container "web" has an image of a registry that is not listed';

const IMAGE_UNKNOWN = [
  [`${POD}.containers[0].image`, `${POD}.containers[0].image`],
  [`${POD}.containers`, `${POD}.containers`],
  ['spec', POD],
] as const;

function retired(fate: string): string {
  return `container "web" has a retired image: ${fate}`;
}

function deploymentWith(image: unknown): Subject {
  return deploymentOf(change(podSpec(), 'containers[0].image', image));
}

/** What is no image reference is the business of IMG-01. */
function odd(image: unknown): Case {
  const shows = image === null ? 'null' : image === '' ? 'empty' : 'wrong type';
  return { ...passes(`an image that is ${JSON.stringify(image)}`, deploymentWith(image)), shows };
}
