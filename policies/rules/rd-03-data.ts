import { expectFields, is } from '../expect.ts';
import { about, findings } from '../findings.ts';
import { eachRedis, expectDirectives, type Redis } from '../redis.ts';
import type { Stack } from '../resource.ts';
import { unlessSome } from '../references.ts';
import type { Rule, StackFinding } from '../rule.ts';
import type { Match } from '../selectors.ts';
import { at, entries, UNKNOWN } from '../values.ts';

const CLAIMS = 'spec.volumeClaimTemplates';
const LABEL = 'backup-of';

/** Data and nodes.conf lie in the folder of the server, which must be on a claim. */
function claims({ server, directives }: Redis): readonly StackFinding[] {
  const folder = directives.get('dir') ?? '/data';
  const templates = entries(at(server.props, 'spec', 'volumeClaimTemplates'));
  const containers = entries(at(server.props, 'spec', 'template', 'spec', 'containers'));
  if (templates === UNKNOWN || containers === UNKNOWN) {
    return about(server, findings(CLAIMS, UNKNOWN));
  }
  const names = templates.map((template) => at(template, 'metadata', 'name'));
  const mounts = containers.flatMap((container) => {
    const list = entries(at(container, 'volumeMounts'));
    return list === UNKNOWN ? [] : list;
  });
  const matches = mounts.map((mount): Match => {
    const path = at(mount, 'mountPath');
    if (path === UNKNOWN) return UNKNOWN;
    if (typeof path !== 'string' || !`${folder}/`.startsWith(`${path}/`)) return false;
    return names.includes(at(mount, 'name')) || (names.includes(UNKNOWN) && UNKNOWN);
  });
  const verdict = unlessSome(matches, 'holds no volume for the folder of the data');
  return about(server, findings(CLAIMS, verdict));
}

function backup(stack: Stack, { server }: Redis): readonly StackFinding[] {
  const matches = stack.ofKind('batch', 'CronJob').map((job): Match => {
    const label = at(job.props, 'metadata', 'labels', LABEL);
    if ([label, job.namespace, server.namespace, server.objectName].includes(UNKNOWN)) {
      return UNKNOWN;
    }
    return label === server.objectName && job.namespace === server.namespace;
  });
  const verdict = unlessSome(matches, `has no CronJob labelled ${LABEL} with its name`);
  return about(server, findings('metadata.name', verdict));
}

const KEPT = is(undefined, 'Retain');

export const redisData: Rule = {
  id: 'RD-03',
  name: 'rd-03-data',
  title: 'Redis keeps its data on volumes, and a copy elsewhere',
  severity: 'high',
  standards: ['Redis: persistence', 'Kubernetes: StatefulSet volumes'],
  why: 'Without them a restart logs every user out, and a lost volume loses what was not yet handled.',
  fix: `Mount a claim template at the data folder, retain claims, set appendonly yes, and add a CronJob with the label ${LABEL}.`,
  checkStack: (stack) =>
    eachRedis(stack, (redis) => [
      ...claims(redis),
      ...about(
        redis.server,
        expectFields(
          redis.server.props,
          ['whenDeleted', 'whenScaled'].map((when) => ({
            field: `spec.persistentVolumeClaimRetentionPolicy.${when}`,
            good: KEPT,
            problem: 'deletes the volumes',
          })),
        ),
      ),
      ...expectDirectives(redis, [['appendonly', (value) => value === 'yes', 'is not yes']]),
      ...backup(stack, redis),
    ]),
};
