import 'reflect-metadata';
import { createPrivateKey, randomBytes, webcrypto, X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import * as x509 from '@peculiar/x509';

import { addresses, ports } from '../addresses.ts';
import { clusterDir, contextName } from '../paths.ts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const year = 365 * 24 * 3600 * 1000;
const pkiDir = join(clusterDir, 'pki');

/** Paths of a certificate and its key. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** Path of a certificate or key of the cluster. */
export function pki(name: string): string {
  return join(pkiDir, name);
}

interface Request {
  readonly commonName: string;
  /** Kubernetes reads it as the group of a client. */
  readonly organization?: string;
  readonly names?: readonly x509.JsonGeneralName[];
  readonly usages: readonly x509.ExtendedKeyUsageType[];
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

async function save(name: string, certificate: x509.X509Certificate, key: webcrypto.CryptoKey) {
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));
  const pem = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  writeFileSync(pki(`${name}.key`), pem.export({ format: 'pem', type: 'sec1' }), { mode: 0o600 });
  writeFileSync(pki(`${name}.crt`), certificate.toString('pem') + '\n');
}

const validity = () => ({
  serialNumber: randomBytes(16).toString('hex'),
  notBefore: new Date(Date.now() - 60_000),
  notAfter: new Date(Date.now() + 10 * year),
  signingAlgorithm: algorithm,
});

/** Loads or makes the authority that signs every certificate of the control plane. */
async function authority(): Promise<{
  certificate: x509.X509Certificate;
  key: webcrypto.CryptoKey;
}> {
  if (!existsSync(pki('ca.crt'))) {
    const keys = await newKeys();
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      ...validity(),
      name: 'CN=saas-sandbox',
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.KeyUsagesExtension(
          x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature,
          true,
        ),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    await save('ca', certificate, keys.privateKey);
  }
  const pkcs8 = createPrivateKey(readFileSync(pki('ca.key'))).export({
    format: 'der',
    type: 'pkcs8',
  });
  const key = await webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, true, ['sign']);
  return { certificate: new x509.X509Certificate(readFileSync(pki('ca.crt'), 'utf8')), key };
}

const clients: Record<string, Request> = {
  admin: {
    commonName: 'sandbox-admin',
    organization: 'system:masters',
    usages: [x509.ExtendedKeyUsage.clientAuth],
  },
  'controller-manager': {
    commonName: 'system:kube-controller-manager',
    usages: [x509.ExtendedKeyUsage.clientAuth],
  },
  scheduler: { commonName: 'system:kube-scheduler', usages: [x509.ExtendedKeyUsage.clientAuth] },
  proxy: { commonName: 'system:kube-proxy', usages: [x509.ExtendedKeyUsage.clientAuth] },
  'network-policies': {
    commonName: 'sandbox:network-policies',
    usages: [x509.ExtendedKeyUsage.clientAuth],
  },
  kubelet: {
    commonName: `system:node:${addresses.nodeName}`,
    organization: 'system:nodes',
    usages: [x509.ExtendedKeyUsage.clientAuth, x509.ExtendedKeyUsage.serverAuth],
    names: [
      { type: 'dns', value: addresses.nodeName },
      { type: 'ip', value: addresses.node },
    ],
  },
};

const servers: Record<string, Request> = {
  apiserver: {
    commonName: 'kube-apiserver',
    usages: [x509.ExtendedKeyUsage.serverAuth],
    names: [
      ...['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'localhost'].map(
        (value) => ({
          type: 'dns' as const,
          value,
        }),
      ),
      { type: 'dns', value: 'kubernetes.default.svc.cluster.local' },
      { type: 'ip', value: addresses.node },
      { type: 'ip', value: addresses.kubernetesService },
    ],
  },
  'apiserver-kubelet': {
    commonName: 'kube-apiserver',
    organization: 'system:masters',
    usages: [x509.ExtendedKeyUsage.clientAuth],
  },
  'front-proxy': { commonName: 'front-proxy', usages: [x509.ExtendedKeyUsage.clientAuth] },
  etcd: {
    commonName: 'etcd',
    usages: [x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth],
    names: [{ type: 'ip', value: '127.0.0.1' }],
  },
  'service-accounts': {
    commonName: 'service-accounts',
    usages: [x509.ExtendedKeyUsage.clientAuth],
  },
};

/** Makes every key and certificate the control plane lacks, and one kubeconfig per client. */
export async function ensurePki(): Promise<void> {
  mkdirSync(pkiDir, { recursive: true, mode: 0o700 });
  const ca = await authority();
  for (const [name, request] of Object.entries({ ...clients, ...servers })) {
    if (existsSync(pki(`${name}.crt`))) continue;
    const keys = await newKeys();
    const organization = request.organization === undefined ? '' : `,O=${request.organization}`;
    const certificate = await x509.X509CertificateGenerator.create({
      ...validity(),
      subject: `CN=${request.commonName}${organization}`,
      issuer: ca.certificate.subject,
      signingKey: ca.key,
      publicKey: keys.publicKey,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([...request.usages]),
        new x509.SubjectAlternativeNameExtension([...(request.names ?? [])]),
        await x509.AuthorityKeyIdentifierExtension.create(ca.certificate),
      ],
    });
    await save(name, certificate, keys.privateKey);
  }
  const publicKey = new X509Certificate(readFileSync(pki('service-accounts.crt'))).publicKey;
  writeFileSync(pki('service-accounts.pub'), publicKey.export({ format: 'pem', type: 'spki' }));
  ensureEncryptionKey();
  for (const name of Object.keys(clients)) {
    const file = name === 'admin' ? join(clusterDir, 'kubeconfig') : pki(`${name}.kubeconfig`);
    writeFileSync(file, clientConfig(name), { mode: 0o600 });
  }
}

/** Secrets are encrypted at rest in etcd with a key that never leaves the state folder. */
function ensureEncryptionKey(): void {
  const file = pki('encryption.yaml');
  if (existsSync(file)) return;
  const providers = [
    { secretbox: { keys: [{ name: 'key1', secret: randomBytes(32).toString('base64') }] } },
    { identity: {} },
  ];
  const config = {
    apiVersion: 'apiserver.config.k8s.io/v1',
    kind: 'EncryptionConfiguration',
    resources: [{ resources: ['secrets'], providers }],
  };
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
}

/** A kubeconfig as JSON, which is YAML too; data is embedded so that the file can be moved. */
function clientConfig(name: string): string {
  const data = (file: string) => readFileSync(pki(file)).toString('base64');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': contextName,
    clusters: [
      {
        name: contextName,
        cluster: {
          server: `https://${addresses.node}:${ports.apiServer}`,
          'certificate-authority-data': data('ca.crt'),
        },
      },
    ],
    users: [
      {
        name,
        user: {
          'client-certificate-data': data(`${name}.crt`),
          'client-key-data': data(`${name}.key`),
        },
      },
    ],
    contexts: [{ name: contextName, context: { cluster: contextName, user: name } }],
  };
  return JSON.stringify(config, undefined, 2) + '\n';
}
