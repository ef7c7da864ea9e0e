import type { Rule } from '../rule.ts';
import { imageTag } from './img-01-tag.ts';
import { privileged } from './pod-01-privileged.ts';
import { privilegeEscalation } from './pod-02-privilege-escalation.ts';
import { runAsNonRoot } from './pod-03-run-as-non-root.ts';
import { capabilities } from './pod-05-capabilities.ts';

/** All rules of the pack. */
export const rules: readonly Rule[] = [
  privileged,
  privilegeEscalation,
  runAsNonRoot,
  capabilities,
  imageTag,
];
