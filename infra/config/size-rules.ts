import { ConfigError } from '../../components/errors.ts';
import type { Partly } from './partly.ts';
import { bytes, cores } from './quantity.ts';
import type { SettingsInput } from './schema.ts';

type Rule = (settings: Partly<SettingsInput>) => readonly ConfigError[];

const backupsHaveTools: Rule = ({ redis, images }) =>
  redis?.backup === undefined || images === undefined || images.awsCli !== undefined
    ? []
    : [new ConfigError('images.awsCli', 'is missing: redis.backup sends its snapshots with it.')];

const zonesHoldInstances: Rule = ({ postgres }) =>
  postgres?.spread === 'zone' && postgres.instances === 5
    ? [
        new ConfigError(
          'postgres.spread',
          '"zone" needs five zones for five instances.',
          'Did you mean "required"?',
        ),
      ]
    : [];

const ownClassHasName: Rule = ({ cluster }) =>
  cluster?.ebs === undefined || cluster.storageClass !== undefined
    ? []
    : [
        new ConfigError(
          'cluster.storageClass',
          'is missing: cluster.ebs makes the class of that name.',
        ),
      ];

const walFitsItsVolume: Rule = ({ postgres }) => {
  const { walStorage } = postgres ?? {};
  if (walStorage === undefined || (bytes(walStorage) ?? 0) >= 2 * 2 ** 30) return [];
  const problem = `"${walStorage}" is too small for the WAL between two checkpoints.`;
  return [new ConfigError('postgres.walStorage', problem, 'Set at least "2Gi".')];
};

const budgetsFitQuota: Rule = ({ namespaces, application }) => {
  const replicas = application?.replicas;
  const { requests, limits } = application?.resources ?? {};
  const most = typeof replicas === 'number' ? replicas : replicas?.max;
  if (most === undefined || namespaces?.app === undefined) return [];
  // While they roll, one API pod more, the worker, the role admin and the migration run beside them.
  const pods = most + 4;
  return (['cpu', 'memory'] as const).flatMap((kind) => {
    const value = kind === 'cpu' ? cores : bytes;
    const each = kind === 'cpu' ? requests?.cpu : limits?.memory;
    const quota = namespaces.app?.[kind];
    if (each === undefined || quota === undefined) return [];
    const needed = pods * (value(each) ?? 0);
    if (needed <= (value(quota) ?? 0)) return [];
    const shown = kind === 'cpu' ? `${needed}` : `${Math.ceil(needed / 2 ** 20)}Mi`;
    const problem = `"${quota}" is less than the ${shown} of ${most} API pods and what rolls beside them.`;
    return [new ConfigError(`namespaces.app.${kind}`, problem)];
  });
};

/** Parts that need another part, or more room than they were given. */
export const brokenSizeRules: Rule = (settings) =>
  [
    backupsHaveTools,
    zonesHoldInstances,
    ownClassHasName,
    walFitsItsVolume,
    budgetsFitQuota,
  ].flatMap((rule) => rule(settings));
