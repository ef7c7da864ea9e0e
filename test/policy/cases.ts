import { container, DEPLOYMENT, deployment, unknownObject, unknownString } from './support.ts';

type Json = Record<string, unknown>;

interface Case {
  readonly title: string;
  readonly type: string;
  readonly props: Json;
}

export interface RuleCases {
  readonly passes: readonly Case[];
  readonly fails: readonly (Case & { readonly message: string })[];
  readonly unknown: readonly (Case & { readonly path: string })[];
}

const PATH = 'spec.template.spec';

function pod(title: string, ...containers: readonly Json[]): Case {
  return { title, type: DEPLOYMENT, props: deployment({ containers }) };
}

function of(title: string, spec: Json): Case {
  return { title, type: DEPLOYMENT, props: deployment(spec) };
}

function fails(message: string, one: Case): Case & { message: string } {
  return { ...one, message };
}

function unknown(path: string, one: Case): Case & { path: string } {
  return { ...one, path };
}

function without(key: string): Json {
  const context = { ...(container()['securityContext'] as Json) };
  return container(
    {},
    {
      securityContext: Object.fromEntries(Object.entries(context).filter(([name]) => name !== key)),
    },
  );
}

/** Unknown at every level above the setting: the rule must report each, never pass it. */
function unknownAbove(setting: string): (Case & { path: string })[] {
  return [
    unknown(`${PATH}.containers[0]`, pod(setting, container({ [setting]: unknownString }))),
    unknown(
      `${PATH}.containers[0]`,
      pod('the security context', container({}, { securityContext: unknownObject })),
    ),
    unknown(`${PATH}.containers`, of('the list of containers', { containers: unknownObject })),
    unknown(`${PATH}.containers[0]`, of('a container', { containers: [unknownObject] })),
    unknown(PATH, {
      title: 'the pod',
      type: DEPLOYMENT,
      props: { metadata: { name: 'api' }, spec: { template: unknownObject } },
    }),
  ];
}

const FIX = {
  'POD-01': 'Leave securityContext.privileged out or set it to false.',
  'POD-02': 'Set securityContext.allowPrivilegeEscalation to false.',
  'POD-03': 'Set securityContext.runAsNonRoot to true for the pod or for the container.',
  'POD-05': 'Set securityContext.capabilities.drop to ["ALL"] and add at most NET_BIND_SERVICE.',
  'IMG-01': 'Name a version, for example "docker.io/library/redis:8.0.2".',
};

function message(rule: keyof typeof FIX, problem: string, place = 'containers[0]'): string {
  return `${rule}: ${problem} (${PATH}.${place}). ${FIX[rule]}`;
}

const CNPG = 'kubernetes:postgresql.cnpg.io/v1:Cluster';
const cluster = (title: string, spec: Json): Case => ({
  title,
  type: CNPG,
  props: { metadata: { name: 'postgres', namespace: 'saas-data' }, spec },
});
const image = (reference: unknown) => container({}, { image: reference });

/** The four tests of every rule; the fourth, exempt, is made from the first failing case. */
export const cases: Readonly<Record<string, RuleCases>> = {
  'POD-01': {
    passes: [
      pod('privileged left out', container()),
      pod('privileged set to false', container({ privileged: false })),
      pod('privileged without a value', container({ privileged: null })),
      of('a pod without containers', { containers: [] }),
      { title: 'a resource without pods', type: 'kubernetes:core/v1:Secret', props: {} },
      { title: 'a resource of another provider', type: 'random:index/id:RandomId', props: {} },
    ],
    fails: [
      fails(
        message('POD-01', 'container "web" is privileged'),
        pod('a privileged container', container({ privileged: true })),
      ),
      fails(
        message('POD-01', 'container "web" is privileged'),
        pod('a value that is not false', container({ privileged: 'true' })),
      ),
      fails(
        `POD-01: container "web" is privileged (${PATH}.containers[1]); container "web" is privileged (${PATH}.initContainers[0]). ${FIX['POD-01']}`,
        of('two of three containers, named in one message', {
          containers: [container(), container({ privileged: true })],
          initContainers: [container({ privileged: true })],
        }),
      ),
      fails(
        message('POD-01', 'container "?" is privileged'),
        pod('a container without a name', { securityContext: { privileged: true } }),
      ),
    ],
    unknown: unknownAbove('privileged'),
  },
  'POD-02': {
    passes: [pod('escalation off', container())],
    fails: [
      fails(
        message('POD-02', 'container "web" does not set allowPrivilegeEscalation'),
        pod('the default of Kubernetes', without('allowPrivilegeEscalation')),
      ),
      fails(
        message('POD-02', 'container "web" allows privilege escalation'),
        pod('escalation on', container({ allowPrivilegeEscalation: true })),
      ),
      fails(
        message('POD-02', 'container "web" does not set allowPrivilegeEscalation'),
        pod('no security context', container({}, { securityContext: null })),
      ),
      fails(
        message('POD-02', 'container "web" allows privilege escalation'),
        pod('text instead of false', container({ allowPrivilegeEscalation: 'false' })),
      ),
    ],
    unknown: unknownAbove('allowPrivilegeEscalation'),
  },
  'POD-03': {
    passes: [
      pod('set for the container', container()),
      of('set for the pod', {
        securityContext: { runAsNonRoot: true },
        containers: [without('runAsNonRoot')],
      }),
      of('a null of the container falls back to the pod', {
        securityContext: { runAsNonRoot: true },
        containers: [container({ runAsNonRoot: null })],
      }),
    ],
    fails: [
      fails(
        message('POD-03', 'container "web" does not set runAsNonRoot'),
        pod('set nowhere', without('runAsNonRoot')),
      ),
      fails(
        message('POD-03', 'container "web" may run as root'),
        of('the container overrides the pod', {
          securityContext: { runAsNonRoot: true },
          containers: [container({ runAsNonRoot: false })],
        }),
      ),
      fails(
        message('POD-03', 'container "web" may run as root'),
        of('switched off for the pod', {
          securityContext: { runAsNonRoot: false },
          containers: [without('runAsNonRoot')],
        }),
      ),
      fails(
        message('POD-03', 'container "web" does not set runAsNonRoot', 'initContainers[0]'),
        of('an init container that forgets it', {
          containers: [container()],
          initContainers: [without('runAsNonRoot')],
        }),
      ),
    ],
    unknown: [
      ...unknownAbove('runAsNonRoot'),
      unknown(
        `${PATH}.containers[0]`,
        of('the setting of the pod', {
          securityContext: { runAsNonRoot: unknownString },
          containers: [without('runAsNonRoot')],
        }),
      ),
    ],
  },
  'POD-05': {
    passes: [
      pod('all dropped', container()),
      pod(
        'low ports added back',
        container({ capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } }),
      ),
      pod('ALL among others', container({ capabilities: { drop: ['NET_RAW', 'ALL'], add: [] } })),
    ],
    fails: [
      fails(
        message('POD-05', 'container "web" does not drop ALL capabilities'),
        pod('nothing dropped', without('capabilities')),
      ),
      fails(
        message('POD-05', 'container "web" does not drop ALL capabilities'),
        pod('only some dropped', container({ capabilities: { drop: ['NET_RAW'] } })),
      ),
      fails(
        message('POD-05', 'container "web" adds SYS_ADMIN, NET_RAW'),
        pod(
          'others added',
          container({
            capabilities: { drop: ['ALL'], add: ['SYS_ADMIN', 'NET_BIND_SERVICE', 'NET_RAW'] },
          }),
        ),
      ),
      fails(
        message('POD-05', 'container "web" does not drop ALL capabilities'),
        pod(
          'lower case, which Pod Security refuses',
          container({ capabilities: { drop: ['all'] } }),
        ),
      ),
    ],
    unknown: [
      ...unknownAbove('capabilities'),
      unknown(
        `${PATH}.containers[0]`,
        pod('what is dropped', container({ capabilities: { drop: unknownObject } })),
      ),
      unknown(
        `${PATH}.containers[0]`,
        pod('one that is dropped', container({ capabilities: { drop: [unknownString] } })),
      ),
      unknown(
        `${PATH}.containers[0]`,
        pod('what is added', container({ capabilities: { drop: ['ALL'], add: unknownObject } })),
      ),
      unknown(
        `${PATH}.containers[0]`,
        pod(
          'one that is added',
          container({ capabilities: { drop: ['ALL'], add: [unknownString] } }),
        ),
      ),
    ],
  },
  'IMG-01': {
    passes: [
      pod('tag and digest', container()),
      pod('a tag', image('docker.io/library/redis:8.0.2')),
      pod('a registry with a port', image('localhost:5000/redis:8.0.2')),
      cluster('PostgreSQL by tag', { imageName: 'ghcr.io/cloudnative-pg/postgresql:17' }),
      cluster('PostgreSQL from a catalogue', { imageCatalogRef: { kind: 'ImageCatalog' } }),
      {
        title: 'a pooler template that leaves the image to the operator',
        type: 'kubernetes:postgresql.cnpg.io/v1:Pooler',
        props: deployment({ containers: [{ name: 'pgbouncer' }] }),
      },
      of('volumes without images', { containers: [container()], volumes: [{ emptyDir: {} }] }),
    ],
    fails: [
      fails(
        message(
          'IMG-01',
          'container "web" has an image without a tag: "redis"',
          'containers[0].image',
        ),
        pod('no tag', image('redis')),
      ),
      fails(
        message(
          'IMG-01',
          'container "web" has an image with the tag "latest": "redis:latest"',
          'containers[0].image',
        ),
        pod('latest', image('redis:latest')),
      ),
      fails(
        message(
          'IMG-01',
          'container "web" has an image with the tag "latest": "redis:latest@sha256:00"',
          'containers[0].image',
        ),
        pod('latest with a digest', image('redis:latest@sha256:00')),
      ),
      fails(
        message(
          'IMG-01',
          'container "web" has an image without a tag: "localhost:5000/redis"',
          'containers[0].image',
        ),
        pod('the port of the registry is no tag', image('localhost:5000/redis')),
      ),
      fails(
        message('IMG-01', 'container "web" names no image', 'containers[0].image'),
        pod('no image', image(undefined)),
      ),
      fails(
        `IMG-01: the Cluster names no image (spec.imageName). ${FIX['IMG-01']}`,
        cluster('PostgreSQL left to the operator', { instances: 3 }),
      ),
      fails(
        `IMG-01: the Pooler has an image without a tag: "pgbouncer" (spec.pgbouncer.image). ${FIX['IMG-01']}`,
        {
          title: 'PgBouncer without a tag',
          type: 'kubernetes:postgresql.cnpg.io/v1:Pooler',
          props: { metadata: {}, spec: { pgbouncer: { image: 'pgbouncer' } } },
        },
      ),
      fails(
        message('IMG-01', 'a volume has an image without a tag: "models"', 'volumes[0]'),
        of('an image as a volume', {
          containers: [container()],
          volumes: [{ name: 'models', image: { reference: 'models' } }],
        }),
      ),
    ],
    unknown: [
      unknown(`${PATH}.containers[0].image`, pod('the image', image(unknownString))),
      unknown(`${PATH}.containers`, of('the list of containers', { containers: unknownObject })),
      unknown('spec.imageName', cluster('the image of PostgreSQL', { imageName: unknownString })),
      unknown('spec.imageName', {
        title: 'the cluster',
        type: CNPG,
        props: { spec: unknownObject },
      }),
      unknown(
        `${PATH}.volumes`,
        of('the volumes', { containers: [container()], volumes: unknownObject }),
      ),
    ],
  },
};
