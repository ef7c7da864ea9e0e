import { change, containerField, fails, passes, broken, unverified, isUnknown } from '../table.ts';
import { container, deploymentOf, podSpec } from '../good.ts';
import { unknownString } from '../support.ts';
import type { Cases } from './index.ts';

const POD = 'spec.template.spec';
const FIRST = `${POD}.containers[0]`;

/** A Deployment whose only container has one field changed, or removed. */
const deploymentWith = (path: string, value: unknown) =>
  deploymentOf(change(podSpec(), `containers[0].${path}`, value));

export const podSecurity: Cases = {
  'POD-01': (rule) => [
    ...containerField(rule, {
      field: 'securityContext.privileged',
      good: [undefined, null, false],
      bad: [[true, 'container "web" is privileged']],
      wrong: 'container "web" is privileged',
    }),
    passes('a pod without containers', deploymentOf({ containers: [] })),
    passes('an object without pods', { type: 'kubernetes:core/v1:Secret', props: {} }),
    passes('a resource of another provider', { type: 'random:index/id:RandomId', props: {} }),
    fails(
      'two of three containers, named in one message',
      broken(
        rule,
        `container "web" is privileged (${POD}.containers[1])`,
        `container "web" is privileged (${POD}.initContainers[0])`,
      ),
      deploymentOf({
        containers: [container(), change(container(), 'securityContext.privileged', true)],
        initContainers: [change(container(), 'securityContext.privileged', true)],
      }),
    ),
    fails(
      'a container without a name',
      broken(rule, `container "?" is privileged (${FIRST})`),
      deploymentOf({ containers: [{ securityContext: { privileged: true } }] }),
    ),
  ],
  'POD-02': (rule) =>
    containerField(rule, {
      field: 'securityContext.allowPrivilegeEscalation',
      good: [false],
      bad: [
        [true, 'container "web" allows privilege escalation'],
        [undefined, 'container "web" does not set allowPrivilegeEscalation'],
        [null, 'container "web" does not set allowPrivilegeEscalation'],
        ['false', 'container "web" allows privilege escalation'],
      ],
      wrong: 'container "web" allows privilege escalation',
    }),
  'POD-03': (rule) => {
    const unset = change(podSpec(), 'containers[0].securityContext.runAsNonRoot', undefined);
    const pod = (value: unknown) => change(unset, 'securityContext.runAsNonRoot', value);
    return [
      ...containerField(rule, {
        field: 'securityContext.runAsNonRoot',
        good: [true],
        bad: [
          [false, 'container "web" may run as root'],
          [undefined, 'container "web" does not set runAsNonRoot'],
          [null, 'container "web" does not set runAsNonRoot'],
          ['true', 'container "web" may run as root'],
        ],
        wrong: 'container "web" may run as root',
      }),
      passes('set for the pod', deploymentOf(pod(true))),
      fails(
        'switched off for the pod',
        broken(rule, `container "web" may run as root (${FIRST})`),
        deploymentOf(pod(false)),
      ),
      fails(
        'a container that overrides the pod',
        broken(rule, `container "web" may run as root (${FIRST})`),
        deploymentOf(change(pod(true), 'containers[0].securityContext.runAsNonRoot', false)),
      ),
      isUnknown(
        'the setting of the pod',
        unverified(rule, FIRST),
        deploymentOf(pod(unknownString)),
      ),
    ];
  },
  'POD-05': (rule) => {
    const capabilities = (value: unknown) => deploymentWith('securityContext.capabilities', value);
    const undropped = 'container "web" does not drop ALL capabilities';
    return [
      ...containerField(rule, {
        field: 'securityContext.capabilities.add',
        good: [undefined, null, [], ['NET_BIND_SERVICE']],
        bad: [
          [['SYS_ADMIN'], 'container "web" adds capabilities other than NET_BIND_SERVICE'],
          [
            ['NET_BIND_SERVICE', 'NET_RAW'],
            'container "web" adds capabilities other than NET_BIND_SERVICE',
          ],
          [[7], 'container "web" adds capabilities other than NET_BIND_SERVICE'],
        ],
        unknown: [
          [`${FIRST}.securityContext.capabilities.add`, FIRST],
          [`${FIRST}.securityContext.capabilities.add[0]`, FIRST],
          [`${FIRST}.securityContext.capabilities.drop`, FIRST],
          [`${FIRST}.securityContext.capabilities.drop[0]`, FIRST],
          [`${FIRST}.securityContext.capabilities`, FIRST],
          [`${FIRST}.securityContext`, FIRST],
          [`${POD}.containers`, `${POD}.containers`],
          ['spec', POD],
        ],
      }),
      passes('ALL among others', capabilities({ drop: ['NET_RAW', 'ALL'] })),
      ...(
        [
          ['nothing is dropped', undefined],
          ['only some are dropped', { drop: ['NET_RAW'] }],
          ['all is written in lower case, which Pod Security refuses', { drop: ['all'] }],
        ] as const
      ).map(([title, value]) =>
        fails(title, broken(rule, `${undropped} (${FIRST})`), capabilities(value)),
      ),
      {
        ...fails('a text', broken(rule, `${undropped} (${FIRST})`), capabilities('ALL')),
        shows: 'wrong type',
      },
    ];
  },
  'POD-06': (rule) => {
    const unset = change(podSpec(), 'containers[0].securityContext.seccompProfile', undefined);
    const pod = (type: unknown) => change(unset, 'securityContext.seccompProfile.type', type);
    const off = 'container "web" runs without a seccomp profile';
    return [
      ...containerField(rule, {
        field: 'securityContext.seccompProfile.type',
        good: ['RuntimeDefault', 'Localhost'],
        bad: [
          ['Unconfined', off],
          ['', off],
          [undefined, 'container "web" sets no seccomp profile'],
          [null, 'container "web" sets no seccomp profile'],
        ],
        wrong: off,
      }),
      passes('set for the pod', deploymentOf(pod('RuntimeDefault'))),
      fails('switched off for the pod', broken(rule, `${off} (${FIRST})`), deploymentOf(pod('x'))),
      isUnknown('the pod', unverified(rule, FIRST), deploymentOf(pod(unknownString))),
    ];
  },
  'POD-11': (rule) =>
    containerField(rule, {
      field: 'securityContext.readOnlyRootFilesystem',
      good: [true],
      bad: [
        [false, 'container "web" has a writable root'],
        [undefined, 'container "web" does not set readOnlyRootFilesystem'],
        [null, 'container "web" does not set readOnlyRootFilesystem'],
        ['true', 'container "web" has a writable root'],
      ],
      wrong: 'container "web" has a writable root',
    }),
  'POD-13': (rule) =>
    containerField(rule, {
      field: 'securityContext.procMount',
      good: [undefined, null, 'Default'],
      bad: [
        ['Unmasked', 'container "web" unmasks /proc'],
        ['', 'container "web" unmasks /proc'],
      ],
      wrong: 'container "web" unmasks /proc',
    }),
  'POD-15': (rule) => {
    const problem = 'container "web" is a process of the node';
    const pod = (value: unknown) =>
      change(podSpec(), 'securityContext.windowsOptions.hostProcess', value);
    return [
      ...containerField(rule, {
        field: 'securityContext.windowsOptions.hostProcess',
        good: [undefined, null, false],
        bad: [[true, problem]],
        wrong: problem,
      }),
      fails('set for the pod', broken(rule, `${problem} (${FIRST})`), deploymentOf(pod(true))),
    ];
  },
};
