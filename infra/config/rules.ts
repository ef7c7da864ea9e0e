import { ConfigError } from '../../components/errors.ts';
import { brokenBackupRules } from './backup-rules.ts';
import { longestGapDays } from './cron.ts';
import type { Partly } from './partly.ts';
import { brokenProtectionRules } from './protection-rules.ts';
import { bytes, cores } from './quantity.ts';
import { observabilityRules } from './observability-rules.ts';
import type { SettingsInput } from './schema.ts';
import { brokenSizeRules } from './size-rules.ts';

export type { Partly } from './partly.ts';

export type Rule = (settings: Partly<SettingsInput>) => readonly ConfigError[];

const standbyNeedsTwo: Rule = ({ postgres }) =>
  postgres?.synchronous === true && postgres.instances === 1
    ? [
        new ConfigError(
          'postgres.synchronous',
          'needs a standby, but postgres.instances is 1.',
          'Set instances to 2 or more, or synchronous to false.',
        ),
      ]
    : [];

const hostsDiffer: Rule = ({ hosts }) =>
  hosts?.api !== undefined && hosts.api === hosts.admin
    ? [new ConfigError('hosts.admin', `"${hosts.admin}" is already the host of hosts.api.`)]
    : [];

const retentionCoversSchedule: Rule = ({ backup }) => {
  const { schedule, retentionDays } = backup ?? {};
  if (schedule === undefined || retentionDays === undefined) return [];
  const gap = longestGapDays(schedule);
  if (retentionDays > gap) return [];
  const hint = Number.isFinite(gap) ? `Keep at least ${gap + 1}.` : 'Run it at least once a year.';
  const problem = `${retentionDays} days end before the next backup of "${schedule}" is made.`;
  return [new ConfigError('backup.retentionDays', problem, hint)];
};

const limitsCoverRequests: Rule = (settings) => {
  const owners = ['postgres', 'redis', 'documents', 'application'] as const;
  return owners.flatMap((owner) => {
    const { requests, limits } = settings[owner]?.resources ?? {};
    return (['cpu', 'memory'] as const).flatMap((kind) => {
      const value = kind === 'cpu' ? cores : bytes;
      const request = requests?.[kind];
      const limit = limits?.[kind];
      if (request === undefined || limit === undefined) return [];
      if ((value(limit) ?? 0) >= (value(request) ?? 0)) return [];
      const problem = `"${limit}" is less than the request of "${request}".`;
      return [new ConfigError(`${owner}.resources.limits.${kind}`, problem)];
    });
  });
};

const maxmemoryLeavesRoom: Rule = ({ redis }) => {
  const limit = redis?.resources?.limits?.memory;
  if (redis?.maxmemory === undefined || limit === undefined) return [];
  if ((bytes(redis.maxmemory) ?? 0) <= 0.7 * (bytes(limit) ?? 0)) return [];
  const problem = `"${redis.maxmemory}" leaves no room for a snapshot within the limit of "${limit}".`;
  return [new ConfigError('redis.maxmemory', problem, 'Stay below 70 % of the limit.')];
};

const replicasAreOrdered: Rule = ({ application }) => {
  const replicas = application?.replicas;
  if (replicas === undefined || typeof replicas === 'number') return [];
  const { min, max } = replicas;
  if (min === undefined || max === undefined || min <= max) return [];
  return [new ConfigError('application.replicas.max', `${max} is less than min, ${min}.`)];
};

const poolsFit: Rule = ({ postgres }) => {
  const instances = postgres?.pooler?.instances;
  if (postgres === undefined || instances === undefined) return [];
  // Two application users have a pool each; 20 connections stay for the operator and people.
  const needed = instances * 2 * (postgres.pooler?.poolSize ?? 20) + 20;
  const limit = postgres.maxConnections ?? 200;
  if (needed <= limit) return [];
  const problem = `the poolers need ${needed} connections, the server accepts ${limit}.`;
  return [
    new ConfigError('postgres.pooler.poolSize', problem, 'Lower it or raise maxConnections.'),
  ];
};

const claimsFitQuota: Rule = ({ namespaces, postgres, redis, documents, backup }) => {
  const quota = namespaces?.data?.storage;
  if (quota === undefined || postgres?.storage === undefined || redis?.storage === undefined) {
    return [];
  }
  const wal = bytes(postgres.walStorage ?? '0') ?? 0;
  const store = backup?.store;
  const objects = store?.kind === 'object-gateway' ? (bytes(store.storage ?? '0') ?? 0) : 0;
  const members =
    documents?.engine === 'percona'
      ? (documents.instances ?? 3) * (bytes(documents.storage ?? '0') ?? 0)
      : 0;
  const needed =
    members +
    (postgres.instances ?? 1) * ((bytes(postgres.storage) ?? 0) + wal) +
    (redis.nodes ?? 6) * (bytes(redis.storage) ?? 0) +
    objects;
  if (needed <= (bytes(quota) ?? 0)) return [];
  const gibibytes = Math.ceil(needed / 2 ** 30);
  const problem = `"${quota}" is less than the ${gibibytes}Gi that the databases claim.`;
  return [new ConfigError('namespaces.data.storage', problem)];
};

const noDemoInProduction: Rule = ({ demo, protect }) =>
  demo === true && protect === true
    ? [new ConfigError('demo', 'must be off where protect is on.', 'Demo tenants are for trials.')]
    : [];

const imagesAreNamed: Rule = ({ certificates, documents, images }) => {
  if (images === undefined) return [];
  const missing = (owner: string, ...names: (keyof typeof images)[]) =>
    names
      .filter((name) => images[name] === undefined)
      .map((name) => new ConfigError(`images.${name}`, `is missing, but ${owner}.`));
  const certManager = [
    'certManagerController',
    'certManagerWebhook',
    'certManagerCainjector',
    'certManagerSolver',
  ] as const;
  return [
    ...(certificates === undefined ? [] : missing('certificates is set', ...certManager)),
    ...(documents?.engine === 'percona'
      ? missing('documents.engine is percona', 'documentsOperator', 'documentsBackup')
      : []),
  ];
};

const perconaWritesToS3: Rule = ({ documents, backup }) =>
  documents?.engine === 'percona' && backup?.store?.kind === 'object-gateway'
    ? [
        new ConfigError(
          'documents.engine',
          '"percona" takes its backups to S3 as a role, and backup.store is in the cluster.',
          'Use "ferretdb", or a store of kind "s3".',
        ),
      ]
    : [];

const perconaCacheFits: Rule = ({ documents }) => {
  if (documents?.engine !== 'percona') return [];
  const limit = documents.resources?.limits?.memory;
  if (limit === undefined) return [];
  const { cache = '1Gi' } = documents;
  if ((bytes(cache) ?? 0) + 2 ** 30 <= (bytes(limit) ?? 0)) return [];
  const problem = `"${cache}" and 1Gi for everything else do not fit into the limit of "${limit}".`;
  return [new ConfigError('documents.cache', problem)];
};

const RULES: readonly Rule[] = [
  hostsDiffer,
  imagesAreNamed,
  perconaWritesToS3,
  perconaCacheFits,
  claimsFitQuota,
  standbyNeedsTwo,
  poolsFit,
  maxmemoryLeavesRoom,
  limitsCoverRequests,
  retentionCoversSchedule,
  replicasAreOrdered,
  brokenBackupRules,
  brokenProtectionRules,
  brokenSizeRules,
  noDemoInProduction,
  ...observabilityRules,
];

/** Mistakes that only show when several settings are seen together. */
export function brokenRules(settings: Partly<SettingsInput>): ConfigError[] {
  return RULES.flatMap((rule) => rule(settings));
}
