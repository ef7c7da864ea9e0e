import { createPrivateKey, createPublicKey, sign, verify, X509Certificate } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';

import { SandboxProvider } from '../../sandbox/plugins/provider/provider.ts';
import { isSecret, reveal, UNKNOWN, type Values } from '../../sandbox/plugins/provider/values.ts';
import { tls } from '../../sandbox/plugins/tls/plugin.ts';
import { urn } from './plugin-urn.ts';

const NOW = new Date('2026-03-01T12:00:00.500Z');
const HOUR_MS = 3_600_000;
const KEY = urn('tls:index/privateKey:PrivateKey');
const SELF_SIGNED = urn('tls:index/selfSignedCert:SelfSignedCert');
const REQUEST = urn('tls:index/certRequest:CertRequest');
const SIGNED = urn('tls:index/locallySignedCert:LocallySignedCert');

const provider = at(NOW);

function at(time: Date): SandboxProvider {
  return new SandboxProvider(tls, { now: () => time });
}

/** What the engine does for a new resource; the outputs come back with secrets revealed. */
async function create(resource: string, inputs: Values): Promise<Record<string, string>> {
  const checked = provider.check(resource, {}, inputs);
  expect(checked.failures).toEqual([]);
  const planned = await provider.create(resource, checked.inputs, true);
  const { outputs } = await provider.create(resource, checked.inputs, false);
  // An output that the preview did not announce could not be used by the rest of a program.
  expect(Object.keys(outputs).sort()).toEqual(Object.keys(planned.outputs).sort());
  return reveal(outputs) as Record<string, string>;
}

const newKey = (algorithm = 'ECDSA', ecdsaCurve = 'P256') =>
  create(KEY, { algorithm, ...(algorithm === 'ECDSA' && { ecdsaCurve }) });

const authority = (key: Values, more: Values = {}) =>
  create(SELF_SIGNED, {
    privateKeyPem: key['privateKeyPem'],
    isCaCertificate: true,
    allowedUses: ['cert_signing', 'crl_signing'],
    validityPeriodHours: 48,
    subject: { commonName: 'Platform, "internal" CA', organization: 'Größe' },
    ...more,
  });

async function serving(caKey: Values, ca: Values, key: Values, more: Values = {}) {
  const { certRequestPem } = await create(REQUEST, {
    privateKeyPem: key['privateKeyPem'],
    subject: { commonName: 'redis' },
    dnsNames: ['redis.saas-data.svc', '*.redis.saas-data.svc'],
    ipAddresses: ['10.90.0.7'],
    uris: ['spiffe://saas/redis'],
  });
  return create(SIGNED, {
    certRequestPem,
    caCertPem: ca['certPem'],
    caPrivateKeyPem: caKey['privateKeyPem'],
    allowedUses: ['digital_signature', 'key_encipherment', 'server_auth'],
    validityPeriodHours: 24,
    ...more,
  });
}

describe.each([
  ['RSA', undefined, 'rsa'],
  ['ECDSA', 'P224', 'ec'],
  ['ECDSA', 'P256', 'ec'],
  ['ECDSA', 'P384', 'ec'],
  ['ECDSA', 'P521', 'ec'],
  ['ED25519', undefined, 'ed25519'],
])('a private key of %s %s', (algorithm, curve, type) => {
  test('is one key in every form', async () => {
    const key = await newKey(algorithm, curve);
    const privateKey = createPrivateKey(key['privateKeyPem'] ?? '');
    const message = Buffer.from('message');
    expect(privateKey.asymmetricKeyType).toBe(type);
    const digest = type === 'ed25519' ? null : 'sha256';
    const signature = sign(digest, message, key['privateKeyPemPkcs8'] ?? '');
    expect(verify(digest, message, key['publicKeyPem'] ?? '', signature)).toBe(true);
    expect(createPublicKey(privateKey).export({ type: 'spki', format: 'pem' })).toBe(
      key['publicKeyPem'],
    );
  });

  test('has its public OpenSSH form inside the private one', async () => {
    const key = await newKey(algorithm, curve);
    if (curve === 'P224') {
      expect([key['privateKeyOpenssh'], key['publicKeyOpenssh']]).toEqual(['', '']);
      return;
    }
    const body = key['privateKeyOpenssh']?.split('\n').slice(1, -2).join('') ?? '';
    const blob = Buffer.from(key['publicKeyOpenssh']?.split(' ')[1] ?? '', 'base64');
    expect(Buffer.from(body, 'base64').indexOf(blob)).toBeGreaterThan(0);
    expect(key['publicKeyFingerprintSha256']).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
    expect(key['publicKeyFingerprintMd5']).toMatch(/^([0-9a-f]{2}:){15}[0-9a-f]{2}$/);
  });
});

test('private keys are secrets in the state and in a preview', async () => {
  for (const preview of [true, false]) {
    const { outputs } = await provider.create(KEY, { algorithm: 'ED25519' }, preview);
    const plain = Object.fromEntries(Object.entries(outputs).filter(([, v]) => !isSecret(v)));
    expect(Object.keys(plain).filter((name) => name.startsWith('private'))).toEqual([]);
    expect(JSON.stringify(plain)).not.toContain('PRIVATE KEY');
  }
});

describe.each([['RSA'], ['ECDSA'], ['ED25519']])(
  'a chain from an authority with %s',
  (algorithm) => {
    test('verifies, down to the names of the server', async () => {
      const [caKey, key] = [await newKey(algorithm), await newKey()];
      const ca = await authority(caKey, { maxPathLength: 0 });
      const served = await serving(caKey, ca, key);
      const root = new X509Certificate(ca['certPem'] ?? '');
      const leaf = new X509Certificate(served['certPem'] ?? '');
      expect(root.verify(root.publicKey)).toBe(true);
      expect(root.ca).toBe(true);
      expect(leaf.checkIssued(root)).toBe(true);
      expect(leaf.verify(root.publicKey)).toBe(true);
      expect(leaf.ca).toBe(false);
      expect(leaf.checkPrivateKey(createPrivateKey(key['privateKeyPem'] ?? ''))).toBe(true);
      expect(leaf.checkHost('pod-1.redis.saas-data.svc')).toBeDefined();
      expect(leaf.checkHost('redis.other.svc')).toBeUndefined();
      expect(leaf.checkIP('10.90.0.7')).toBeDefined();
      expect(leaf.subjectAltName).toContain('URI:spiffe://saas/redis');
      expect(leaf.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
      expect(served['caKeyAlgorithm']).toBe(algorithm);
    });
  },
);

test('another authority does not verify the certificate', async () => {
  const [caKey, key] = [await newKey(), await newKey()];
  const ca = await authority(caKey);
  const other = new X509Certificate((await authority(await newKey()))['certPem'] ?? '');
  const leaf = new X509Certificate((await serving(caKey, ca, key))['certPem'] ?? '');
  expect(leaf.verify(other.publicKey)).toBe(false);
  expect(leaf.checkIssued(other)).toBe(false);
});

test('names keep commas, quotes and letters beyond ASCII', async () => {
  const ca = await authority(await newKey());
  expect(new X509Certificate(ca['certPem'] ?? '').subject).toBe(
    'O=Größe\nCN=Platform\\, \\"internal\\" CA',
  );
});

test('a certificate is valid for exactly the hours that were asked for', async () => {
  const caKey = await newKey();
  const ca = await authority(caKey);
  const root = new X509Certificate(ca['certPem'] ?? '');
  expect(ca['validityStartTime']).toBe('2026-03-01T12:00:00Z');
  expect(ca['validityEndTime']).toBe('2026-03-03T12:00:00Z');
  expect(root.validToDate.toISOString()).toBe('2026-03-03T12:00:00.000Z');
});

describe('renewal', () => {
  const inputs = { earlyRenewalHours: 10, validityPeriodHours: 48 };
  const diffAfter = async (hours: number) => {
    const state = await authority(await newKey(), inputs);
    const later = at(new Date(NOW.getTime() + hours * HOUR_MS));
    return later.diff(SELF_SIGNED, inputs, state, inputs);
  };

  test('a certificate before its renewal period stays', async () => {
    expect((await diffAfter(37.9)).changed).toEqual([]);
  });

  test('a certificate in its renewal period is replaced, with nothing else changed', async () => {
    expect((await diffAfter(38.1)).replaces).toEqual(['readyForRenewal']);
  });

  test('another renewal period keeps the certificate', async () => {
    const state = await authority(await newKey(), inputs);
    const news = { ...inputs, earlyRenewalHours: 20 };
    expect(provider.diff(SELF_SIGNED, inputs, state, news)).toMatchObject({
      changed: ['earlyRenewalHours'],
      replaces: [],
    });
    const updated = await provider.update(SELF_SIGNED, 'id', state, news, false);
    expect(updated).toMatchObject({ certPem: state['certPem'], earlyRenewalHours: 20 });
  });
});

test.each([
  [KEY, { algorithm: 'RSA' }, { algorithm: 'ECDSA' }, 'algorithm'],
  [KEY, { algorithm: 'ECDSA', ecdsaCurve: 'P256' }, { ecdsaCurve: 'P384' }, 'ecdsaCurve'],
  [REQUEST, { dnsNames: ['a'] }, { dnsNames: ['a', 'b'] }, 'dnsNames'],
  [SELF_SIGNED, { validityPeriodHours: 1 }, { validityPeriodHours: 2 }, 'validityPeriodHours'],
  [SIGNED, { certRequestPem: 'a' }, { certRequestPem: UNKNOWN }, 'certRequestPem'],
])('%s is replaced when %j becomes %j', (resource, before, change, property) => {
  const state = { ...before, validityEndTime: '2100-01-01T00:00:00Z' };
  const { replaces } = provider.diff(resource, before, state, { ...before, ...change });
  expect(replaces).toEqual([property]);
});

test.each<[string, string, Values, string]>([
  [
    'an algorithm that does not exist',
    KEY,
    { algorithm: 'DSA' },
    'algorithm "DSA" is not one of RSA, ECDSA, ED25519.',
  ],
  [
    'a use that does not exist',
    REQUEST,
    { privateKeyPem: 'x', subject: { cn: 'a' } },
    'subject has no field cn; the fields are country, organization, organizationalUnit, locality, province, streetAddresses, postalCode, commonName, serialNumber, emailAddress.',
  ],
  [
    'a write-only key',
    REQUEST,
    { privateKeyPem: 'x', privateKeyPemWo: 'y' },
    "privateKeyPemWo is not supported by the sandbox's tls plugin.",
  ],
])('refuses %s', (_mistake, resource, inputs, message) => {
  const { failures } = provider.check(resource, {}, inputs);
  expect(failures.map(({ property, reason }) => `${property} ${reason}`)).toEqual([message]);
});

test('a use of a key that does not exist is refused with the list of those that do', () => {
  const inputs = { privateKeyPem: 'x', validityPeriodHours: 1, allowedUses: ['server-auth'] };
  const [failure] = provider.check(SELF_SIGNED, {}, inputs).failures;
  expect(failure?.reason).toMatch(/^"server-auth" is not one of .*server_auth/);
});

test('a request whose signature was changed gets no certificate', async () => {
  const [caKey, key, other] = [await newKey(), await newKey(), await newKey()];
  const ca = await authority(caKey);
  const { certRequestPem = '' } = await create(REQUEST, { privateKeyPem: key['privateKeyPem'] });
  // The public key of the request is exchanged for another one, the signature stays.
  const own = publicBytes(key['publicKeyPem'] ?? '').toString('hex');
  const theirs = publicBytes(other['publicKeyPem'] ?? '').toString('hex');
  const der = Buffer.from(certRequestPem.replaceAll(/-----.*-----|\s/g, ''), 'base64');
  const forged = Buffer.from(der.toString('hex').replace(own, theirs), 'hex').toString('base64');
  const pem = `-----BEGIN CERTIFICATE REQUEST-----\n${forged}\n-----END CERTIFICATE REQUEST-----\n`;
  await expect(
    provider.create(
      SIGNED,
      {
        certRequestPem: pem,
        caCertPem: ca['certPem'],
        caPrivateKeyPem: caKey['privateKeyPem'],
        allowedUses: ['server_auth'],
        validityPeriodHours: 1,
      },
      false,
    ),
  ).rejects.toThrow('certRequestPem is not signed by the key that it names.');
});

test('a text that is not a key is refused by the name of the input', async () => {
  const inputs = { privateKeyPem: 'no key', allowedUses: [], validityPeriodHours: 1 };
  await expect(provider.create(SELF_SIGNED, inputs, false)).rejects.toThrow(
    'privateKeyPem is not a private key in PEM format.',
  );
});

function publicBytes(pem: string): Buffer {
  return createPublicKey(pem).export({ type: 'spki', format: 'der' });
}
