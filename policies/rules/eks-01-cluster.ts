import { forAws } from '../aws.ts';
import { expectFields, is, isText } from '../expect.ts';
import { findings } from '../findings.ts';
import type { Finding, Rule } from '../rule.ts';
import { at, entries, UNKNOWN, type Value } from '../values.ts';

const LOGS = ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'];
const EVERYWHERE = ['0.0.0.0/0', '::/0'];

function logs(props: Value): readonly Finding[] {
  const types = entries(at(props, 'enabledClusterLogTypes'));
  const path = 'enabledClusterLogTypes';
  if (types === UNKNOWN) return findings(path, UNKNOWN);
  const missing = LOGS.some((type) => !types.includes(type));
  const verdict = missing ? 'leave out a kind of log' : undefined;
  return findings(path, missing && types.includes(UNKNOWN) ? UNKNOWN : verdict);
}

/** Without a list, AWS lets every address in. */
function addresses(props: Value): readonly Finding[] {
  const path = 'vpcConfig.publicAccessCidrs';
  const [open, value] = ['endpointPublicAccess', 'publicAccessCidrs'].map((field) =>
    at(props, 'vpcConfig', field),
  );
  if (open === false) return [];
  const list = entries(value);
  if (list === UNKNOWN || open === UNKNOWN) return findings(path, UNKNOWN);
  const broad = list.length === 0 || list.some((one) => EVERYWHERE.includes(one as string));
  const unclear = list.includes(UNKNOWN) ? UNKNOWN : undefined;
  return findings(path, broad ? 'let every address in' : unclear);
}

function secrets(props: Value): readonly Finding[] {
  const resources = entries(at(props, 'encryptionConfig', 'resources'));
  const path = 'encryptionConfig.resources';
  if (resources === UNKNOWN) return findings(path, UNKNOWN);
  const all = resources.includes('secrets');
  const unclear = resources.includes(UNKNOWN) ? UNKNOWN : 'leave out secrets';
  return findings(path, all ? undefined : unclear);
}

export const eksCluster: Rule = {
  id: 'EKS-01',
  name: 'eks-01-cluster',
  title: 'The cluster encrypts secrets, keeps logs and has no open door',
  severity: 'high',
  standards: [
    'FSBP EKS.1',
    'FSBP EKS.2',
    'FSBP EKS.3',
    'FSBP EKS.8',
    'CKV_AWS_37',
    'CKV_AWS_38',
    'CKV_AWS_39',
    'CKV_AWS_58',
  ],
  why: 'An API that the whole internet reaches is tried all day, and without logs nobody sees it.',
  fix: 'Set encryptionConfig for secrets, endpointPrivateAccess, narrow publicAccessCidrs, all five logs and a supported version.',
  knownLater: true,
  settings: {
    oldestMinor: {
      meaning: 'Oldest minor version of Kubernetes 1 that AWS supports.',
      default: 34,
    },
  },
  check: forAws(['eks.Cluster'], ({ props }, context) => {
    const oldest = context.setting<number>('oldestMinor');
    return [
      ...secrets(props),
      ...logs(props),
      ...addresses(props),
      ...expectFields(props, [
        {
          field: 'encryptionConfig.provider.keyArn',
          good: isText,
          problem: 'is not set',
        },
        { field: 'vpcConfig.endpointPrivateAccess', good: is(true), problem: 'is off' },
        {
          field: 'version',
          good: (version) =>
            Number(/^1\.(\d+)$/.exec(typeof version === 'string' ? version : '')?.[1]) >= oldest,
          problem: 'is not supported, or left to AWS',
        },
      ]),
    ];
  }),
};
