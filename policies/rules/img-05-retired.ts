import { eachImage } from '../images.ts';
import type { Rule } from '../rule.ts';

/** Start of the repository, and what became of it. */
const RETIRED: readonly (readonly [start: string, fate: string])[] = [
  ['k8s.gcr.io/', 'its registry is frozen, registry.k8s.io took over'],
  ['gcr.io/google_containers/', 'its registry is frozen, registry.k8s.io took over'],
  ['registry.k8s.io/ingress-nginx/', 'ingress-nginx is retired'],
  ['docker.io/jaegertracing/all-in-one', 'Jaeger 1 is retired'],
  ['docker.io/jaegertracing/jaeger-', 'Jaeger 1 and its agent are retired'],
  ['docker.io/bitnami/', 'Bitnami no longer publishes free versions'],
  ['docker.io/bitnamilegacy/', 'Bitnami Legacy gets no fixes'],
];

export const retiredImages: Rule = {
  id: 'IMG-05',
  name: 'img-05-retired',
  title: 'No image is one that nobody mends any more',
  severity: 'medium',
  standards: ['C-0253', 'C-0292'],
  why: 'Holes found from now on stay open.',
  fix: 'Move to the successor of the image.',
  check: eachImage(({ repository }) => {
    const fate = RETIRED.find(([start]) => repository.startsWith(start))?.[1];
    return fate === undefined ? undefined : `has a retired image: ${fate}`;
  }),
};
