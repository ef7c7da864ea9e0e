import type { CheckFailure, InputDefinition, ResourceDefinition } from '../provider/definition.ts';
import { isValues, type Values } from '../provider/values.ts';
import { expired, issue } from './issue.ts';
import { ALLOWED_USES } from './usages.ts';
import { alternativeNames, distinguishedName, loadX509, signer, SUBJECT_FIELDS } from './x509.ts';

const names = {
  dnsNames: { kind: 'list', replaces: true },
  ipAddresses: { kind: 'list', replaces: true },
  uris: { kind: 'list', replaces: true },
  subject: { kind: 'map', replaces: true },
} as const satisfies Record<string, InputDefinition>;

const certificate = {
  allowedUses: { kind: 'list', required: true, replaces: true, oneOf: ALLOWED_USES },
  // Only the date of the replacement moves, not the certificate: it is updated in place.
  earlyRenewalHours: { kind: 'integer', default: 0 },
  isCaCertificate: { kind: 'boolean', default: false, replaces: true },
  maxPathLength: { kind: 'integer', default: -1, replaces: true },
  setSubjectKeyId: { kind: 'boolean', default: false, replaces: true },
  validityPeriodHours: { kind: 'integer', required: true, replaces: true },
} as const satisfies Record<string, InputDefinition>;

const pem = { kind: 'string', required: true, replaces: true } as const;
const validity = ['certPem', 'readyForRenewal', 'validityEndTime', 'validityStartTime'];

function check(values: Values): readonly CheckFailure[] {
  const failures: CheckFailure[] = [];
  const { validityPeriodHours: hours, subject } = values;
  if (typeof hours === 'number' && hours < 0) {
    failures.push({
      property: 'validityPeriodHours',
      reason: `must not be negative, got ${hours}.`,
    });
  }
  for (const field of Object.keys(isValues(subject) ? subject : {})) {
    if (SUBJECT_FIELDS.includes(field)) continue;
    const reason = `has no field ${field}; the fields are ${SUBJECT_FIELDS.join(', ')}.`;
    failures.push({ property: 'subject', reason });
  }
  return failures;
}

export const selfSignedCert: ResourceDefinition = {
  inputs: {
    ...certificate,
    ...names,
    privateKeyPem: pem,
    setAuthorityKeyId: { kind: 'boolean', default: false, replaces: true },
  },
  computed: ['keyAlgorithm', ...validity],
  secrets: ['privateKeyPem'],
  check,
  expired,
  async create(values, context) {
    const x509 = await loadX509();
    const own = await signer('privateKeyPem', values['privateKeyPem']);
    const subject = values['subject'] as Values | undefined;
    const name = distinguishedName(x509, subject);
    const alternatives = alternativeNames(x509, values, subject === undefined);
    const { keyId } = await x509.SubjectKeyIdentifierExtension.create(own.publicKey);
    const issued = await issue(
      x509,
      values,
      { name, publicKey: own.publicKey, alternativeNames: alternatives },
      { name, signer: own, keyId: values['setAuthorityKeyId'] === true ? keyId : undefined },
      context,
    );
    return { ...issued, outputs: { ...issued.outputs, keyAlgorithm: own.keyAlgorithm } };
  },
};

export const certRequest: ResourceDefinition = {
  inputs: { ...names, privateKeyPem: pem },
  computed: ['certRequestPem', 'keyAlgorithm'],
  secrets: ['privateKeyPem'],
  check,
  async create(values) {
    const x509 = await loadX509();
    const own = await signer('privateKeyPem', values['privateKeyPem']);
    const request = await x509.Pkcs10CertificateRequestGenerator.create({
      name: distinguishedName(x509, values['subject'] as Values | undefined),
      keys: { privateKey: own.privateKey, publicKey: own.publicKey },
      signingAlgorithm: own.algorithm,
      extensions: alternativeNames(x509, values, false),
    });
    const { keyId } = await x509.SubjectKeyIdentifierExtension.create(own.publicKey);
    const certRequestPem = `${request.toString('pem')}\n`;
    return { id: keyId, outputs: { certRequestPem, keyAlgorithm: own.keyAlgorithm } };
  },
};

export const locallySignedCert: ResourceDefinition = {
  inputs: { ...certificate, caCertPem: pem, caPrivateKeyPem: pem, certRequestPem: pem },
  computed: ['caKeyAlgorithm', ...validity],
  secrets: ['caPrivateKeyPem'],
  check,
  expired,
  async create(values, context) {
    const x509 = await loadX509();
    const authority = await signer('caPrivateKeyPem', values['caPrivateKeyPem']);
    const ca = new x509.X509Certificate(values['caCertPem']);
    const request = new x509.Pkcs10CertificateRequest(values['certRequestPem']);
    if (!(await request.verify())) {
      throw new Error('certRequestPem is not signed by the key that it names.');
    }
    const issued = await issue(
      x509,
      values,
      {
        name: request.subjectName,
        publicKey: request.publicKey,
        alternativeNames: request.extensions.filter(({ type }) => type === ALTERNATIVE_NAMES),
      },
      {
        name: ca.subjectName,
        signer: authority,
        keyId: ca.getExtension(x509.SubjectKeyIdentifierExtension)?.keyId,
      },
      context,
    );
    return { ...issued, outputs: { ...issued.outputs, caKeyAlgorithm: authority.keyAlgorithm } };
  },
};

const ALTERNATIVE_NAMES = '2.5.29.17';
