import { createHash, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

import type { ResourceDefinition } from '../provider/definition.ts';
import type { Values } from '../provider/values.ts';
import { privateOpenssh, publicOpenssh } from './openssh.ts';

const CURVES = { P224: 'secp224r1', P256: 'P-256', P384: 'P-384', P521: 'P-521' } as const;
const generate = promisify(generateKeyPair);

export const privateKey: ResourceDefinition = {
  inputs: {
    algorithm: {
      kind: 'string',
      required: true,
      replaces: true,
      oneOf: ['RSA', 'ECDSA', 'ED25519'],
    },
    ecdsaCurve: { kind: 'string', default: 'P224', replaces: true, oneOf: Object.keys(CURVES) },
    rsaBits: { kind: 'integer', default: 2048, replaces: true },
  },
  computed: [
    'privateKeyOpenssh',
    'privateKeyPem',
    'privateKeyPemPkcs8',
    'publicKeyFingerprintMd5',
    'publicKeyFingerprintSha256',
    'publicKeyOpenssh',
    'publicKeyPem',
  ],
  secrets: ['privateKeyOpenssh', 'privateKeyPem', 'privateKeyPemPkcs8'],
  check({ algorithm, rsaBits }) {
    // OpenSSL refuses shorter keys much later and without naming the resource.
    if (algorithm !== 'RSA' || typeof rsaBits !== 'number' || rsaBits >= 512) return [];
    return [{ property: 'rsaBits', reason: `must be at least 512, got ${rsaBits}.` }];
  },
  async create(values) {
    const pair = await newPair(values);
    return { id: fingerprint(pair.publicKey), outputs: keyOutputs(pair) };
  },
};

/** Identity that the official provider gives a key: SHA-1 of its public part. */
export function fingerprint(key: KeyObject): string {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  const der = publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha1').update(der).digest('hex');
}

/** Public outputs, shared with the `getPublicKey` function. */
export function publicOutputs(key: KeyObject): Values {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' });
  return { publicKeyPem, ...publicOpenssh(publicKey) };
}

interface Pair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

function newPair(values: Values): Promise<Pair> {
  switch (values['algorithm']) {
    case 'RSA':
      return generate('rsa', { modulusLength: values['rsaBits'] as number });
    case 'ECDSA':
      return generate('ec', { namedCurve: CURVES[values['ecdsaCurve'] as keyof typeof CURVES] });
    default:
      return generate('ed25519');
  }
}

function keyOutputs({ privateKey: key, publicKey }: Pair): Values {
  return {
    privateKeyOpenssh: privateOpenssh(key, publicKey),
    privateKeyPem: traditionalPem(key),
    privateKeyPemPkcs8: key.export({ type: 'pkcs8', format: 'pem' }),
    ...publicOutputs(publicKey),
  };
}

/** The form that names the algorithm; Ed25519 has none of its own. */
function traditionalPem(key: KeyObject): string | Buffer {
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return key.export({ type: 'pkcs1', format: 'pem' });
    case 'ec':
      return key.export({ type: 'sec1', format: 'pem' });
    default:
      return key.export({ type: 'pkcs8', format: 'pem' });
  }
}
