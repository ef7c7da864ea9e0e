import { DATA_SOURCE, grafanaModel } from './dashboards/dashboard.ts';
import { dashboards } from './dashboards/index.ts';

/** Where the pod mounts them. */
export const PATHS = {
  provisioning: '/etc/grafana/provisioning',
  dashboards: '/etc/grafana/dashboards',
  secret: '/etc/grafana/secret',
} as const;

/** Files of Grafana by their folder below `provisioning`, and the dashboards themselves. */
export function grafanaFiles(prometheusUrl: string) {
  const dashboardFiles = dashboards.map(
    (dashboard) => [`${dashboard.id}.json`, JSON.stringify(grafanaModel(dashboard))] as const,
  );
  return {
    datasources: {
      'prometheus.yaml': JSON.stringify({
        apiVersion: 1,
        datasources: [
          {
            uid: DATA_SOURCE,
            name: 'Prometheus',
            type: 'prometheus',
            access: 'proxy',
            url: prometheusUrl,
            isDefault: true,
            editable: false,
          },
        ],
      }),
    },
    providers: {
      'platform.yaml': JSON.stringify({
        apiVersion: 1,
        providers: [
          {
            name: 'platform',
            type: 'file',
            // Dashboards are code: what is changed by hand would be lost with the pod.
            allowUiUpdates: false,
            options: { path: PATHS.dashboards },
          },
        ],
      }),
    },
    dashboards: Object.fromEntries(dashboardFiles) as Record<string, string>,
  };
}

/** Nobody without the password; nothing leaves the cluster. */
export const SETTINGS = {
  GF_SECURITY_ADMIN_USER: 'admin',
  GF_SECURITY_ADMIN_PASSWORD__FILE: `${PATHS.secret}/password`,
  GF_AUTH_ANONYMOUS_ENABLED: 'false',
  GF_USERS_ALLOW_SIGN_UP: 'false',
  GF_ANALYTICS_REPORTING_ENABLED: 'false',
  GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
  GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: 'false',
  GF_NEWS_NEWS_FEED_ENABLED: 'false',
  GF_SECURITY_DISABLE_GRAVATAR: 'true',
  GF_PLUGINS_PREINSTALL_DISABLED: 'true',
} as const;
