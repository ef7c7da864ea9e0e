import { createHash } from 'node:crypto';

import { beforeAll, expect, test } from '@jest/globals';
import * as pulumi from '@pulumi/pulumi';

import { CertificateAuthority } from '../../components/certificates/certificate-authority.ts';
import type { ServingCertificate } from '../../components/certificates/serving-certificate.ts';
import { mockPulumi, value, type Recorder } from './support/mocks.ts';

let recorder: Recorder;
let authority: CertificateAuthority;
let redis: ServingCertificate;

beforeAll(async () => {
  recorder = await mockPulumi();
  authority = new CertificateAuthority('ca', { commonName: 'SaaS platform' }, { protect: true });
  redis = authority.issue('redis-tls', {
    namespace: 'saas-data',
    secretName: 'redis-tls',
    dnsNames: ['redis.saas-data.svc', '*.redis.saas-data.svc'],
    ipAddresses: ['10.90.0.1'],
    usages: ['server auth', 'client auth'],
  });
  authority.issue(
    'pinned',
    { namespace: 'n', secretName: 'pinned', dnsNames: [], usages: ['client auth'] },
    { protect: true },
  );
});

test('the authority is a P-256 key that signs for ten years', async () => {
  const key = await recorder.child('ca-key');
  expect(key.inputs).toEqual({ algorithm: 'ECDSA', ecdsaCurve: 'P256' });
  expect((await recorder.child('ca-certificate')).inputs).toEqual({
    privateKeyPem: 'ca-key-private-pem',
    isCaCertificate: true,
    setSubjectKeyId: true,
    subject: { commonName: 'SaaS platform' },
    validityPeriodHours: 87600,
    allowedUses: ['cert_signing', 'crl_signing', 'digital_signature'],
  });
});

test('a protected authority cannot be deleted by accident, what it issues can be renewed', async () => {
  expect((await recorder.child('ca-key')).protect).toBe(true);
  expect((await recorder.child('ca-certificate')).protect).toBe(true);
  expect((await recorder.child('redis-tls-certificate')).protect).toBe(false);
  expect((await recorder.child('pinned-certificate')).protect).toBe(true);
});

test('clients verify a server by the names and addresses they dial', async () => {
  expect((await recorder.child('redis-tls-request')).inputs).toEqual({
    privateKeyPem: 'redis-tls-key-private-pem',
    subject: { commonName: 'redis-tls' },
    dnsNames: ['redis.saas-data.svc', '*.redis.saas-data.svc'],
    ipAddresses: ['10.90.0.1'],
  });
});

test('a certificate lasts a year and is renewed by a deployment in its last thirty days', async () => {
  expect((await recorder.child('redis-tls-certificate')).inputs).toEqual({
    certRequestPem: 'redis-tls-request-pem',
    caPrivateKeyPem: 'ca-key-private-pem',
    caCertPem: 'ca-certificate-pem',
    validityPeriodHours: 8760,
    earlyRenewalHours: 720,
    allowedUses: ['digital_signature', 'server_auth', 'client_auth'],
  });
});

test('the Secret holds certificate, key and authority under the names Kubernetes gives them', async () => {
  const secret = await recorder.child('redis-tls-secret');
  expect(secret.inputs).toMatchObject({
    metadata: { name: 'redis-tls', namespace: 'saas-data' },
    type: 'kubernetes.io/tls',
    stringData: {
      'tls.crt': 'redis-tls-certificate-pem',
      'tls.key': 'redis-tls-key-private-pem',
      'ca.crt': 'ca-certificate-pem',
    },
  });
  expect(await value(redis.secretName)).toBe('redis-tls');
});

test('no private key is stored in plain text', async () => {
  const paths = async (name: string) => (await recorder.child(name)).secretPaths;
  expect(await paths('ca-certificate')).toContain('privateKeyPem');
  expect(await paths('redis-tls-request')).toContain('privateKeyPem');
  expect(await paths('redis-tls-certificate')).toContain('caPrivateKeyPem');
  // All of `stringData` or the key alone: either keeps it out of the state.
  expect((await paths('redis-tls-secret'))[0]).toMatch(/^stringData/);
  expect(await pulumi.isSecret(authority.certificatePem)).toBe(false);
});

test('no private key shows up in the state of a component', async () => {
  const components = (await recorder.all()).filter(({ custom }) => !custom);
  expect(components.map(({ name }) => name).sort()).toEqual(['ca', 'pinned', 'redis-tls']);
  expect(JSON.stringify(components.map(({ inputs }) => inputs))).not.toContain('private');
});

test('the checksum changes with the certificate, so that pods roll on renewal', async () => {
  const pem = 'redis-tls-certificate-pem';
  expect(await value(redis.checksum)).toBe(createHash('sha256').update(pem).digest('hex'));
});

test('an issued certificate belongs to its authority unless told otherwise', async () => {
  expect((await recorder.child('redis-tls')).parent).toBe('ca');
});

test('a certificate without a use is refused, with the fix', () => {
  const args = { namespace: 'n', secretName: 's', dnsNames: ['a.svc'], usages: [] } as const;
  expect(() => authority.issue('empty', args)).toThrow(
    'empty.usages: the list is empty. Write ["server auth"].',
  );
});

test('a server certificate nobody could verify is refused', () => {
  const args = { namespace: 'n', secretName: 's', dnsNames: [], usages: ['server auth'] } as const;
  expect(() => authority.issue('nameless', args)).toThrow(
    'nameless.dnsNames: a server certificate needs a name or an address.',
  );
});
