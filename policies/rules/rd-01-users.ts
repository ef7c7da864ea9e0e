import { about, findings, type Verdict } from '../findings.ts';
import { eachRedis, expectDirectives, mounted, VOLUMES, type Redis } from '../redis.ts';
import type { Resource, Stack } from '../resource.ts';
import type { Rule, StackFinding } from '../rule.ts';
import { at, UNKNOWN, type Value } from '../values.ts';

/** The text under a key of a Secret. */
function textOf(secret: Resource, key: string): Value {
  const plain = at(secret.props, 'stringData', key);
  if (plain !== undefined) return plain;
  const encoded = at(secret.props, 'data', key);
  return typeof encoded === 'string' ? Buffer.from(encoded, 'base64').toString() : encoded;
}

/** What is wrong with the users of a file of `user <name> <rule>…` lines. */
function users(text: Value): Verdict {
  if (text === UNKNOWN) return UNKNOWN;
  if (typeof text !== 'string') return 'holds no users';
  const lines = text.split('\n').map((line) => line.trim().split(/\s+/));
  const all = lines.filter(([word]) => word === 'user');
  const on = all.filter(([, , ...rules]) => rules.includes('on') && !rules.includes('off'));
  if (on.some((words) => words.includes('nopass'))) return 'lets a user in without a password';
  const owner = all.find(([, name]) => name === 'default');
  // Redis itself gives the user default everything, without a password.
  if (owner === undefined) return 'leaves the user default as it is: on, without a password';
  return undefined;
}

function access(stack: Stack, redis: Redis): readonly StackFinding[] {
  const { server, directives } = redis;
  const file = directives.get('aclfile')?.split('/').at(-1);
  if (file === undefined || file === '') return [];
  const secrets = mounted(stack, server, 'Secret');
  if (secrets === UNKNOWN) return about(server, findings(VOLUMES, UNKNOWN));
  const found = secrets.find((secret) => textOf(secret, file) !== undefined);
  if (found === undefined) {
    return about(server, findings(VOLUMES, 'mount no Secret of the stack with the users'));
  }
  return about(found, findings(`stringData["${file}"]`, users(textOf(found, file))));
}

const none = (value: string | undefined) => value === undefined || value === '';

export const redisUsers: Rule = {
  id: 'RD-01',
  name: 'rd-01-users',
  title: 'Redis knows its users, and lets nobody else in',
  severity: 'critical',
  standards: ['Redis: ACL', 'Redis: security'],
  why: 'A Redis that anybody reaches gives out sessions, and has commands that run programs.',
  fix: 'Name an aclfile from a Secret, with a line for the user default (off), and no password in redis.conf.',
  knownLater: true,
  checkStack: (stack) =>
    eachRedis(stack, (redis) => [
      ...expectDirectives(redis, [
        ['aclfile', (value) => !none(value), 'is not set'],
        ['requirepass', none, 'holds a password'],
        ['masterauth', none, 'holds a password'],
      ]),
      ...access(stack, redis),
    ]),
};
