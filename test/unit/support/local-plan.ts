import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';

import * as pulumi from '@pulumi/pulumi';
import { load } from 'js-yaml';

import { parseSettings } from '../../../infra/config.ts';
import { readImagesLock, resolveImages, resolveMetricImages } from '../../../infra/images.ts';
import { checkedOutputs } from '../../../infra/outputs.ts';
import { program } from '../../../infra/program.ts';
import { fakeManifests } from './manifests.ts';
import { mockPulumi, type Recorded } from './mocks.ts';

export interface Plan {
  readonly resources: readonly Recorded[];
  readonly outputs: Readonly<Record<string, pulumi.Output<unknown>>>;
}

/** Certificates and keys must look like ones: the contract checks it, and the API's keys are read. */
function known({ type, name }: Recorded) {
  if (type === 'tls:index/privateKey:PrivateKey') {
    const pem = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' });
    return { privateKeyPem: pem, privateKeyPemPkcs8: pem };
  }
  if (type !== 'tls:index/selfSignedCert:SelfSignedCert') return account({ type, name });
  return { certPem: `-----BEGIN CERTIFICATE-----\n${name}\n-----END CERTIFICATE-----\n` };
}

/** ARNs, which policies and other resources are made from. */
function account({ type, name }: Pick<Recorded, 'type' | 'name'>) {
  switch (type) {
    case 'aws:s3/bucket:Bucket':
      return { arn: `arn:aws:s3:::${name}` };
    case 'aws:iam/role:Role':
      return { arn: `arn:aws:iam::222222222222:role/${name}`, name };
    case 'aws:kms/key:Key':
      return { arn: `arn:aws:kms:eu-central-1:222222222222:key/${name}`, keyId: name };
    default:
      return undefined;
  }
}

/** Runs the whole program for a stack of this repository, against mocks and without a network. */
export async function planOf(stack: string): Promise<Plan> {
  const recorder = await mockPulumi({ state: known });
  const file = load(readFileSync(`Pulumi.${stack}.yaml`, 'utf8')) as {
    config: Record<string, unknown>;
  };
  const { manifests, lock } = fakeManifests();
  const settings = { ...parseSettings(file.config['saas-platform:settings']), manifests };
  const digests = readImagesLock('test/fixtures/images.lock.json');
  const images = resolveImages(settings.images, digests);
  const metricImages = resolveMetricImages(settings, digests);
  const secrets = { getSecret: (name: string) => pulumi.secret(`secret of ${name}`) };
  let outputs: Plan['outputs'] = {};
  let refused: unknown;
  // Inside a stack, because the program gives the whole stack its provider.
  await pulumi.runtime.runInPulumiStack(() => {
    const args = {
      settings,
      images,
      metricImages,
      secrets,
      stack,
      projectDir: '',
      operatorsLock: lock,
    };
    try {
      outputs = checkedOutputs(program(args));
    } catch (error) {
      // The stack would end the whole process with it, and with it every other test.
      refused = error;
    }
    return Promise.resolve(outputs);
  });
  // What the settings are refused for is the message of the test.
  // eslint-disable-next-line @typescript-eslint/only-throw-error
  if (refused !== undefined) throw refused;
  const resources = await recorder.all();
  return { resources, outputs };
}
