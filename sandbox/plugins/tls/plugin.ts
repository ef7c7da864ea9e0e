import { createPrivateKey } from 'node:crypto';

import type { PluginDefinition } from '../provider/definition.ts';
import { certRequest, locallySignedCert, selfSignedCert } from './certificates.ts';
import { fingerprint, privateKey, publicOutputs } from './private-key.ts';

/** Stand-in for the official tls provider, 5.6.1. */
export const tls: PluginDefinition = {
  name: 'tls',
  resources: {
    'tls:index/certRequest:CertRequest': certRequest,
    'tls:index/locallySignedCert:LocallySignedCert': locallySignedCert,
    'tls:index/privateKey:PrivateKey': privateKey,
    'tls:index/selfSignedCert:SelfSignedCert': selfSignedCert,
  },
  previewOnly: [],
  invokes: {
    'tls:index/getPublicKey:getPublicKey': ({ privateKeyPem }) => {
      const key = createPrivateKey(privateKeyPem as string);
      const algorithm = { rsa: 'RSA', ec: 'ECDSA' }[key.asymmetricKeyType as 'rsa' | 'ec'];
      return {
        algorithm: algorithm ?? 'ED25519',
        id: fingerprint(key),
        privateKeyPem,
        ...publicOutputs(key),
      };
    },
  },
};
