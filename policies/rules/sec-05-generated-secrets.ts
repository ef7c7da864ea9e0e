import { findings, type Verdict } from '../findings.ts';
import type { Rule } from '../rule.ts';
import { at, UNKNOWN, type Value } from '../values.ts';

/** About 119 bits of letters and digits. */
const LENGTH = 20;
const BITS = 2048;

function password(props: Value): Verdict {
  const length = at(props, 'length');
  if (length === UNKNOWN) return UNKNOWN;
  return typeof length === 'number' && length >= LENGTH ? undefined : 'is too short';
}

function key(props: Value): Verdict {
  const algorithm = at(props, 'algorithm');
  const bits = at(props, 'rsaBits');
  if (algorithm === UNKNOWN || bits === UNKNOWN) return UNKNOWN;
  if (algorithm === 'ED25519') return undefined;
  if (algorithm === 'RSA') {
    return bits === undefined || (typeof bits === 'number' && bits >= BITS)
      ? undefined
      : 'is too short';
  }
  // The curve that the provider takes by itself, P224, is not enough.
  const curve = at(props, 'ecdsaCurve');
  if (curve === UNKNOWN) return UNKNOWN;
  const strong = algorithm === 'ECDSA' && ['P256', 'P384', 'P521'].includes(curve as string);
  return strong ? undefined : 'is of a weak kind';
}

export const generatedSecrets: Rule = {
  id: 'SEC-05',
  name: 'sec-05-generated-secrets',
  title: 'Generated passwords and keys cannot be guessed',
  severity: 'medium',
  standards: ['NIST SP 800-57'],
  why: 'What a machine remembers costs nothing to make long.',
  fix: `Use a length of ${LENGTH} or more; ECDSA with P256 or better, ED25519, or RSA with ${BITS} bits.`,
  check: ({ type, props }) => {
    if (/^random:.*:RandomPassword$/.test(type)) return findings('length', password(props));
    return /^tls:.*:PrivateKey$/.test(type) ? findings('algorithm', key(props)) : [];
  },
};
