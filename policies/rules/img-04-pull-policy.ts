import { findings } from '../findings.ts';
import { imagesOf, parseImage } from '../images.ts';
import type { Rule } from '../rule.ts';
import { UNKNOWN } from '../values.ts';

export const pullPolicy: Rule = {
  id: 'IMG-04',
  name: 'img-04-pull-policy',
  title: 'A node never runs an image that it cannot vouch for',
  severity: 'low',
  standards: ['C-0075', 'CKV_K8S_15'],
  why: 'Without a digest, an old image of the same tag stays; with "Never", anybody on the node chooses.',
  fix: 'Pin the image by digest, or set imagePullPolicy to Always.',
  check: (resource) =>
    imagesOf(resource).flatMap(({ path, owner, image, pullPolicy: policy }) => {
      if (image === UNKNOWN || policy === UNKNOWN) return findings(path, UNKNOWN);
      if (typeof image !== 'string') return [];
      const pinned = parseImage(image).digest !== undefined;
      const good = policy === 'Always' || (pinned && policy !== 'Never');
      return findings(path, good ? undefined : 'may run a stale image', owner);
    }),
};
