import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeAll, describe, expect, test } from '@jest/globals';
import * as pulumi from '@pulumi/pulumi';

import {
  checkedOutput,
  checkedOutputs,
  outputsJsonSchema,
  outputsSchema,
} from '../../infra/outputs.ts';
import type { Schema } from '../golden/support/types-of-schema.ts';
import { brokenReads, type Consumers } from './support/broken-reads.ts';
import { mockPulumi } from './support/mocks.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const schema = outputsJsonSchema() as Schema;
const consumers = JSON.parse(read('infra/outputs-consumers.json')) as Consumers;

/** Only the named outputs; the rest of the contract is not under test here. */
const checked = (outputs: Record<string, unknown>) =>
  checkedOutputs(outputs as unknown as Parameters<typeof checkedOutputs>[0]);

function messageOf(action: () => unknown): string {
  try {
    action();
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function without(name: string): Schema {
  const { [name]: gone, ...properties } = schema.properties ?? {};
  expect(gone).toBeDefined();
  return { ...schema, properties };
}

beforeAll(async () => {
  await mockPulumi({ preview: true });
});

describe('before an output leaves the program', () => {
  test('it is checked, and the error names it but not its value', () => {
    const message = messageOf(() => checkedOutput('demoPasswords', { acme: 'too-short' }));
    expect(message).toContain('output "demoPasswords" breaks the contract of infra/outputs.ts');
    expect(message).toContain('acme');
    expect(message).not.toContain('too-short');
    expect(checkedOutput('demoPasswords', { acme: 'long-enough-to-pass' })).toBeDefined();
  });

  test('one that the contract does not list is refused', () => {
    expect(messageOf(() => checkedOutput('extra', 1))).toBe(
      'output "extra" breaks the contract of infra/outputs.ts: it is not listed',
    );
  });

  test('what the contract calls secret is one, and no secret becomes plain', async () => {
    const { demoPasswords, edgeHost, url } = checked({
      demoPasswords: { acme: 'long-enough-for-a-password' },
      edgeHost: pulumi.secret('edge.saas-edge.svc'),
      url: 'https://api.example.org',
    });
    const secret = [demoPasswords, edgeHost, url].map((one) => pulumi.isSecret(pulumi.output(one)));
    expect(await Promise.all(secret)).toEqual([true, true, false]);
  });

  test('a preview does not fail for a value that only the update knows', async () => {
    const { url } = checked({ url: pulumi.output(pulumi.unknown as string) });
    expect(await (url as unknown as { isKnown: Promise<boolean> }).isKnown).toBe(false);
  });
});

describe('what reads the outputs goes on to work', () => {
  test('every output that a consumer reads is there, of the type it expects', () => {
    expect(brokenReads(schema, consumers)).toEqual([]);
  });

  test('a removed output is told with the name of its consumer', () => {
    expect(brokenReads(without('caCertificate'), consumers)).toEqual([
      'sandbox/deploy.ts reads the output caCertificate as string, but it is gone',
    ]);
  });

  test('a retyped output is too', () => {
    const properties = { ...schema.properties, caCertificate: { type: 'integer' } };
    expect(brokenReads({ ...schema, properties }, consumers)).toEqual([
      'sandbox/deploy.ts reads the output caCertificate as string, but it is number now',
    ]);
  });

  test('a secret that would become plain is too', () => {
    const plain = { type: 'object', additionalProperties: { type: 'string' } };
    const properties = { ...schema.properties, demoPasswords: plain };
    expect(brokenReads({ ...schema, properties }, consumers)[0]).toBe(
      'sandbox/deploy.ts reads the output demoPasswords as secret Readonly<Record<string, string>>, ' +
        'but it is Readonly<Record<string, string>> now',
    );
  });

  test('the list of consumers holds every program that asks for outputs', () => {
    const query = ['grep', '-lE', "stack',? '?output|stack output|readOutputs\\("];
    const found = execFileSync('git', [...query, '--', '.', ':!test', ':!docs', ':!app/contract'], {
      cwd: root,
      encoding: 'utf8',
    });
    const files = found.trim().split('\n');
    // The contract says in its comment how it is read.
    const readers = files.filter((file) => file !== 'infra/outputs.ts');
    expect(readers.length).toBeGreaterThan(1);
    expect(readers.filter((file) => !(file in consumers))).toEqual([]);
  });

  test('each consumer names what it is said to read', () => {
    for (const [consumer, reads] of Object.entries(consumers)) {
      for (const path of Object.keys(reads)) {
        const [name = ''] = path.split(/[.[]/);
        const found = spawnSync('git', ['grep', '-q', `\\b${name}\\b`, '--', consumer], {
          cwd: root,
        });
        expect([consumer, path, found.status]).toEqual([consumer, path, 0]);
      }
    }
  });
});

test('the published schema lists every output and marks the secret ones', () => {
  const names = Object.keys(outputsSchema.shape);
  expect(Object.keys(schema.properties ?? {})).toEqual(names);
  expect(schema.properties?.['demoPasswords']?.['x-secret']).toBe(true);
});
