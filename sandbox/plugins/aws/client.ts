import { readFileSync } from 'node:fs';

import type { S3Client } from '@aws-sdk/client-s3';

import type { Context } from '../provider/definition.ts';
import { isValues, type Values } from '../provider/values.ts';

type Sdk = typeof import('@aws-sdk/client-s3');

/** The S3 endpoint of this configuration, with the SDK it speaks. */
export interface S3 {
  readonly sdk: Sdk;
  readonly client: S3Client;
}

const clients = new WeakMap<Values, Promise<S3>>();

/** One client per configuration. The SDK takes 0.3 s to load: nothing loads it before it is needed. */
export function s3(context: Context): Promise<S3> {
  const { configuration } = context;
  const client = clients.get(configuration) ?? connect(configuration);
  clients.set(configuration, client);
  return client;
}

/** A setting of the provider. The SDK sends lists, objects and booleans as JSON text. */
export function setting(configuration: Values, name: string): unknown {
  const value = configuration[name];
  if (typeof value !== 'string' || !/^(\[|\{|true$|false$)/.test(value)) return value;
  return JSON.parse(value) as unknown;
}

export function region(configuration: Values): string {
  return (configuration['region'] as string | undefined) ?? 'us-east-1';
}

async function connect(configuration: Values): Promise<S3> {
  const sdk = await import('@aws-sdk/client-s3');
  const { Agent } = await import('node:https');
  const httpsAgent = new Agent({
    rejectUnauthorized: setting(configuration, 'insecure') !== true,
    ...certificates(configuration),
  });
  const client = new sdk.S3Client({
    endpoint: endpoint(configuration),
    region: region(configuration),
    credentials: credentials(configuration),
    forcePathStyle: setting(configuration, 's3UsePathStyle') === true,
    requestHandler: { httpsAgent, connectionTimeout: 5_000, requestTimeout: 60_000 },
  });
  return { sdk, client };
}

// Without an endpoint the AWS SDK would go to the real AWS, which a sandbox must never do.
function endpoint(configuration: Values): string {
  const endpoints = [setting(configuration, 'endpoints')].flat();
  const found = endpoints.find((entry) => isValues(entry) && typeof entry['s3'] === 'string');
  if (isValues(found)) return found['s3'] as string;
  throw new Error(
    "the sandbox's aws plugin talks only to the S3 endpoint in `endpoints: [{ s3: … }]` of the provider.",
  );
}

function credentials({ accessKey, secretKey }: Values) {
  if (typeof accessKey === 'string' && typeof secretKey === 'string') {
    return { accessKeyId: accessKey, secretAccessKey: secretKey };
  }
  // Ambient credentials are somebody's real ones.
  throw new Error("the sandbox's aws plugin needs accessKey and secretKey in the provider.");
}

function certificates({ customCaBundle }: Values): { ca?: string } {
  return typeof customCaBundle === 'string' ? { ca: readFileSync(customCaBundle, 'utf8') } : {};
}
