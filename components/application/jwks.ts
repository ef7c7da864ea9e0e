import { createHash, createPrivateKey } from 'node:crypto';

import { ConfigError } from '../errors.ts';

/**
 * Key set with the private Ed25519 keys (PKCS#8, PEM), in the given order: the first one signs, all
 * verify. A key's id is its RFC 7638 thumbprint, so that it stays the same wherever it stands.
 */
export function jwks(pems: readonly string[]): string {
  const keys = pems.map((pem, index) => {
    const { kty, crv, x, d } = createPrivateKey(pem).export({ format: 'jwk' });
    if (crv !== 'Ed25519') {
      throw new ConfigError(`keys[${index}]`, 'it is not an Ed25519 key.');
    }
    // The thumbprint is defined over exactly these members, in this order, without spaces.
    const thumbprint = createHash('sha256').update(JSON.stringify({ crv, kty, x }));
    return { kty, crv, kid: thumbprint.digest('base64url'), use: 'sig', alg: 'EdDSA', x, d };
  });
  return JSON.stringify({ keys });
}
