import { about, findings, type Verdict } from '../findings.ts';
import { CNPG } from '../postgres.ts';
import { PSMDB } from '../mongo.ts';
import { redisServers } from '../redis.ts';
import { unlessSome } from '../references.ts';
import type { Resource, Stack } from '../resource.ts';
import type { Rule, StackFinding } from '../rule.ts';
import { selects, type Match } from '../selectors.ts';
import { at, entries, UNKNOWN, type Value } from '../values.ts';

const GROUP = 'monitoring.coreos.com';

/** A thing that holds data, the labels of its pods, and the metrics that alerts must use. */
interface Watched {
  readonly resource: Resource;
  readonly labels: Value;
  readonly up: RegExp;
  readonly backup: RegExp;
}

function watched(stack: Stack): readonly Watched[] {
  const name = ({ objectName }: Resource): Value => objectName;
  return [
    ...stack.ofKind(CNPG, 'Cluster').map((resource): Watched => ({
      resource,
      labels: { 'cnpg.io/cluster': name(resource), 'cnpg.io/podRole': 'instance' },
      up: /\bcnpg_collector_up\b/,
      backup: /_last_available_backup_timestamp\b/,
    })),
    ...stack.ofKind(PSMDB, 'PerconaServerMongoDB').map((resource): Watched => ({
      resource,
      labels: {
        'app.kubernetes.io/name': 'percona-server-mongodb',
        'app.kubernetes.io/instance': name(resource),
        'app.kubernetes.io/component': 'mongod',
      },
      up: /\bmongodb_up\b/,
      backup: /psmdb|mongodb_backup|kube_customresource/,
    })),
    ...redisServers(stack).map((resource): Watched => ({
      resource,
      labels: at(resource.props, 'spec', 'template', 'metadata', 'labels'),
      up: /\bredis_up\b/,
      backup: /\bkube_cronjob_status_last_successful_time\b/,
    })),
  ];
}

/** Whether a monitor of pods looks at these pods. */
function scrapes(monitor: Resource, { resource, labels }: Watched): Match {
  const spaces = at(monitor.props, 'spec', 'namespaceSelector');
  const listed = entries(at(spaces, 'matchNames'));
  const namespaces = listed !== UNKNOWN && listed.length === 0 ? [monitor.namespace] : listed;
  if (namespaces === UNKNOWN || resource.namespace === UNKNOWN) return UNKNOWN;
  const any = at(spaces, 'any') === true;
  if (!any && !namespaces.includes(resource.namespace)) {
    return namespaces.includes(UNKNOWN) && UNKNOWN;
  }
  return selects(at(monitor.props, 'spec', 'selector'), labels);
}

/** Every expression of every alert in the stack. */
function expressions(stack: Stack): readonly Value[] {
  return stack.ofKind(GROUP, 'PrometheusRule').flatMap(({ props }) => {
    const groups = entries(at(props, 'spec', 'groups'));
    if (groups === UNKNOWN) return [UNKNOWN];
    return groups.flatMap((group) => {
      const rules = entries(at(group, 'rules'));
      return rules === UNKNOWN ? [UNKNOWN] : rules.map((rule) => at(rule, 'expr'));
    });
  });
}

function check(stack: Stack): readonly StackFinding[] {
  const monitors = stack.ofKind(GROUP, 'PodMonitor');
  const alerts = expressions(stack);
  const some = (test: (text: string) => boolean): Match[] =>
    alerts.map((one) => (one === UNKNOWN ? UNKNOWN : typeof one === 'string' && test(one)));
  return watched(stack).flatMap((one) => {
    const { resource, up, backup } = one;
    const all: readonly Verdict[] = [
      unlessSome(
        monitors.map((monitor) => scrapes(monitor, one)),
        'no PodMonitor selects its pods',
      ),
      unlessSome(
        some((text) => up.test(text)),
        'no alert tells that it is down',
      ),
      unlessSome(
        some((text) => backup.test(text) && !text.includes('absent(')),
        'no alert tells that its backup is old',
      ),
      unlessSome(
        some((text) => backup.test(text) && text.includes('absent(')),
        'no alert tells that its backup is not measured',
      ),
    ];
    return about(
      resource,
      all.flatMap((verdict) => findings('metadata.name', verdict)),
    );
  });
}

export const watchedData: Rule = {
  id: 'OB-02',
  name: 'ob-02-watched',
  title: 'Every database is watched, and so is the age of its backup',
  severity: 'medium',
  standards: ['SRE: monitoring distributed systems', 'mixins of the exporters'],
  why: 'A backup that has not run for a month is noticed on the day of the restore.',
  fix: 'Add a PodMonitor for its pods, and alerts for down, for an old backup and for an absent one.',
  checkStack: check,
};
