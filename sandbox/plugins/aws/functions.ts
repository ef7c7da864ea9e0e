import { createHash } from 'node:crypto';

import type { Invoke } from '../provider/definition.ts';
import { isValues, type Values } from '../provider/values.ts';
import { region } from './client.ts';

/** No account stands behind the sandbox; the number is one that AWS never gives out. */
const ACCOUNT = '000000000000';

export const getCallerIdentity: Invoke = () => ({
  accountId: ACCOUNT,
  arn: `arn:aws:iam::${ACCOUNT}:user/sandbox`,
  id: ACCOUNT,
  userId: 'sandbox',
});

export const getPartition: Invoke = () => ({
  dnsSuffix: 'amazonaws.com',
  id: 'aws',
  partition: 'aws',
  reverseDnsPrefix: 'com.amazonaws',
});

export const getRegion: Invoke = ({ region: asked, name }, { configuration }) => {
  const found = (asked ?? name ?? region(configuration)) as string;
  return {
    description: found,
    endpoint: `ec2.${found}.amazonaws.com`,
    id: found,
    name: found,
    region: found,
  };
};

/** Enough to preview a role that trusts the provider; it does not ask whether one exists. */
export const getOpenIdConnectProvider: Invoke = ({ arn, url }) => {
  const host = typeof url === 'string' ? url.replace(/^https:\/\//, '') : undefined;
  const found = (arn ?? `arn:aws:iam::${ACCOUNT}:oidc-provider/${host}`) as string;
  const issuer = host ?? found.split(':oidc-provider/')[1];
  return { arn: found, url: issuer, id: found, clientIdLists: [], thumbprintLists: [], tags: {} };
};

/** Renders the document as the official provider does. Merging of other documents is left out. */
export const getPolicyDocument: Invoke = (args) => {
  const merged = ['sourceJson', 'overrideJson', 'sourcePolicyDocuments', 'overridePolicyDocuments'];
  const unsupported = merged.find((name) => args[name] !== undefined);
  if (unsupported !== undefined) {
    throw new Error(
      `getPolicyDocument: ${unsupported} is not supported by the sandbox's aws plugin.`,
    );
  }
  const statements = (args['statements'] ?? []) as readonly Values[];
  const document = {
    Version: args['version'] ?? '2012-10-17',
    ...(args['policyId'] !== undefined && { Id: args['policyId'] }),
    Statement: statements.map(statement),
  };
  const minifiedJson = JSON.stringify(document);
  const id = String(createHash('sha1').update(minifiedJson).digest().readUInt32BE());
  return { ...args, id, json: JSON.stringify(document, null, 2), minifiedJson };
};

function statement(values: Values): Values {
  const entries = {
    Sid: values['sid'],
    Effect: values['effect'] ?? 'Allow',
    Principal: principals(values['principals']),
    NotPrincipal: principals(values['notPrincipals']),
    Action: single(values['actions']),
    NotAction: single(values['notActions']),
    Resource: single(values['resources']),
    NotResource: single(values['notResources']),
    Condition: conditions(values['conditions']),
  };
  return Object.fromEntries(Object.entries(entries).filter(([, entry]) => entry !== undefined));
}

function single(values: unknown): unknown {
  if (!Array.isArray(values) || values.length === 0) return undefined;
  // The official provider sorts, so that the order in the program makes no difference.
  return values.length === 1 ? (values[0] as unknown) : [...(values as string[])].sort().reverse();
}

function principals(values: unknown): unknown {
  if (!Array.isArray(values) || values.length === 0) return undefined;
  const all = values.filter(isValues);
  const [only] = all;
  const everyone = all.length === 1 && only?.['type'] === '*';
  if (everyone && single(only?.['identifiers']) === '*') return '*';
  const types = new Map<string, unknown[]>();
  for (const { type, identifiers } of all) {
    types.set(type as string, [
      ...(types.get(type as string) ?? []),
      ...(identifiers as unknown[]),
    ]);
  }
  return Object.fromEntries([...types].map(([type, list]) => [type, single(list)]));
}

function conditions(values: unknown): unknown {
  if (!Array.isArray(values) || values.length === 0) return undefined;
  const tests: Record<string, Values> = {};
  for (const { test, variable, values: expected } of values.filter(isValues)) {
    const list = expected as unknown[];
    const own = (tests[test as string] ??= {});
    own[variable as string] = list.length === 1 ? list[0] : list;
  }
  return tests;
}
