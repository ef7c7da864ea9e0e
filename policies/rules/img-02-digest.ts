import { eachImage } from '../images.ts';
import type { Rule } from '../rule.ts';

export const imageDigest: Rule = {
  id: 'IMG-02',
  name: 'img-02-digest',
  title: 'Every image is pinned by its digest',
  severity: 'high',
  standards: ['CKV_K8S_43', 'C-0306', 'Kyverno require-image-checksum'],
  why: 'A tag can be moved: what was tested and what runs would differ without any change here.',
  fix: 'Add the digest, as in "docker.io/library/redis:8.0.2@sha256:…".',
  check: eachImage(({ digest }) => {
    const pinned = digest !== undefined && /^sha256:[0-9a-f]{64}$/.test(digest);
    return pinned ? undefined : 'has an image without a digest';
  }, 'names no image'),
};
