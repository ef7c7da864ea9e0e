import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { alertmanagerConfig } from '../../components/metrics/alertmanager-config.ts';
import type { KnownNotifications } from '../../components/metrics/notifications.ts';
import { judge } from './support/alerts/promtool.ts';

interface Message {
  readonly status: string;
  readonly alerts: readonly { readonly labels: Readonly<Record<string, string>> }[];
}

const everyChannel: KnownNotifications = {
  email: {
    smarthost: 'mail.example.com:587',
    from: 'alerts@example.com',
    to: ['a@example.com', 'b@example.com'],
    login: { username: 'alerts', password: 'secret' },
  },
  slack: { channel: '#alerts', url: 'https://hooks.slack.example.com/T0/B0/X' },
  webhook: { url: 'https://sms.example.com/alerts' },
  wecom: { corpId: 'corp', agentId: '1', toUser: '@all', secret: 'secret' },
  deadMan: { url: 'https://dead.example.com/ping' },
};

const folder = mkdtempSync(join(tmpdir(), 'alertmanager-'));
const servers: Server[] = [];
let alertmanager: ChildProcess;
let address: string;
const heard = { webhook: [] as Message[], slack: 0, deadMan: [] as Message[] };

/** A server on loopback that answers every request with the status. */
async function listen(status: number, hear: (body: string) => void): Promise<string> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      hear(body);
      response.writeHead(status).end();
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function until(what: string, reached: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline;) {
    if (reached()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`not reached within 20 s: ${what}`);
}

async function send(...alerts: Record<string, string>[]): Promise<void> {
  const body = JSON.stringify(alerts.map((labels) => ({ labels, annotations: {} })));
  const answer = await fetch(`${address}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  expect(answer.status).toBe(200);
}

const names = (messages: readonly Message[]) =>
  messages.flatMap(({ alerts }) => alerts.map(({ labels }) => labels['alertname']));

beforeAll(async () => {
  const parse = (body: string) => JSON.parse(body) as Message;
  const webhook = await listen(200, (body) => heard.webhook.push(parse(body)));
  const deadMan = await listen(200, (body) => heard.deadMan.push(parse(body)));
  const slack = await listen(500, () => (heard.slack += 1));
  const config = alertmanagerConfig({
    slack: { channel: '#alerts', url: slack },
    webhook: { url: webhook },
    deadMan: { url: deadMan },
  });
  // Nobody waits half a minute for a test.
  const text = JSON.stringify(config).replace('"group_wait":"30s"', '"group_wait":"200ms"');
  writeFileSync(join(folder, 'alertmanager.yml'), text);
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  address = `http://127.0.0.1:${port}`;
  alertmanager = spawn(
    'prometheus-alertmanager',
    [
      `--config.file=${join(folder, 'alertmanager.yml')}`,
      `--storage.path=${folder}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
    ],
    { stdio: 'ignore' },
  );
  let ready = false;
  const ask = async () => {
    while (!ready && alertmanager.exitCode === null) {
      ready = await fetch(`${address}/-/ready`).then(
        ({ ok }) => ok,
        () => false,
      );
      if (!ready) await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  void ask();
  await until('Alertmanager is ready', () => ready);
}, 30_000);

afterAll(async () => {
  const ended = new Promise((resolve) => alertmanager.once('exit', resolve));
  if (alertmanager.exitCode === null && alertmanager.kill('SIGTERM')) await ended;
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  rmSync(folder, { recursive: true });
});

test('Alertmanager understands the configuration of every channel', () => {
  const files = { 'alertmanager.yml': alertmanagerConfig(everyChannel) };
  expect(judge('amtool', ['check-config', 'alertmanager.yml'], files)).toBe('');
});

test('a channel that fails does not keep an alert from the others', async () => {
  await send({ alertname: 'AppErrorRateHigh', severity: 'critical', service: 'api' });
  await until('the webhook hears it', () => names(heard.webhook).includes('AppErrorRateHigh'));
  await until('Slack was tried', () => heard.slack > 0);
}, 30_000);

test('a severe alert hides the milder one about the same object, and no other', async () => {
  const volume = (claim: string, severity: string) => ({
    alertname: 'KubePersistentVolumeFillingUp',
    namespace: 'saas-data',
    persistentvolumeclaim: claim,
    severity,
  });
  await send(volume('a', 'critical'), volume('a', 'warning'), volume('b', 'warning'));
  const told = () =>
    heard.webhook
      .flatMap(({ alerts }) => alerts.map(({ labels }) => labels))
      .filter(({ alertname }) => alertname === 'KubePersistentVolumeFillingUp')
      .map(({ persistentvolumeclaim, severity }) => `${persistentvolumeclaim} ${severity}`);
  await until('both volumes are told of', () => new Set(told()).size >= 2);
  expect(new Set(told())).toEqual(new Set(['a critical', 'b warning']));
}, 30_000);

test('info alerts that stand alone tell nobody', async () => {
  const info = { alertname: 'TraceSpansDropped', severity: 'info', namespace: 'saas-app' };
  await send({ alertname: 'InfoInhibitor', severity: 'info', namespace: 'saas-app' }, info);
  await send({ alertname: 'TargetDown', severity: 'warning', namespace: 'saas-edge' });
  await until('a later alert is told of', () => names(heard.webhook).includes('TargetDown'));
  expect(names(heard.webhook)).not.toContain('TraceSpansDropped');
  expect(names(heard.webhook)).not.toContain('InfoInhibitor');
}, 30_000);

test('the Watchdog reaches the dead-man service and no person, even beside the InfoInhibitor', async () => {
  await send(
    { alertname: 'InfoInhibitor', severity: 'info' },
    { alertname: 'Watchdog', severity: 'info' },
  );
  await until('the dead-man service hears it', () => names(heard.deadMan).includes('Watchdog'));
  expect(names(heard.webhook)).not.toContain('Watchdog');
}, 30_000);
