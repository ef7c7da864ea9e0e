import { randomBytes, type webcrypto } from 'node:crypto';

import type { Extension, Name, PublicKey } from '@peculiar/x509';

import type { Context, Created } from '../provider/definition.ts';
import type { Values } from '../provider/values.ts';
import { extendedUsages, keyUsageBits } from './usages.ts';
import type { Signer, X509 } from './x509.ts';

const HOUR_MS = 3_600_000;

export interface Subject {
  readonly name: Name;
  readonly publicKey: PublicKey | webcrypto.CryptoKey;
  readonly alternativeNames: readonly Extension[];
}

export interface Issuer {
  readonly name: Name;
  readonly signer: Signer;
  /** Undefined leaves the authority key identifier out. */
  readonly keyId: string | undefined;
}

/** Signs a certificate that starts now and follows the inputs of a certificate resource. */
export async function issue(
  x509: X509,
  values: Values,
  subject: Subject,
  issuer: Issuer,
  context: Context,
): Promise<Created> {
  // X.509 times have no fractions: the outputs must say what the certificate says.
  const notBefore = new Date(Math.floor(context.now().getTime() / 1000) * 1000);
  const hours = values['validityPeriodHours'] as number;
  const notAfter = new Date(notBefore.getTime() + hours * HOUR_MS);
  const serial = positiveSerial();
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serial.toString('hex'),
    subject: subject.name,
    issuer: issuer.name,
    notBefore,
    notAfter,
    publicKey: subject.publicKey,
    signingKey: issuer.signer.privateKey,
    signingAlgorithm: issuer.signer.algorithm,
    extensions: await extensions(x509, values, subject, issuer),
  });
  const outputs = {
    certPem: `${certificate.toString('pem')}\n`,
    readyForRenewal: false,
    validityStartTime: rfc3339(notBefore),
    validityEndTime: rfc3339(notAfter),
  };
  return { id: BigInt(`0x${serial.toString('hex')}`).toString(), outputs };
}

/** A certificate past its end, or within its early renewal period, is replaced. */
export function expired(state: Values, context: Context): readonly string[] {
  const early = ((state['earlyRenewalHours'] as number | undefined) ?? 0) * HOUR_MS;
  const end = Date.parse(state['validityEndTime'] as string);
  return context.now().getTime() >= end - early ? ['readyForRenewal'] : [];
}

async function extensions(
  x509: X509,
  values: Values,
  subject: Subject,
  issuer: Issuer,
): Promise<Extension[]> {
  const uses = values['allowedUses'] as readonly string[];
  const isCa = values['isCaCertificate'] === true;
  const pathLength = values['maxPathLength'] as number;
  const list: Extension[] = [];
  const bits = keyUsageBits(uses);
  if (bits !== 0) list.push(new x509.KeyUsagesExtension(bits, true));
  const extended = extendedUsages(uses);
  if (extended.length > 0) list.push(new x509.ExtendedKeyUsageExtension(extended));
  const limit = isCa && pathLength >= 0 ? pathLength : undefined;
  list.push(new x509.BasicConstraintsExtension(isCa, limit, true));
  // An authority always carries its key identifier, or its certificates could not name it.
  if (isCa || values['setSubjectKeyId'] === true) {
    list.push(await x509.SubjectKeyIdentifierExtension.create(subject.publicKey));
  }
  if (issuer.keyId !== undefined) {
    list.push(new x509.AuthorityKeyIdentifierExtension(issuer.keyId));
  }
  list.push(...subject.alternativeNames);
  return list;
}

/** 128 random bits, first bit clear: RFC 5280 wants a positive number. */
function positiveSerial(): Buffer {
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  return serial;
}

function rfc3339(date: Date): string {
  return date.toISOString().replace('.000Z', 'Z');
}
