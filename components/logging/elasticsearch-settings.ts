import { LOG_KINDS, type LogKind } from './collector-config.ts';
import { elasticsearchCron } from './elasticsearch-cron.ts';

/** One document and where it is put; putting it again changes nothing. */
export interface Setting {
  readonly path: string;
  readonly body: object;
}

export interface SettingsArgs {
  /** Days that lines are kept after the index that holds them was full or a day old. */
  readonly retention: {
    readonly days: number;
    /** Of errors, which are looked back at for longer. */
    readonly errorDays: number;
  };
  /** Copies of each line besides the first. */
  readonly replicas: number;
  readonly backup: {
    readonly bucket: string;
    /** Unix cron, five fields, UTC. */
    readonly schedule: string;
    /** Days that a snapshot is kept. */
    readonly retentionDays: number;
  };
}

const REPOSITORY = 'saas-platform';
/** Folder of the bucket. */
export const SNAPSHOT_FOLDER = 'elasticsearch';

/**
 * What Elasticsearch is told over its API: with the free licence the operator cannot do it. The
 * order matters: a template names its policy, and snapshots their repository.
 */
export function elasticsearchSettings(args: SettingsArgs): readonly Setting[] {
  const { retention, replicas, backup } = args;
  const policyOf = (kind: LogKind) => (kind === 'error' ? 'saas-errors' : 'saas-logs');
  return [
    lifecycle('saas-logs', retention.days),
    lifecycle('saas-errors', retention.errorDays),
    ...LOG_KINDS.map((kind) => template(kind, policyOf(kind), replicas)),
    {
      path: `/_snapshot/${REPOSITORY}`,
      body: {
        type: 's3',
        settings: { bucket: backup.bucket, base_path: SNAPSHOT_FOLDER, client: 'default' },
      },
    },
    {
      path: '/_slm/policy/saas-nightly',
      body: {
        schedule: elasticsearchCron(backup.schedule),
        name: '<nightly-{now/d}>',
        repository: REPOSITORY,
        config: { include_global_state: true },
        // The last good ones stay, however old they are.
        retention: { expire_after: `${backup.retentionDays}d`, min_count: 3 },
      },
    },
  ];
}

/** A new index a day, or sooner when it has grown large; each is deleted as a whole. */
function lifecycle(name: string, days: number): Setting {
  const rollover = { max_age: '1d', max_primary_shard_size: '20gb' };
  const phases = {
    hot: { actions: { rollover } },
    delete: { min_age: `${days}d`, actions: { delete: {} } },
  };
  return { path: `/_ilm/policy/${name}`, body: { policy: { phases } } };
}

/** Elasticsearch's own mappings for lines of OpenTelemetry, under a policy of ours. */
function template(kind: LogKind, policy: string, replicas: number): Setting {
  const parts = [
    'logs@mappings',
    'logs@settings',
    'otel@mappings',
    'logs-otel@mappings',
    'semconv-resource-to-ecs@mappings',
    'ecs@mappings',
  ];
  return {
    path: `/_index_template/saas-logs-${kind}`,
    body: {
      index_patterns: [`logs-${kind}.otel-*`],
      // Above 120, the one that comes with Elasticsearch.
      priority: 200,
      data_stream: {},
      allow_auto_create: true,
      composed_of: parts,
      // Releases add parts and drop some.
      ignore_missing_component_templates: parts,
      template: {
        settings: { index: { lifecycle: { name: policy }, number_of_replicas: replicas } },
      },
    },
  };
}
