import { about, findings } from '../findings.ts';
import { eachRedis, expectDirectives, VOLUMES, type Redis } from '../redis.ts';
import type { Rule, StackFinding } from '../rule.ts';
import { at, entries, UNKNOWN } from '../values.ts';

const yes = (value: string | undefined) => value === 'yes';
const isSet = (value: string | undefined) => value !== undefined && value !== '';

/** The key must come from a Secret: a ConfigMap is read by many more. */
function keyVolume({ server, directives }: Redis): readonly StackFinding[] {
  const file = directives.get('tls-key-file') ?? '';
  const spec = at(server.props, 'spec', 'template', 'spec');
  const containers = entries(at(spec, 'containers'));
  const volumes = entries(at(spec, 'volumes'));
  if (containers === UNKNOWN || volumes === UNKNOWN)
    return about(server, findings(VOLUMES, UNKNOWN));
  const mounts = containers.flatMap((container) => {
    const list = entries(at(container, 'volumeMounts'));
    return list === UNKNOWN ? [] : list;
  });
  const mount = mounts.find((one) => {
    const path = at(one, 'mountPath');
    return typeof path === 'string' && path !== '/' && file.startsWith(`${path}/`);
  });
  const volume = volumes.find((one) => at(one, 'name') === at(mount, 'name'));
  const secret = mount === undefined ? undefined : at(volume, 'secret');
  const verdict = secret === undefined ? 'mount no Secret with the key of TLS' : undefined;
  return about(server, findings(VOLUMES, secret === UNKNOWN ? UNKNOWN : verdict));
}

export const redisTls: Rule = {
  id: 'RD-02',
  name: 'rd-02-tls',
  title: 'Redis speaks TLS only: to clients, between replicas and on the bus',
  severity: 'high',
  standards: ['Redis: TLS'],
  why: 'Passwords, sessions and whole copies of the data cross the network otherwise in plain text.',
  fix: 'Set port 0, tls-port, tls-cluster and tls-replication yes, and the three files from a Secret.',
  checkStack: (stack) =>
    eachRedis(stack, (redis) => [
      ...expectDirectives(redis, [
        ['port', (value) => value === '0', 'is open without TLS'],
        ['tls-port', (value) => isSet(value) && value !== '0', 'is not set'],
        ['tls-cluster', yes, 'is not yes'],
        ['tls-replication', yes, 'is not yes'],
        ['tls-auth-clients', (value) => value !== 'no', 'is no'],
        ['tls-cert-file', isSet, 'is not set'],
        ['tls-key-file', isSet, 'is not set'],
        ['tls-ca-cert-file', isSet, 'is not set'],
      ]),
      ...(isSet(redis.directives.get('tls-key-file')) ? keyVolume(redis) : []),
    ]),
};
