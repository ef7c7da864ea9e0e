import { eachEntry, expectFields, forKinds, is } from '../expect.ts';
import { findings } from '../findings.ts';
import { CNPG } from '../postgres.ts';
import type { Rule } from '../rule.ts';
import type { Value } from '../values.ts';

const STRONG = ['scram-sha-256', 'cert'];
const EVERYWHERE = ['all', '0.0.0.0/0', '::/0'];

/** What is wrong with one line of pg_hba: type, database, user, address, method. */
function problem(line: Value): string | undefined {
  if (typeof line !== 'string') return 'is no line of pg_hba';
  const words = line.trim().split(/\s+/);
  if (words[0] === undefined || words[0] === '' || words[0].startsWith('#')) return undefined;
  const [type, , , address = '', method = ''] = words;
  const masked = /^[\d.:]+$/.test(method);
  const how = type === 'local' ? address : masked ? (words[5] ?? '') : method;
  if (how === 'reject') return undefined;
  if (how === 'trust') return 'lets people in without a password';
  if (type === 'local') return undefined;
  if (['md5', 'password'].includes(how)) return 'takes weak passwords over the network';
  const broad = EVERYWHERE.includes(address) || (masked && /^(0\.0\.0\.0|::)$/.test(address));
  if (!broad || (type === 'hostssl' && STRONG.includes(how))) return undefined;
  return 'lets every address in without TLS and SCRAM or a certificate';
}

export const authentication: Rule = {
  id: 'PG-06',
  name: 'pg-06-authentication',
  title: 'PostgreSQL takes logins over TLS, by SCRAM or certificate',
  severity: 'high',
  standards: ['CloudNativePG: security', 'PostgreSQL: pg_hba.conf'],
  why: 'Passwords or rows in plain text are read by whoever is on the path; trust needs no password.',
  fix: 'Write lines as hostssl … scram-sha-256 or cert, and leave password_encryption as it is.',
  check: forKinds(CNPG, ['Cluster', 'Pooler'], ({ props }) => [
    ...['spec.postgresql.pg_hba', 'spec.pgbouncer.pg_hba'].flatMap((field) =>
      eachEntry(props, field, (line, path) => findings(path, problem(line))),
    ),
    ...expectFields(props, [
      {
        field: 'spec.postgresql.parameters.password_encryption',
        good: is(undefined, 'scram-sha-256'),
        problem: 'stores passwords in a weak form',
      },
    ]),
  ]),
};
