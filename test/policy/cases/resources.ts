import {
  broken,
  change,
  containerField,
  fails,
  isUnknown,
  passes,
  podField,
  unverified,
  type Case,
} from '../table.ts';
import { container, deploymentOf, HOLDERS, podSpec } from '../good.ts';
import { unknownObject, unknownString, type Subject } from '../support.ts';
import type { Cases } from './index.ts';

const POD = 'spec.template.spec';
const FIRST = `${POD}.containers[0]`;
const LISTS = ['containers', 'initContainers'];

function wrongTypes(title: string, ...cases: readonly Case[]): Case[] {
  return cases.map((one) => ({ ...one, title: `${title}: ${one.title}`, shows: 'wrong type' }));
}

export const resources: Cases = {
  'RES-01': (rule) => {
    const missing = 'container "web" has no request for cpu or memory';
    return ['cpu', 'memory'].flatMap((name) => {
      const none = change(container(), `resources.limits.${name}`, undefined);
      const base = deploymentOf({ containers: [none] });
      return containerField(rule, {
        base,
        field: `resources.requests.${name}`,
        good: ['100m', 1],
        bad: [
          ['', missing],
          [undefined, missing],
          [null, missing],
          [[], missing],
          [true, missing],
        ],
        lists: LISTS,
        absence: true,
      });
    });
  },
  'RES-02': (rule) => {
    const none = 'container "web" has no limit of memory';
    const odd = 'container "web" has a limit of memory that is no quantity';
    return [
      ...containerField(rule, {
        field: 'resources.limits.memory',
        good: ['64Mi', '1Gi', '67108864', 67_108_864],
        bad: [
          ['32Mi', 'container "web" asks for more memory than its limit'],
          [undefined, none],
          [null, none],
          ['', odd],
          ['much', odd],
          ['0', odd],
          [[], odd],
          [true, odd],
        ],
        lists: LISTS,
      }),
      fails(
        'a request above the limit',
        broken(rule, `container "web" asks for more memory than its limit (${FIRST})`),
        deploymentOf(change(podSpec(), 'containers[0].resources.requests.memory', '65Mi')),
      ),
    ];
  },
  'RES-03': (rule) => {
    const missing = 'container "web" has no limit of cpu';
    const settings = { required: true };
    const with_ = (cases: readonly Case[]) => cases.map((one) => ({ ...one, settings }));
    const limited = change(podSpec(), 'containers[0].resources.limits.cpu', '1');
    return [
      passes('no limit, as is the default', deploymentOf()),
      ...with_([
        passes('a limit', deploymentOf(limited)),
        fails(
          'no limit where the team wants one',
          broken(rule, `${missing} (${FIRST})`),
          deploymentOf(),
        ),
        isUnknown(
          'the limit',
          unverified(rule, FIRST),
          deploymentOf(change(limited, 'containers[0].resources.limits.cpu', unknownString)),
        ),
        {
          ...fails(
            'null',
            broken(rule, `${missing} (${FIRST})`),
            deploymentOf(change(limited, 'containers[0].resources.limits.cpu', null)),
          ),
          shows: 'null',
        },
        {
          ...fails(
            'an empty text',
            broken(rule, `${missing} (${FIRST})`),
            deploymentOf(change(limited, 'containers[0].resources.limits.cpu', '')),
          ),
          shows: 'empty',
        },
        ...wrongTypes(
          'the limit',
          fails(
            'a list',
            broken(rule, `${missing} (${FIRST})`),
            deploymentOf(change(limited, 'containers[0].resources.limits.cpu', [])),
          ),
        ),
      ]),
    ];
  },
  'RES-04': (rule) => [
    ...podField(rule, {
      field: 'volumes',
      place: 'volumes[0]',
      good: [
        undefined,
        null,
        [],
        [{ name: 'tmp', emptyDir: { sizeLimit: '64Mi' } }],
        [{ name: 'a', secret: {} }],
      ],
      bad: [
        [[{ name: 'tmp', emptyDir: {} }], 'volume "tmp" has no sizeLimit'],
        [[{ name: 'tmp', emptyDir: { sizeLimit: '' } }], 'volume "tmp" has no sizeLimit'],
        [[{ name: 'tmp', emptyDir: { medium: 'Memory' } }], 'volume "tmp" has no sizeLimit'],
      ],
      unknown: [
        [`${POD}.volumes`, `${POD}.volumes`],
        [POD, POD],
      ],
    }),
    isUnknown(
      'the limit',
      unverified(rule, `${POD}.volumes[0]`),
      deploymentOf(change(podSpec(), 'volumes', [{ emptyDir: { sizeLimit: unknownString } }])),
    ),
    ...wrongTypes('volumes', passes('a text', deploymentOf(change(podSpec(), 'volumes', 'text')))),
  ],
  'RES-05': (rule) => {
    const object = (
      kind: string,
      namespace: unknown = 'saas-app',
      name: unknown = 'one',
    ): Subject => ({
      type: `kubernetes:core/v1:${kind}`,
      name: kind,
      props: { metadata: { name, namespace } },
    });
    const namespace = object('Namespace', undefined, 'saas-app');
    const no = (kind: string) => broken(rule, `the namespace has no ${kind} (metadata.name)`);
    const both = [object('ResourceQuota'), object('LimitRange')] as const;
    const [quota, range] = both;
    return [
      passes('both', namespace, ...both),
      passes('no namespace', ...both),
      fails('no quota', no('ResourceQuota'), namespace, range),
      fails('no defaults', no('LimitRange'), namespace, quota),
      fails(
        'those of another namespace',
        no('LimitRange'),
        namespace,
        quota,
        object('LimitRange', 'other'),
      ),
      fails('only a patch', no('LimitRange'), namespace, quota, object('LimitRangePatch')),
      isUnknown(
        'the namespace of the quota',
        unverified(rule, 'metadata.name'),
        namespace,
        range,
        object('ResourceQuota', unknownString),
      ),
      isUnknown(
        'the name of the namespace',
        unverified(rule, 'metadata.name'),
        object('Namespace', undefined, unknownString),
        ...both,
      ),
      ...[null, '', 7].map((value, index): Case => ({
        ...fails(
          `the namespace ${JSON.stringify(value)}`,
          no('LimitRange'),
          namespace,
          quota,
          object('LimitRange', value),
        ),
        shows: (['null', 'empty', 'wrong type'] as const)[index] ?? 'fail',
      })),
    ];
  },
  'AVL-01': (rule) => [
    ...containerField(rule, {
      field: 'readinessProbe',
      good: [{ httpGet: { path: '/', port: 80 } }],
      bad: [
        [{}, 'container "web" has no readiness probe'],
        [undefined, 'container "web" has no readiness probe'],
        [null, 'container "web" has no readiness probe'],
        ['', 'container "web" has no readiness probe'],
      ],
      lists: ['containers'],
      absence: true,
    }).filter(({ title }) => !/:(Job|CronJob)$/.test(title)),
    ...wrongTypes(
      'the probe',
      fails(
        'a text',
        broken(rule, `container "web" has no readiness probe (${FIRST})`),
        deploymentOf(change(podSpec(), 'containers[0].readinessProbe', 'text')),
      ),
    ),
    ...shortLived('readinessProbe'),
  ],
  'AVL-02': (rule) => [
    ...containerField(rule, {
      field: 'livenessProbe',
      good: [{ httpGet: { path: '/', port: 80 } }, { exec: { command: ['true'] } }],
      bad: [
        [{}, 'container "web" has no liveness probe'],
        [{ periodSeconds: 5 }, 'container "web" has no liveness probe'],
        [undefined, 'container "web" has no liveness probe'],
        [null, 'container "web" has no liveness probe'],
        ['', 'container "web" has no liveness probe'],
      ],
      lists: ['containers'],
      absence: true,
    }).filter(({ title }) => !/:(Job|CronJob)$/.test(title)),
    ...wrongTypes(
      'the probe',
      fails(
        'a text',
        broken(rule, `container "web" has no liveness probe (${FIRST})`),
        deploymentOf(change(podSpec(), 'containers[0].livenessProbe', 'text')),
      ),
    ),
    ...shortLived('livenessProbe'),
  ],
  'AVL-03': (rule) => [
    ...containerField(rule, {
      field: 'livenessProbe.httpGet.port',
      absence: true,
      good: ['http', 8080, undefined, null],
      bad: [
        ['admin', 'container "web" has a probe of a port that it does not declare'],
        [9090, 'container "web" has a probe of a port that it does not declare'],
        ['', 'container "web" has a probe of a port that it does not declare'],
        [{}, 'container "web" has a probe of a port that it does not declare'],
        [true, 'container "web" has a probe of a port that it does not declare'],
      ],
    }),
    fails(
      'no ports at all',
      broken(rule, `container "web" has a probe of a port that it does not declare (${FIRST})`),
      deploymentOf(change(podSpec(), 'containers[0].ports', undefined)),
    ),
    isUnknown(
      'the ports',
      unverified(rule, FIRST),
      deploymentOf(change(podSpec(), 'containers[0].ports', unknownObject)),
    ),
  ],
};

/** A container that ends by itself needs no probes. */
function shortLived(probe: string): Case[] {
  const spec = change(podSpec(), `containers[0].${probe}`, undefined);
  return HOLDERS.filter(({ type }) => /:(Job|CronJob)$/.test(type)).map(({ type, wrap }): Case =>
    passes(type, { type, props: wrap(spec) }),
  );
}
