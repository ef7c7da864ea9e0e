import { ConfigError } from '../../components/errors.ts';
import type { Rule } from './rules.ts';

/** Images that each part runs, by the part's path in the settings. */
const IMAGES = {
  elasticsearch: ['eckOperator', 'elasticsearch', 'kibana', 'collector'],
  victorialogs: ['victoriaLogs', 'collector'],
} as const;

const logsNeedImages: Rule = ({ images, observability }) => {
  const engine = observability?.logs?.engine;
  if (engine === undefined || images === undefined) return [];
  return IMAGES[engine]
    .filter((name) => images[name] === undefined)
    .map((name) => new ConfigError(`images.${name}`, `is missing: the logs in ${engine} need it.`));
};

const snapshotsNeedS3: Rule = ({ backup, observability }) =>
  observability?.logs?.engine === 'elasticsearch' && backup?.store?.kind === 'object-gateway'
    ? [
        new ConfigError(
          'observability.logs.engine',
          'elasticsearch keeps its snapshots in S3, but backup.store.kind is object-gateway.',
          'Use victorialogs.',
        ),
      ]
    : [];

const tracesNeedStore: Rule = ({ images, observability }) => {
  const { traces, logs } = observability ?? {};
  const problems: ConfigError[] = [];
  if (traces !== undefined && images !== undefined && images.jaeger === undefined) {
    problems.push(new ConfigError('images.jaeger', 'is missing: the traces need it.'));
  }
  if (traces?.backend === 'elasticsearch' && logs?.engine !== 'elasticsearch') {
    const problem = 'elasticsearch is there only with the log engine of that name.';
    problems.push(new ConfigError('observability.traces.backend', problem, 'Use memory.'));
  }
  return problems;
};

/** Mistakes between the settings of observability and the others. */
export const observabilityRules: readonly Rule[] = [
  logsNeedImages,
  snapshotsNeedS3,
  tracesNeedStore,
];
