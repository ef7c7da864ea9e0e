import type { Rule } from '../rule.ts';
import { cloudRules } from './cloud.ts';
import { dataRules } from './data.ts';
import { kubernetesRules } from './kubernetes.ts';

/** All rules of the pack. */
export const rules: readonly Rule[] = [...kubernetesRules, ...dataRules, ...cloudRules];
