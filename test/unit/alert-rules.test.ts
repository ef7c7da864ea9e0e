import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';

import { beforeAll, describe, expect, test } from '@jest/globals';

import { Metrics } from '../../app/src/metrics.ts';
import { dashboards } from '../../components/metrics/dashboards/index.ts';
import { groupsFor, ruleGroups } from '../../components/metrics/rules/index.ts';
import { rulesOf } from '../../components/metrics/rules/rule.ts';
import { exportedNames, metricNames, servedNames } from './support/metric-names.ts';

const RUNBOOKS = 'docs/runbooks';
const alerts = ruleGroups.flatMap((group) => group.alerts);
const rules = ruleGroups.flatMap(rulesOf);
let known: ReadonlySet<string>;

beforeAll(async () => {
  const server = new Metrics('api').listen(0);
  const { port } = server.address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
  const recorded = rules.flatMap(({ record }) => record ?? []);
  known = new Set([...exportedNames, ...servedNames(await answer.text()), ...recorded]);
  server.closeAllConnections();
  server.close();
}, 30_000);

describe('runbooks', () => {
  test('every alert leads to its page', () => {
    for (const { alert, annotations } of rules) {
      if (alert === undefined) continue;
      expect(annotations?.['runbook_url']).toBe(`${RUNBOOKS}/${alert}.md`);
      expect([alert, existsSync(annotations?.['runbook_url'] ?? '')]).toEqual([alert, true]);
    }
  });

  test('no page is left of an alert that is gone', () => {
    const names = alerts.map(({ alert }) => `${alert}.md`);
    expect(readdirSync(RUNBOOKS).filter((file) => !names.includes(file))).toEqual([]);
  });

  test('each says what it means, what it costs, what to look at and what to do', () => {
    for (const { alert } of alerts) {
      const lines = readFileSync(`${RUNBOOKS}/${alert}.md`, 'utf8').split('\n');
      expect(lines.filter((line) => line.startsWith('#'))).toEqual([
        `# ${alert}`,
        '## Meaning',
        '## Impact',
        '## Check',
        '## Fix',
      ]);
    }
  });

  test('they refer only to alerts that exist', () => {
    const names = new Set(alerts.map(({ alert }) => alert));
    for (const file of readdirSync(RUNBOOKS)) {
      const text = readFileSync(`${RUNBOOKS}/${file}`, 'utf8');
      const referred = [...text.matchAll(/see `(\w+)`/g)].map(([, name]) => name ?? '');
      expect([file, referred.filter((name) => !names.has(name))]).toEqual([file, []]);
    }
  });
});

describe('alerts', () => {
  test('a name stands once per severity', () => {
    const keys = alerts.map(({ alert, severity }) => `${alert}/${severity}`);
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  });

  test('each says in one line what is wrong and in another what it means', () => {
    for (const { alert, summary, description } of alerts) {
      expect([alert, summary.length <= 100, /\.$/.test(description)]).toEqual([alert, true, true]);
      expect(summary).not.toBe(description);
    }
  });

  test.each([
    ['errors', 'AppErrorRateHigh', 'critical', /> 0\.1$/, '2m'],
    ['slow answers', 'AppLatencyHigh', 'warning', /0\.95.*> 1$/, '5m'],
    ['database connections', 'PostgresConnectionsHigh', 'warning', /> 150$/, '2m'],
    ['memory of a container', 'ContainerMemoryHigh', 'warning', /> 0\.8$/, '5m'],
    ['processor of a container', 'ContainerCpuHigh', 'warning', /> 0\.8$/, '5m'],
    ['processor of a host', 'NodeCpuHigh', 'warning', /> 0\.8$/, '5m'],
    ['memory of a host', 'NodeMemoryHigh', 'critical', /> 0\.9$/, '1m'],
    ['disk of a host', 'NodeDiskHigh', 'warning', /> 0\.85$/, '10m'],
  ])(
    '%s: at the threshold and after the time that were asked for',
    (_, name, severity, ...limits) => {
      const [threshold, time] = limits;
      const found = alerts.find(({ alert }) => alert === name);
      expect(found).toMatchObject({ severity, for: time });
      expect(found?.expr).toMatch(threshold);
    },
  );

  test('what must always report is missed when it does not', () => {
    const twins = alerts.filter(({ expr }) => expr.startsWith('absent(')).map(({ alert }) => alert);
    expect(twins).toEqual(
      expect.arrayContaining([
        'AppDown',
        'PostgresDown',
        'RedisDown',
        'PostgresBackupAbsent',
        'PostgresWalArchiveAbsent',
        'RedisBackupAbsent',
        'ElasticsearchSnapshotAbsent',
        'KubeStateMetricsDown',
        'CertManagerDown',
        'AlertmanagerDown',
      ]),
    );
  });
});

test('no rule reads a metric that nobody exports', () => {
  for (const { alert, record, expr } of rules) {
    const names = metricNames(expr);
    const own = expr === 'vector(1)';
    expect([alert ?? record, names.length > 0 || own]).toEqual([alert ?? record, true]);
    expect([alert ?? record, names.filter((name) => !known.has(name))]).toEqual([
      alert ?? record,
      [],
    ]);
  }
});

test('no panel of a dashboard asks for a metric that nobody exports', () => {
  const queries = dashboards.flatMap(({ panels }) => panels.flatMap((panel) => panel.queries));
  expect(queries.length).toBeGreaterThan(8);
  for (const { expr } of queries) {
    const names = metricNames(expr);
    expect([expr, names.length > 0, names.filter((name) => !known.has(name))]).toEqual([
      expr,
      true,
      [],
    ]);
  }
});

test('what is not installed is not missed', () => {
  const groups = groupsFor(new Set(['api', 'postgres', 'prometheus']));
  expect(groups.map(({ name }) => name)).toEqual([
    'application',
    'postgres',
    'postgres-backups',
    'meta',
  ]);
});
