import { eachBucket } from '../aws.ts';
import { has, listOf, statements, type Statement } from '../documents.ts';
import { findings } from '../findings.ts';
import type { Rule } from '../rule.ts';
import { at, fields, UNKNOWN } from '../values.ts';

const ENCRYPTION = 's3:x-amz-server-side-encryption';

const everybody = ({ principals }: Statement) => has(principals, (name) => name === '*') === true;
const denies = (statement: Statement) => statement.allows === false && everybody(statement);

/** Refuses what comes without TLS, for the bucket and for its objects. */
function refusesPlainText(statement: Statement): boolean {
  const { resources, actions, condition } = statement;
  const secure = listOf(at(condition, 'Bool', 'aws:SecureTransport'));
  const all = resources.includes('*');
  const objects = has(resources, (one) => one.endsWith('/*')) === true;
  const bucket = has(resources, (one) => !one.endsWith('*')) === true;
  const every = has(actions, (action) => action === 's3:*' || action === '*') === true;
  const off = secure.some((value) => value === 'false' || value === false);
  return denies(statement) && every && off && (all || (objects && bucket));
}

/** Refuses a write under another encryption or key. */
function refusesOtherKeys(statement: Statement): boolean {
  const tests = fields(statement.condition);
  if (tests === UNKNOWN) return false;
  const keys = tests.flatMap(([, one]) => {
    const own = fields(one);
    return own === UNKNOWN ? [] : own.map(([key]) => key);
  });
  const writes = has(statement.actions, (action) => ['s3:PutObject', 's3:*', '*'].includes(action));
  return denies(statement) && writes === true && keys.some((key) => key.startsWith(ENCRYPTION));
}

export const transport: Rule = {
  id: 'S3-05',
  name: 's3-05-transport',
  title: 'Buckets refuse plain text, and writes under another key',
  severity: 'high',
  standards: ['FSBP S3.5', 'CKV_AWS_379'],
  why: 'Backups would cross networks in plain text, or lie under a key that others may use.',
  fix: 'Deny s3:* where aws:SecureTransport is false for the bucket and its objects, and s3:PutObject by encryption.',
  knownLater: true,
  checkStack: eachBucket('s3.BucketPolicy', 'has no policy', ({ props }) => {
    const all = statements(at(props, 'policy'));
    if (all === UNKNOWN) return findings('policy', UNKNOWN);
    return [
      ...findings('policy', all.some(refusesPlainText) ? undefined : 'allows plain text'),
      ...findings('policy', all.some(refusesOtherKeys) ? undefined : 'allows other keys'),
    ];
  }),
};
