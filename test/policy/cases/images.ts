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
};
