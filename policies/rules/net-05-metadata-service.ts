import { contains } from '../addresses.ts';
import type { Rule } from '../rule.ts';
import { eachPeer } from '../traffic.ts';
import { at, entries, UNKNOWN } from '../values.ts';

/** Where EC2 gives its credentials to whoever asks. */
const METADATA = ['169.254.169.254/32', 'fd00:ec2::254/128'];

export const metadataService: Rule = {
  id: 'NET-05',
  name: 'net-05-metadata-service',
  title: 'No pod reaches the credentials of its node',
  severity: 'high',
  standards: ['C-0052', 'EKS 5.4'],
  why: 'The metadata service hands the rights of the node to any pod that asks.',
  fix: 'Add 169.254.169.254/32 and fd00:ec2::254/128 to "except" of the block that holds them.',
  check: (policy) =>
    eachPeer(policy, 'egress', (peer) => {
      const cidr = at(peer, 'ipBlock', 'cidr');
      const except = entries(at(peer, 'ipBlock', 'except'));
      if (cidr === UNKNOWN) return UNKNOWN;
      if (typeof cidr !== 'string') return undefined;
      const held = METADATA.filter((address) => contains(cidr, address));
      if (held.length === 0) return undefined;
      if (except === UNKNOWN || except.includes(UNKNOWN)) return UNKNOWN;
      const spared = held.every((address) =>
        except.some((one) => typeof one === 'string' && contains(one, address)),
      );
      return spared ? undefined : 'includes the metadata service of the node';
    }),
};
