import { createHash, randomBytes, type KeyObject } from 'node:crypto';

const CURVES: Readonly<Record<string, string>> = {
  'P-256': 'nistp256',
  'P-384': 'nistp384',
  'P-521': 'nistp521',
};

export interface PublicOpenssh {
  readonly publicKeyOpenssh: string;
  readonly publicKeyFingerprintMd5: string;
  readonly publicKeyFingerprintSha256: string;
}

/** OpenSSH forms of a public key; empty for P224, which OpenSSH does not know. */
export function publicOpenssh(key: KeyObject): PublicOpenssh {
  const blob = publicBlob(key);
  if (blob === undefined) {
    return { publicKeyOpenssh: '', publicKeyFingerprintMd5: '', publicKeyFingerprintSha256: '' };
  }
  const md5 = createHash('md5').update(blob).digest('hex');
  const sha256 = createHash('sha256').update(blob).digest('base64');
  return {
    publicKeyOpenssh: `${typeOf(key)} ${blob.toString('base64')}\n`,
    publicKeyFingerprintMd5: md5.replaceAll(/(..)(?!$)/g, '$1:'),
    publicKeyFingerprintSha256: `SHA256:${sha256.replace(/=+$/, '')}`,
  };
}

/** An unencrypted OpenSSH private key (PROTOCOL.key of OpenSSH); empty for P224. */
export function privateOpenssh(privateKey: KeyObject, publicKey: KeyObject): string {
  const blob = publicBlob(publicKey);
  if (blob === undefined) return '';
  // Two equal numbers let a reader of an encrypted key notice a wrong passphrase.
  const check = randomBytes(4);
  const comment = field('');
  const body = Buffer.concat([check, check, ...privateFields(privateKey, publicKey), comment]);
  const padding = Buffer.from(Array.from({ length: (8 - (body.length % 8)) % 8 }, (_, i) => i + 1));
  const file = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    ...['none', 'none', ''].map(field),
    Buffer.from([0, 0, 0, 1]),
    field(blob),
    field(Buffer.concat([body, padding])),
  ]);
  const lines = file.toString('base64').match(/.{1,70}/g) ?? [];
  const [begin, end] = ['BEGIN', 'END'].map((word) => `-----${word} OPENSSH PRIVATE KEY-----`);
  return [begin, ...lines, end, ''].join('\n');
}

function publicBlob(key: KeyObject): Buffer | undefined {
  const type = typeOf(key);
  if (type === undefined) return undefined;
  const jwk = key.export({ format: 'jwk' });
  if (jwk.kty === 'RSA') return Buffer.concat([field(type), integer(jwk.e), integer(jwk.n)]);
  if (jwk.kty === 'OKP') return Buffer.concat([field(type), field(bytes(jwk.x))]);
  return Buffer.concat([field(type), field(type.replace('ecdsa-sha2-', '')), field(point(key))]);
}

function privateFields(privateKey: KeyObject, publicKey: KeyObject): Buffer[] {
  const jwk = privateKey.export({ format: 'jwk' });
  const type = typeOf(publicKey) ?? '';
  if (jwk.kty === 'RSA') {
    return [field(type), ...[jwk.n, jwk.e, jwk.d, jwk.qi, jwk.p, jwk.q].map(integer)];
  }
  if (jwk.kty === 'OKP') {
    const publicBytes = bytes(jwk.x);
    return [field(type), field(publicBytes), field(Buffer.concat([bytes(jwk.d), publicBytes]))];
  }
  const curve = type.replace('ecdsa-sha2-', '');
  return [field(type), field(curve), field(point(publicKey)), integer(jwk.d)];
}

function typeOf(key: KeyObject): string | undefined {
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return 'ssh-rsa';
    case 'ed25519':
      return 'ssh-ed25519';
    default: {
      // P224 has no JWK either, so its name comes from the key details.
      if (key.asymmetricKeyDetails?.namedCurve === 'secp224r1') return undefined;
      const curve = CURVES[key.export({ format: 'jwk' }).crv ?? ''];
      return curve && `ecdsa-sha2-${curve}`;
    }
  }
}

function point(key: KeyObject): Buffer {
  const { x, y } = key.export({ format: 'jwk' });
  return Buffer.concat([Buffer.from([4]), bytes(x), bytes(y)]);
}

function bytes(base64url: string | undefined): Buffer {
  return Buffer.from(base64url ?? '', 'base64url');
}

function field(content: string | Buffer): Buffer {
  const body = Buffer.from(content as string);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return Buffer.concat([length, body]);
}

/** A positive SSH integer: no leading zeros, except one where the first bit would mean "minus". */
function integer(base64url: string | undefined): Buffer {
  const all = bytes(base64url);
  const first = all.findIndex((byte) => byte !== 0);
  const body = all.subarray(first < 0 ? all.length : first);
  return field((body[0] ?? 0) > 127 ? Buffer.concat([Buffer.from([0]), body]) : body);
}
