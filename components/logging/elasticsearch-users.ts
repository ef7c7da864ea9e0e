import * as k8s from '@pulumi/kubernetes';
import type * as pulumi from '@pulumi/pulumi';
import * as random from '@pulumi/random';

import { labels } from '../labels.ts';
import { COMPONENT } from './elasticsearch-access.ts';

/**
 * What each user may do, and no more. `collector` adds lines, `setup` brings the settings, `traces`
 * keeps spans in indices of its own.
 */
export const ROLES = {
  collector: {
    cluster: ['monitor'],
    indices: [{ names: ['logs-*.otel-*'], privileges: ['auto_configure', 'create_doc'] }],
  },
  setup: {
    cluster: [
      'monitor',
      'manage_ilm',
      'manage_index_templates',
      'manage_slm',
      'create_snapshot',
      'cluster:admin/repository/put',
      'cluster:admin/repository/get',
      'cluster:admin/repository/verify',
    ],
    indices: [],
  },
  traces: {
    cluster: ['monitor', 'manage_index_templates'],
    indices: [
      {
        names: ['jaeger-*'],
        privileges: [
          'create_index',
          'write',
          'read',
          'view_index_metadata',
          'maintenance',
          // Old ones are found and deleted.
          'monitor',
          'delete_index',
        ],
      },
    ],
  },
} as const;

export type User = keyof typeof ROLES;

export interface Users {
  /** Secrets for `spec.auth` of the cluster. */
  readonly auth: object;
  /** Secret with the keys `username`, `password` and `roles`, by user. */
  readonly secrets: Readonly<Record<User, pulumi.Output<string>>>;
  readonly passwords: Readonly<Record<User, pulumi.Output<string>>>;
}

/** Users of the file realm: they exist before the first request and need no administrator. */
export function elasticsearchUsers(
  name: string,
  namespace: pulumi.Input<string>,
  parent: { readonly parent: pulumi.Resource },
): Users {
  const metadata = (objectName: string) => ({
    name: objectName,
    namespace,
    labels: labels(name, COMPONENT),
  });
  const roles = new k8s.core.v1.Secret(
    `${name}-roles`,
    {
      metadata: metadata(`${name}-roles`),
      // YAML is a superset of JSON.
      stringData: { 'roles.yml': JSON.stringify(prefixed()) },
    },
    parent,
  );
  const user = (username: User) => {
    const child = `${name}-user-${username}`;
    const password = new random.RandomPassword(child, { length: 32, special: false }, parent)
      .result;
    const secret = new k8s.core.v1.Secret(
      `${child}-secret`,
      {
        metadata: metadata(child),
        type: 'kubernetes.io/basic-auth',
        stringData: { username, password, roles: roleOf(username) },
      },
      parent,
    );
    return { password, secretName: secret.metadata.name };
  };
  const users = { collector: user('collector'), setup: user('setup'), traces: user('traces') };
  const each = <T>(read: (one: (typeof users)[User]) => T) => ({
    collector: read(users.collector),
    setup: read(users.setup),
    traces: read(users.traces),
  });
  return {
    auth: {
      roles: [{ secretName: roles.metadata.name }],
      fileRealm: Object.values(users).map(({ secretName }) => ({ secretName })),
    },
    secrets: each(({ secretName }) => secretName),
    passwords: each(({ password }) => password),
  };
}

/** Prefixed, because roles that come with Elasticsearch have plain names. */
function roleOf(user: string): string {
  return `saas_${user}`;
}

function prefixed(): object {
  return Object.fromEntries(Object.entries(ROLES).map(([user, role]) => [roleOf(user), role]));
}
