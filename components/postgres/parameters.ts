import { ConfigError } from '../errors.ts';
import { kubernetesBytes, postgresBytes, postgresSize } from './quantity.ts';

const GIB = 2 ** 30;

/** What the parameters are derived from; all plain. */
export interface ServerSize {
  /** Memory request of an instance. */
  readonly memory: string;
  /** Volume that holds the WAL: its own, or the data volume. */
  readonly walVolume: string;
  readonly maxConnections: number;
}

/** Set by the operator; it refuses them, but only once the other layers are up. */
const FIXED =
  /^(archive_(command|mode)|cluster_name|data_directory|hot_standby|listen_addresses|log_(destination|directory|file_mode|filename|rotation_.*)|logging_collector|port|primary_(conninfo|slot_name)|recovery_.*|restart_after_crash|restore_command|shared_preload_libraries|ssl.*|synchronous_standby_names|syslog_.*|unix_socket_.*)$/;

/**
 * Parameters of `postgresql.conf`, all strings as the CRD demands. Up to 2 GiB of memory the small
 * profile holds; above it the memory figures follow the request. `overrides` win.
 */
export function serverParameters(
  path: string,
  size: ServerSize,
  overrides: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const memory = kubernetesBytes(`${path}.resources.requests.memory`, size.memory);
  const volume = kubernetesBytes(`${path}.storage`, size.walVolume);
  for (const key of Object.keys(overrides)) {
    if (FIXED.test(key)) {
      throw new ConfigError(
        `${path}.parameters.${key}`,
        'is set by the operator.',
        'Leave it out.',
      );
    }
  }
  const parameters = {
    max_connections: String(size.maxConnections),
    ...memoryParameters(memory, size.maxConnections),
    ...walParameters(volume),
    checkpoint_completion_target: '0.9',
    default_statistics_target: '100',
    // Solid state disks: a random page costs little more than the next one, many can be asked for.
    random_page_cost: '1.1',
    effective_io_concurrency: '200',
    // The same threshold as the application's own slow request warning, in milliseconds.
    log_min_duration_statement: '1000',
    ...overrides,
  };
  checkSizes(path, parameters, { memory, volume, walVolume: size.walVolume });
  return parameters;
}

function memoryParameters(memory: number, maxConnections: number) {
  const small = memory <= 2 * GIB;
  return {
    shared_buffers: small ? '256MB' : postgresSize(memory / 4),
    // A hint for the planner, not an allocation: what the page cache is likely to hold.
    effective_cache_size: small ? '1GB' : postgresSize((memory * 3) / 4),
    maintenance_work_mem: small ? '64MB' : postgresSize(Math.min(memory / 16, 2 * GIB)),
    wal_buffers: '16MB',
    // Per sort, several per query: a quarter of the memory if every connection used one.
    work_mem: small ? '4MB' : postgresSize(Math.max(memory / 4 / maxConnections, 4 * 2 ** 20)),
  };
}

/** Half of the volume at most: WAL passes `max_wal_size` while a standby or the archive lags. */
function walParameters(volume: number) {
  const most = Math.min(4 * GIB, volume / 2);
  return { min_wal_size: postgresSize(most / 4), max_wal_size: postgresSize(most) };
}

function checkSizes(
  path: string,
  parameters: Readonly<Record<string, string>>,
  limits: { readonly memory: number; readonly volume: number; readonly walVolume: string },
): void {
  const of = (key: string) => postgresBytes(`${path}.parameters.${key}`, parameters[key] ?? '');
  const refuse = (key: string, problem: string) => {
    throw new ConfigError(`${path}.parameters.${key}`, problem);
  };
  if (of('min_wal_size') >= of('max_wal_size')) {
    refuse(
      'min_wal_size',
      `${parameters['min_wal_size']} must be less than max_wal_size, ${parameters['max_wal_size']}.`,
    );
  }
  if (of('max_wal_size') >= limits.volume) {
    refuse(
      'max_wal_size',
      `${parameters['max_wal_size']} must be less than the volume, ${limits.walVolume}.`,
    );
  }
  if (of('shared_buffers') > limits.memory) {
    refuse('shared_buffers', `${parameters['shared_buffers']} must fit into the memory request.`);
  }
}
