import { eachImage } from '../images.ts';
import type { Rule } from '../rule.ts';

export const imageTag: Rule = {
  id: 'IMG-01',
  name: 'img-01-tag',
  title: 'Every image has a version as its tag',
  severity: 'high',
  standards: ['CKV_K8S_14', 'KSV-0013', 'kube-linter latest-tag'],
  why: 'Without one, nobody can say what runs, and the next pull may bring something else.',
  fix: 'Name a version, for example "docker.io/library/redis:8.0.2".',
  check: eachImage(({ tag }) => {
    // The digest alone tells people nothing.
    if (tag === undefined) return 'has an image without a tag';
    return tag === 'latest' ? 'has an image with the tag "latest"' : undefined;
  }, 'names no image'),
};
