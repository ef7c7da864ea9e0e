import { createPrivateKey, createPublicKey, type KeyObject, webcrypto } from 'node:crypto';

import type { Values } from '../provider/values.ts';

export type X509 = typeof import('@peculiar/x509');

/** The library, loaded on first use: it costs 0.2 s, which most runs of the plugin can save. */
export async function loadX509(): Promise<X509> {
  await import('reflect-metadata');
  return import('@peculiar/x509');
}

export interface Signer {
  readonly privateKey: webcrypto.CryptoKey;
  readonly publicKey: webcrypto.CryptoKey;
  readonly algorithm: { readonly name: string; readonly hash: string };
  /** As the official outputs spell it. */
  readonly keyAlgorithm: 'RSA' | 'ECDSA' | 'ED25519';
}

/** Reads a private key in any PEM form. `property` names the input in the error. */
export async function signer(property: string, pem: unknown): Promise<Signer> {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem as string);
  } catch {
    throw new Error(`${property} is not a private key in PEM format.`);
  }
  const { keyAlgorithm, algorithm, importAs } = algorithmOf(property, key);
  const { subtle } = webcrypto;
  const pkcs8 = key.export({ type: 'pkcs8', format: 'der' });
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
  return {
    privateKey: await subtle.importKey('pkcs8', pkcs8, importAs, true, ['sign']),
    publicKey: await subtle.importKey('spki', spki, importAs, true, ['verify']),
    algorithm,
    keyAlgorithm,
  };
}

function algorithmOf(property: string, key: KeyObject) {
  switch (key.asymmetricKeyType) {
    case 'rsa': {
      const importAs = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
      return { keyAlgorithm: 'RSA', algorithm: importAs, importAs } as const;
    }
    case 'ed25519': {
      const algorithm = { name: 'Ed25519', hash: 'SHA-512' };
      return { keyAlgorithm: 'ED25519', algorithm, importAs: { name: 'Ed25519' } } as const;
    }
    case 'ec': {
      const namedCurve = CURVES[key.asymmetricKeyDetails?.namedCurve ?? ''];
      if (namedCurve === undefined) break;
      const hash = { 'P-256': 'SHA-256', 'P-384': 'SHA-384', 'P-521': 'SHA-512' }[namedCurve];
      const algorithm = { name: 'ECDSA', hash };
      return { keyAlgorithm: 'ECDSA', algorithm, importAs: { name: 'ECDSA', namedCurve } } as const;
    }
    default:
  }
  const kind = key.asymmetricKeyDetails?.namedCurve ?? key.asymmetricKeyType;
  throw new Error(
    `${property}: the sandbox's tls plugin signs with RSA, P256, P384, P521 and Ed25519 keys, got ${kind}.`,
  );
}

const CURVES: Readonly<Record<string, 'P-256' | 'P-384' | 'P-521'>> = {
  prime256v1: 'P-256',
  secp384r1: 'P-384',
  secp521r1: 'P-521',
};

/** Attribute types in the order in which the official provider writes them. */
const SUBJECT = {
  country: '2.5.4.6',
  organization: '2.5.4.10',
  organizationalUnit: '2.5.4.11',
  locality: '2.5.4.7',
  province: '2.5.4.8',
  streetAddresses: '2.5.4.9',
  postalCode: '2.5.4.17',
  commonName: '2.5.4.3',
  serialNumber: '2.5.4.5',
  emailAddress: '1.2.840.113549.1.9.1',
} as const;

export const SUBJECT_FIELDS = Object.keys(SUBJECT);

/** A distinguished name. Values are handed over as typed strings, so that no escaping is needed. */
export function distinguishedName(x509: X509, subject: Values = {}) {
  const attributes = Object.entries(SUBJECT).flatMap(([name, oid]) => {
    const values = [subject[name] ?? []].flat() as string[];
    const type = name === 'emailAddress' ? 'ia5String' : 'utf8String';
    return values.map((value) => ({ [oid]: [{ [type]: value }] }));
  });
  return new x509.Name(attributes);
}

/** The subject alternative names, or nothing when there are none. */
export function alternativeNames(x509: X509, values: Values, critical: boolean) {
  const names = [
    ...list(values, 'dnsNames').map((value) => ({ type: 'dns', value }) as const),
    ...list(values, 'ipAddresses').map((value) => ({ type: 'ip', value }) as const),
    ...list(values, 'uris').map((value) => ({ type: 'url', value }) as const),
  ];
  return names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(names, critical)];
}

function list(values: Values, name: string): readonly string[] {
  return (values[name] as readonly string[] | undefined) ?? [];
}
