import { broken } from '../findings.ts';
import type { Rule } from '../rule.ts';

const OPAQUE = /^kubernetes:(helm\.sh\/v3:Release|yaml(\/v2)?:|kustomize(\/v2)?:)/;

export const bypass: Rule = {
  id: 'PU-03',
  name: 'pu-03-bypass',
  title: 'Every object is declared by itself',
  severity: 'high',
  standards: ['Pulumi policy coverage'],
  why: 'Releases, lists and patches hide objects from the rules, or change those of others.',
  fix: 'Declare the object, or add its type to the setting "types" of this rule.',
  settings: {
    types: {
      meaning: 'Types that may be used nevertheless.',
      // Namespaces come with this account; a patch is the only way to take its token.
      default: ['kubernetes:core/v1:ServiceAccountPatch'],
    },
  },
  check: ({ type, kind }, context) => {
    if (kind === undefined && !OPAQUE.test(type)) return [];
    if (context.setting<readonly string[]>('types').includes(type)) return [];
    const partial = kind !== undefined && kind.form !== '';
    return partial || OPAQUE.test(type) ? [broken('type', 'hides objects from the rules')] : [];
  },
};
