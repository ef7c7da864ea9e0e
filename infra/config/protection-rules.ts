import { ConfigError } from '../../components/errors.ts';
import type { Partly } from './partly.ts';
import { bytes } from './quantity.ts';
import type { SettingsInput } from './schema.ts';

type Rule = (settings: Partly<SettingsInput>) => readonly ConfigError[];

const guaranteedMemory: Rule = ({ protect, postgres }) => {
  const { requests, limits } = postgres?.resources ?? {};
  const [request, limit] = [requests?.memory, limits?.memory];
  if (protect !== true || request === undefined || limit === undefined) return [];
  if (bytes(request) === bytes(limit)) return [];
  const problem = `"${limit}" is not the request of "${request}": a full node would end the database.`;
  return [
    new ConfigError('postgres.resources.limits.memory', problem, `Did you mean "${request}"?`),
  ];
};

/** Nothing may depend on one pod. */
const protectedStacksSurvive: Rule = ({ protect, postgres, application, gateway }) => {
  if (protect !== true) return [];
  const alone = (path: string, count: number | undefined) =>
    count === 1
      ? [
          new ConfigError(
            path,
            'is 1, which nothing takes over from where protect is on.',
            'Set 2 or more.',
          ),
        ]
      : [];
  const replicas = application?.replicas;
  return [
    ...alone('postgres.instances', postgres?.instances),
    ...alone('postgres.pooler.instances', postgres?.pooler?.instances),
    ...alone('gateway.replicas', gateway?.replicas),
    ...(typeof replicas === 'number'
      ? alone('application.replicas', replicas)
      : alone('application.replicas.min', replicas?.min)),
    ...((postgres?.instances ?? 1) > 1 && postgres?.synchronous === false
      ? [
          new ConfigError(
            'postgres.synchronous',
            'is off: a failover may lose acknowledged writes.',
            'Turn it on where protect is on.',
          ),
        ]
      : []),
  ];
};

/** What a stack that is worth protecting must not be. */
export const brokenProtectionRules: Rule = (settings) => [
  ...protectedStacksSurvive(settings),
  ...guaranteedMemory(settings),
];
