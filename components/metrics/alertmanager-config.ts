import type { KnownNotifications } from './notifications.ts';

/** Labels that tell two objects apart: a severe alert hides a milder one about the same object. */
const SAME = [
  'alertname',
  'namespace',
  'pod',
  'service',
  'node',
  'instance',
  'persistentvolumeclaim',
  'name',
];
const TITLE =
  '[{{ .Status | toUpper }}] {{ .CommonLabels.severity }} {{ .CommonLabels.alertname }}';
const TEXT =
  '{{ range .Alerts }}{{ .Annotations.summary }} {{ .Annotations.description }} ' +
  '({{ .Annotations.runbook_url }})\n{{ end }}';

/** Configuration of Alertmanager. Pure; it holds the secrets of the channels. */
export function alertmanagerConfig(notifications: KnownNotifications): object {
  const { deadMan } = notifications;
  return {
    route: {
      receiver: 'team',
      group_by: ['alertname', 'namespace'],
      group_wait: '30s',
      group_interval: '5m',
      // An alert that goes on is repeated after an hour, not before.
      repeat_interval: '1h',
      routes: [
        {
          matchers: ['alertname="Watchdog"'],
          receiver: deadMan === undefined ? 'nobody' : 'dead-man',
          group_wait: '0s',
          group_interval: '1m',
          repeat_interval: '1m',
        },
        { matchers: ['alertname="InfoInhibitor"'], receiver: 'nobody' },
        { matchers: ['severity="emergency"'], receiver: 'team', group_wait: '0s' },
      ],
    },
    inhibit_rules: [
      inhibition('emergency', 'critical|warning|info'),
      inhibition('critical', 'warning|info'),
      inhibition('warning', 'info'),
      {
        source_matchers: ['alertname="InfoInhibitor"'],
        target_matchers: ['severity="info"', 'alertname!="Watchdog"'],
        equal: ['namespace'],
      },
    ],
    receivers: [
      { name: 'team', ...channels(notifications) },
      { name: 'nobody' },
      ...(deadMan === undefined
        ? []
        : [
            {
              name: 'dead-man',
              webhook_configs: [{ url: deadMan.url, send_resolved: false }],
            },
          ]),
    ],
  };
}

function inhibition(source: string, targets: string) {
  return {
    source_matchers: [`severity="${source}"`],
    target_matchers: [`severity=~"${targets}"`],
    equal: SAME,
  };
}

/** Each channel of one receiver is notified and retried by itself. */
function channels({ email, slack, webhook, wecom }: KnownNotifications): object {
  const resolved = { send_resolved: true };
  return {
    ...(email === undefined
      ? {}
      : {
          email_configs: [
            {
              ...resolved,
              to: email.to.join(', '),
              from: email.from,
              smarthost: email.smarthost,
              require_tls: true,
              headers: { Subject: TITLE },
              ...(email.login === undefined
                ? {}
                : { auth_username: email.login.username, auth_password: email.login.password }),
            },
          ],
        }),
    ...(slack === undefined
      ? {}
      : {
          slack_configs: [
            { ...resolved, api_url: slack.url, channel: slack.channel, title: TITLE, text: TEXT },
          ],
        }),
    ...(webhook === undefined ? {} : { webhook_configs: [{ ...resolved, url: webhook.url }] }),
    ...(wecom === undefined
      ? {}
      : {
          wechat_configs: [
            {
              ...resolved,
              corp_id: wecom.corpId,
              agent_id: wecom.agentId,
              to_user: wecom.toUser,
              api_secret: wecom.secret,
              message: `${TITLE}\n${TEXT}`,
            },
          ],
        }),
  };
}
