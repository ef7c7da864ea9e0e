import {
  broken, change, containerField, fails, field, isUnknown, passes, podField, unverified,
} from '../table.ts'; // prettier-ignore
import { container, deploymentOf, podSpec } from '../good.ts';
import { unknownObject, unknownString, type Subject } from '../support.ts';
import type { Cases } from './index.ts';

const POD = 'spec.template.spec';
const FIRST = `${POD}.containers[0]`;

const podWith = (path: string, value: unknown) => deploymentOf(change(podSpec(), path, value));
const mounting = (volume: unknown, mount: unknown) =>
  deploymentOf({
    containers: [{ ...container(), volumeMounts: [mount] }],
    volumes: [volume],
  });

export const podIsolation: Cases = {
  'POD-04': (rule) => [
    ...['runAsUser', 'runAsGroup', 'fsGroup'].flatMap((name) =>
      podField(rule, {
        field: `securityContext.${name}`,
        good: [undefined, null, 1, 10001],
        bad: [
          [0, 'is not a number above 0'],
          [-1, 'is not a number above 0'],
          ['', 'is not a number above 0'],
        ],
        wrong: 'is not a number above 0',
        unknown: [
          [`${POD}.securityContext.${name}`, `${POD}.securityContext.${name}`],
          [POD, POD],
        ],
      }),
    ),
    ...containerField(rule, {
      field: 'securityContext.runAsUser',
      place: 'securityContext.runAsUser',
      good: [undefined, null, 999],
      bad: [[0, 'is not a number above 0']],
      wrong: 'is not a number above 0',
      unknown: [
        [`${FIRST}.securityContext.runAsUser`, `${FIRST}.securityContext.runAsUser`],
        [POD, POD],
      ],
    }),
    passes('own groups', podWith('securityContext.supplementalGroups', [1000])),
    fails(
      'the group of root among others',
      broken(rule, `is not a number above 0 (${POD}.securityContext.supplementalGroups[1])`),
      podWith('securityContext.supplementalGroups', [1000, 0]),
    ),
    isUnknown(
      'the list of groups',
      unverified(rule, `${POD}.securityContext.supplementalGroups`),
      podWith('securityContext.supplementalGroups', unknownObject),
    ),
  ],
  'POD-07': (rule) =>
    ['hostPID', 'hostIPC', 'hostNetwork'].flatMap((name) =>
      podField(rule, {
        field: name,
        good: [undefined, null, false],
        bad: [
          [true, 'is on'],
          ['', 'is on'],
        ],
        wrong: 'is on',
        unknown: [
          [`${POD}.${name}`, `${POD}.${name}`],
          [POD, POD],
          ['spec', POD],
        ],
      }),
    ),
  'POD-08': (rule) => [
    ...podField(rule, {
      field: 'volumes',
      place: 'volumes[0]',
      good: [
        undefined,
        null,
        [],
        [{ name: 'tmp', emptyDir: {} }],
        [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
        [
          { name: 'all', projected: { sources: [] } },
          { name: 'csi', csi: { driver: 'x' } },
        ],
        [{ name: 'tmp', emptyDir: {}, hostPath: null }],
      ],
      bad: [
        [[{ name: 'node', hostPath: { path: '/var/log/pods' } }], problem('node')],
        [[{ name: 'share', nfs: { server: 'nfs', path: '/' } }], problem('share')],
        [[{ name: 'both', emptyDir: {}, hostPath: { path: '/' } }], problem('both')],
        [[{ gitRepo: { repository: 'x' } }], problem('?')],
      ],
      unknown: [
        [`${POD}.volumes`, `${POD}.volumes`],
        [POD, POD],
      ],
    }),
    isUnknown(
      'a volume',
      unverified(rule, `${POD}.volumes[0]`),
      podWith('volumes', [unknownObject]),
    ),
    { ...passes('a text instead of volumes', podWith('volumes', 'text')), shows: 'wrong type' },
  ],
  'POD-09': (rule) => {
    const node = (path: unknown) => ({ name: 'node', hostPath: { path } });
    const shut = { name: 'node', mountPath: '/node', readOnly: true };
    const sensitive = broken(
      rule,
      `volume "node" is a sensitive folder of the node (${POD}.volumes[0])`,
    );
    const writable = broken(
      rule,
      `volume "node" is a writable folder of the node (${POD}.volumes[0])`,
    );
    return [
      ...podField(rule, {
        field: 'volumes',
        place: 'volumes[0]',
        good: [undefined, null, [], [{ name: 'tmp', emptyDir: {} }]],
        bad: [[[node('/var/run/docker.sock')], 'volume "node" is a sensitive folder of the node']],
        unknown: [
          [`${POD}.volumes`, `${POD}.volumes`],
          [POD, POD],
        ],
      }),
      passes('logs of pods, read only', mounting(node('/var/log/pods'), shut)),
      ...[
        '/',
        '/etc/',
        '//proc',
        '/var/lib/kubelet/pods',
        '/var/log/../lib',
        '/run',
        7,
        '',
        null,
      ].map((path) => fails(`the path ${String(path)}`, sensitive, mounting(node(path), shut))),
      fails(
        'a writable folder',
        writable,
        mounting(node('/var/log'), { ...shut, readOnly: false }),
      ),
      fails(
        'a folder with the default mode',
        writable,
        mounting(node('/var/log'), { name: 'node' }),
      ),
      isUnknown(
        'the path',
        unverified(rule, `${POD}.volumes[0]`),
        mounting(node(unknownString), shut),
      ),
      isUnknown(
        'the mode of the mount',
        unverified(rule, `${POD}.volumes[0]`),
        mounting(node('/var/log'), { ...shut, readOnly: unknownString }),
      ),
      isUnknown(
        'the mounts',
        unverified(rule, `${POD}.volumes[0]`),
        deploymentOf({
          containers: [{ ...container(), volumeMounts: unknownObject }],
          volumes: [node('/var/log')],
        }),
      ),
      {
        ...fails('a text as source', sensitive, mounting({ name: 'node', hostPath: '/' }, shut)),
        shows: 'wrong type',
      },
    ];
  },
  'POD-10': (rule) => [
    ...containerField(rule, {
      field: 'ports[0].hostPort',
      place: 'ports[0]',
      good: [undefined, null, 0],
      bad: [
        [8080, 'container "web" takes a port of its node'],
        ['', 'container "web" takes a port of its node'],
      ],
      wrong: 'container "web" takes a port of its node',
      unknown: [
        [`${FIRST}.ports[0].hostPort`, `${FIRST}.ports[0]`],
        [`${FIRST}.ports[0]`, `${FIRST}.ports[0]`],
        [`${FIRST}.ports`, `${FIRST}.ports`],
        [FIRST, FIRST],
        [POD, POD],
      ],
    }),
  ],
  'POD-12': (rule) => [
    ...podField(rule, {
      field: 'securityContext.sysctls',
      place: 'securityContext.sysctls[0]',
      good: [undefined, null, [], [{ name: 'net.ipv4.tcp_syncookies', value: '1' }]],
      bad: [
        [[{ name: 'kernel.msgmax', value: '1' }], 'a sysctl is not on the list of safe ones'],
        [[{ value: '1' }], 'a sysctl is not on the list of safe ones'],
        [[{ name: 7 }], 'a sysctl is not on the list of safe ones'],
        [[null], 'a sysctl is not on the list of safe ones'],
      ],
      unknown: [
        [`${POD}.securityContext.sysctls`, `${POD}.securityContext.sysctls`],
        [`${POD}.securityContext.sysctls[0]`, `${POD}.securityContext.sysctls[0]`],
        [POD, POD],
      ],
    }),
    {
      ...passes('a text instead of a list', podWith('securityContext.sysctls', 'x')),
      shows: 'wrong type',
    },
  ],
  'POD-14': (rule) => [
    ...containerField(rule, {
      field: 'securityContext.appArmorProfile.type',
      place: 'securityContext.appArmorProfile',
      good: [undefined, null, 'RuntimeDefault', 'Localhost'],
      bad: [
        ['Unconfined', 'switches AppArmor off'],
        ['', 'switches AppArmor off'],
      ],
      wrong: 'switches AppArmor off',
      unknown: [
        [
          `${FIRST}.securityContext.appArmorProfile.type`,
          `${FIRST}.securityContext.appArmorProfile`,
        ],
        [POD, POD],
      ],
    }),
    ...podField(rule, {
      field: 'securityContext.seLinuxOptions.type',
      place: 'securityContext.seLinuxOptions',
      good: [undefined, null, '', 'container_t', 'container_kvm_t'],
      bad: [['spc_t', 'has an SELinux type that is not for containers']],
      wrong: 'has an SELinux type that is not for containers',
      unknown: [
        [`${POD}.securityContext.seLinuxOptions.type`, `${POD}.securityContext.seLinuxOptions`],
      ],
    }),
    ...['user', 'role'].map((name) =>
      fails(
        `an SELinux ${name}`,
        broken(rule, `sets an SELinux ${name} (${POD}.securityContext.seLinuxOptions)`),
        podWith(`securityContext.seLinuxOptions.${name}`, 'system'),
      ),
    ),
    ...(['runtime/default', 'localhost/own', ''] as const).map((profile) =>
      passes(`the annotation "${profile}"`, annotated(profile)),
    ),
    fails(
      'the annotation that switches AppArmor off',
      broken(rule, 'switches AppArmor off (spec.template.metadata.annotations)'),
      annotated('unconfined'),
    ),
    isUnknown(
      'the annotation',
      unverified(rule, 'spec.template.metadata.annotations'),
      annotated(unknownString),
    ),
  ],
  'POD-16': (rule) => [
    ...containerField(rule, {
      field: 'livenessProbe.httpGet.host',
      good: [undefined, null, ''],
      bad: [['10.0.0.1', 'container "web" has a probe or hook that asks another host']],
      wrong: 'container "web" has a probe or hook that asks another host',
    }),
    ...[
      'readinessProbe.tcpSocket.host',
      'startupProbe.httpGet.host',
      'lifecycle.preStop.httpGet.host',
      'lifecycle.postStart.tcpSocket.host',
    ].map((path) =>
      fails(
        path,
        broken(rule, `container "web" has a probe or hook that asks another host (${FIRST})`),
        podWith(`containers[0].${path}`, 'example.org'),
      ),
    ),
  ],
  'POD-19': (rule) => [
    ...podField(rule, {
      field: 'shareProcessNamespace',
      good: [undefined, null, false],
      bad: [
        [true, 'is on'],
        ['', 'is on'],
      ],
      wrong: 'is on',
    }),
    ...['ephemeralContainers', 'hostAliases'].flatMap((name) => [
      passes(`${name} without entries`, podWith(name, [])),
      fails(
        `${name} with an entry`,
        broken(rule, `is not empty (${POD}.${name})`),
        podWith(name, [{}]),
      ),
      isUnknown(name, unverified(rule, `${POD}.${name}`), podWith(name, unknownObject)),
    ]),
  ],
  'POD-20': (rule) => [
    ...field(rule, {
      field: 'metadata.namespace',
      good: ['saas-app'],
      bad: [
        [undefined, 'is missing'],
        [null, 'is missing'],
        ['', 'is missing'],
        ['default', 'is a shared namespace'],
        ['kube-system', 'is a shared namespace'],
        ['kube-public', 'is a shared namespace'],
        [7, 'is a shared namespace'],
        [[], 'is a shared namespace'],
      ],
    }),
    ...[
      'rbac.authorization.k8s.io/v1:ClusterRole',
      'core/v1:Namespace',
      'cert-manager.io/v1:ClusterIssuer',
    ].map((type): ReturnType<typeof passes> => passes(type, object(type))),
    fails(
      'a custom resource',
      broken(rule, 'is missing (metadata.namespace)'),
      object('postgresql.cnpg.io/v1:Cluster'),
    ),
    fails(
      'a patch',
      broken(rule, 'is missing (metadata.namespace)'),
      object('apps/v1:DeploymentPatch'),
    ),
    passes('a template of several objects', object('yaml/v2:ConfigGroup')),
  ],
  'POD-21': (rule) => [
    ...[
      'core/v1:Pod',
      'apps/v1:ReplicaSet',
      'core/v1:ReplicationController',
      'core/v1:PodList',
    ].map((type) => {
      const kind = type.split(':')[1]?.replace('List', '');
      const message = broken(rule, `a ${kind} has no controller that rolls it (kind)`);
      return fails(type, message, object(type));
    }),
    ...['apps/v1:Deployment', 'batch/v1:Job', 'core/v1:PodTemplate'].map((type) =>
      passes(type, object(type)),
    ),
  ],
  'POD-22': (rule) => [
    ...containerField(rule, {
      field: 'ports[0].containerPort',
      place: 'ports[0]',
      good: [8080, 1024],
      bad: [
        [80, 'container "web" listens below port 1024'],
        [22, 'container "web" listens below port 1024'],
        [undefined, 'container "web" declares a port without a number'],
        [null, 'container "web" declares a port without a number'],
        ['', 'container "web" declares a port without a number'],
      ],
      wrong: 'container "web" declares a port without a number',
      unknown: [
        [`${FIRST}.ports[0].containerPort`, `${FIRST}.ports[0]`],
        [`${FIRST}.ports`, `${FIRST}.ports`],
        [POD, POD],
      ],
    }),
    ...field(rule, {
      base: [{ type: 'kubernetes:core/v1:Service', props: { spec: { ports: [{ port: 80 }] } } }],
      field: 'spec.ports[0].port',
      place: 'spec.ports[0]',
      good: [80, 443],
      bad: [[22, 'offers port 22']],
      unknown: [
        ['spec.ports[0].port', 'spec.ports[0]'],
        ['spec', 'spec.ports'],
      ],
    }),
  ],
};

function problem(name: string): string {
  return `volume "${name}" is of a kind that is not allowed`;
}

function annotated(profile: unknown): Subject {
  const key = 'container.apparmor.security.beta.kubernetes.io/web';
  const one = deploymentOf();
  const props = change(one.props, 'spec.template.metadata.annotations', { [key]: profile });
  return { ...one, props };
}

function object(type: string): Subject {
  return { type: `kubernetes:${type}`, props: { metadata: { name: 'one' } } };
}
