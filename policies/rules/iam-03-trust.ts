import { forAws } from '../aws.ts';
import { eachStatement, has, listOf, type Statement } from '../documents.ts';
import type { Verdict } from '../findings.ts';
import type { Rule } from '../rule.ts';
import { at, fields, text, UNKNOWN, type Value } from '../values.ts';

/** Values that a condition compares the claim of a token with, exactly. */
function claim(condition: Value, name: 'sub' | 'aud'): readonly Value[] {
  const tests = fields(at(condition, 'StringEquals'));
  if (tests === UNKNOWN) return [UNKNOWN];
  return tests.filter(([key]) => key.endsWith(`:${name}`)).flatMap(([, value]) => listOf(value));
}

function trust({ allows, inverted, principals, federated, condition }: Statement): Verdict {
  if (allows === false) return undefined;
  const everybody = inverted || has(principals, (name) => name === '*');
  if (everybody === true) return allows === UNKNOWN ? UNKNOWN : 'lets everybody assume the role';
  const issuer = has(federated, (name) => name.includes(':oidc-provider/'));
  if (everybody === UNKNOWN || issuer === UNKNOWN || allows === UNKNOWN) return UNKNOWN;
  if (issuer === false) return undefined;
  const [subjects, audiences] = [claim(condition, 'sub'), claim(condition, 'aud')];
  const exact = subjects.every((one) => !/[*?]/.test(text(one, '')));
  if (subjects.length === 0 || !exact) return 'trusts accounts that it does not name';
  if (audiences.length === 0) return 'trusts tokens that were made for something else';
  return [...subjects, ...audiences].includes(UNKNOWN) ? UNKNOWN : undefined;
}

export const roleTrust: Rule = {
  id: 'IAM-03',
  name: 'iam-03-trust',
  title: 'Roles trust named accounts of the cluster, and nobody else',
  severity: 'critical',
  standards: ['CKV_AWS_60', 'CKV_AWS_61', 'Kyverno require-irsa-subject'],
  why: 'A role that trusts a pattern is the role of every pod that somebody may start.',
  fix: 'Compare :sub with the exact ServiceAccount and :aud with sts.amazonaws.com, both by StringEquals.',
  knownLater: true,
  check: forAws(['iam.Role'], ({ props }) => eachStatement(props, 'assumeRolePolicy', trust)),
};
