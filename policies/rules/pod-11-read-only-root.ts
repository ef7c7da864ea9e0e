import { eachContainer } from '../each.ts';
import type { Rule } from '../rule.ts';
import { at, UNKNOWN } from '../values.ts';

export const readOnlyRoot: Rule = {
  id: 'POD-11',
  name: 'pod-11-read-only-root',
  title: 'Containers cannot change their own programs',
  severity: 'medium',
  standards: ['NSA 1.1', 'C-0017', 'CKV_K8S_22', 'KSV-0014', 'kube-linter no-read-only-root-fs'],
  why: 'With a writable root, an intruder can leave tools behind and replace what runs.',
  fix: 'Set securityContext.readOnlyRootFilesystem to true; mount an emptyDir where files are written.',
  check: eachContainer(({ value, fills }) => {
    const setting = at(value, 'securityContext', 'readOnlyRootFilesystem');
    if (setting === UNKNOWN) return UNKNOWN;
    if (setting === true) return undefined;
    if (setting !== undefined) return 'has a writable root';
    return fills('read-only-root') ? undefined : 'does not set readOnlyRootFilesystem';
  }),
};
