import { eachVolume } from '../volumes.ts';
import type { Rule } from '../rule.ts';
import { fields, UNKNOWN } from '../values.ts';

const ALLOWED = new Set([
  'configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'image', 'persistentVolumeClaim',
  'projected', 'secret',
]); // prettier-ignore

export const volumeKinds: Rule = {
  id: 'POD-08',
  name: 'pod-08-volume-kinds',
  title: 'Pods mount only kinds of volumes that stay inside the cluster',
  severity: 'high',
  standards: ['PSS restricted', 'CIS 5.2.12', 'C-0048', 'KSV-0023', 'KSV-0028'],
  why: 'A folder of the node or a share without credentials is open to every pod that asks for it.',
  fix: 'Use a PersistentVolumeClaim, emptyDir, ConfigMap, Secret, projected or CSI volume.',
  check: eachVolume((volume) => {
    const kinds = fields(volume);
    if (kinds === UNKNOWN) return UNKNOWN;
    const set = kinds.filter(([key, value]) => key !== 'name' && value !== null);
    return set.every(([key]) => ALLOWED.has(key)) ? undefined : 'is of a kind that is not allowed';
  }),
};
