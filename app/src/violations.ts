import type { DatabaseError } from 'pg';

import { Problem } from './problem.ts';

const CONFLICTS: Readonly<Record<string, string>> = {
  users_tenant_id_email_key: 'There is a user with this e-mail address already.',
  organizations_name: 'There is an organization with this name already.',
  config_documents_pkey: 'The document is another one by now.',
  config_documents_current: 'The document is another one by now.',
  departments_name: 'There is a department with this name beside it already.',
};
const REFERENCES: Readonly<Record<string, string>> = {
  departments_org: 'There is no such organization.',
  departments_parent: 'There is no such parent in this organization.',
  departments_own_parent: 'A department cannot be its own parent.',
  memberships_org: 'There is no such organization.',
  memberships_user: 'There is no such user.',
  memberships_department: 'There is no such department in this organization.',
};

/**
 * The answer to a write that a constraint refused; undefined for every other error. A reference that
 * leads nowhere is 422, to another tenant's row as well; one that something still holds is 409.
 */
export function violation(error: unknown, method: string): Problem | undefined {
  const { code, constraint = '' } = error as Partial<DatabaseError>;
  switch (code) {
    case '23505':
      return new Problem(409, CONFLICTS[constraint] ?? 'There is one like this already.');
    case '23503':
      if (method === 'DELETE') return new Problem(409, 'Something else still refers to it.');
      return new Problem(
        422,
        REFERENCES[constraint] ?? 'It refers to something that is not there.',
      );
    case '23514':
      return new Problem(422, REFERENCES[constraint] ?? 'A value is not allowed.');
    case '40P01':
    case '40001':
      return new Problem(409, 'Somebody else changed this at the same time. Try again.');
    default:
      return undefined;
  }
}
