import {
  broken,
  containerField,
  fails,
  field,
  isUnknown,
  passes,
  unverified,
  type Case,
} from '../table.ts';
import { container, deploymentOf } from '../good.ts';
import { unknownObject, unknownString, type Json, type Subject } from '../support.ts';
import type { Cases } from './index.ts';

const POD = 'spec.template.spec';
const FIRST = `${POD}.containers[0]`;
const PEM = '-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE\n-----END EC PRIVATE KEY-----';
const containerWith = (changes: Json) =>
  deploymentOf({ containers: [{ ...container(), ...changes }] });

function odd(make: (value: unknown) => Subject, values: readonly unknown[]): Case[] {
  return values.map((value) => {
    const empty = ['[]', '{}', '""'].includes(JSON.stringify(value));
    const shows = value === null ? 'null' : empty ? 'empty' : 'wrong type';
    return { ...passes(`a value that is ${JSON.stringify(value)}`, make(value)), shows };
  });
}

export const secrets: Cases = {
  'SEC-01': (rule) => {
    const held = 'container "web" holds a secret';
    return [
      ...containerField(rule, {
        field: 'env',
        place: 'env[0]',
        good: [
          undefined,
          null,
          [],
          [{ name: 'PASSWORD_FILE', value: '/etc/secrets/password' }],
          [{ name: 'PASSWORD', value: '$(OTHER)' }],
          [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'api', key: 'password' } } }],
          [{ name: 'PG_URL', value: 'postgres://api@postgres.saas-data.svc:5432/app' }],
          [{ name: 'TOKEN', value: unknownString }],
          [{ name: 'PASSWORD', value: '' }],
        ],
        bad: [
          [[{ name: 'PASSWORD', value: 'hunter2' }], held],
          [[{ name: 'DB_API_KEY', value: 'abc' }], held],
          [[{ name: 'SETTINGS', value: PEM }], held],
          [[{ name: 'KEY_ID', value: `AKIA${'A'.repeat(16)}` }], held],
          [[{ name: 'PG_URL', value: 'postgres://api:hunter2@postgres/app' }], held],
        ],
        unknown: [
          [`${FIRST}.env`, `${FIRST}.env`],
          [`${POD}.containers`, `${POD}.containers`],
          [POD, POD],
        ].slice(0, 1) as [string, string][],
      }),
      isUnknown('the pod', unverified(rule, POD), deploymentOf(unknownObject as Json)),
      fails(
        'an argument',
        broken(rule, `${held} (${FIRST}.args[1])`),
        containerWith({ args: ['serve', '--admin-password=hunter2'] }),
      ),
      fails(
        'a command',
        broken(rule, `${held} (${FIRST}.command[0])`),
        containerWith({ command: [`sh -c "${PEM}"`] }),
      ),
      passes(
        'arguments that only name things',
        containerWith({
          args: ['--secret-name=api', '--token-file=/run/token', '--password=$(PASSWORD)'],
        }),
      ),
      ...odd((env) => containerWith({ env }), ['text', 7]),
    ];
  },
  'SEC-02': (rule) => {
    const map = (data: unknown, annotations?: unknown): Subject => ({
      type: 'kubernetes:core/v1:ConfigMap',
      props: { metadata: { name: 'settings', namespace: 'saas-app', annotations }, data },
    });
    const custom = (spec: unknown): Subject => ({
      type: 'kubernetes:psmdb.percona.com/v1:PerconaServerMongoDB',
      props: { metadata: {}, spec },
    });
    const release = (values: unknown): Subject => ({
      type: 'kubernetes:helm.sh/v3:Release',
      props: { values },
    });
    const at = (path: string) => broken(rule, `holds a secret (${path})`);
    return [
      passes(
        'settings',
        map({ LOG_LEVEL: 'info', 'app.conf': 'port = 80\npassword_file = /run/x\n' }),
      ),
      passes(
        'a custom resource',
        custom({ image: 'percona', configuration: 'net:\n  port: 27017\n' }),
      ),
      passes('a Secret', {
        type: 'kubernetes:core/v1:Secret',
        props: { stringData: { password: 'x' } },
      }),
      passes('a resource of another provider', {
        type: 'random:index/randomPassword:RandomPassword',
        props: {},
      }),
      fails('a key of a ConfigMap', at('data["DB_PASSWORD"]'), map({ DB_PASSWORD: 'hunter2' })),
      fails(
        'a line of a ConfigMap',
        at('data["app.conf"]'),
        map({ 'app.conf': 'port = 80\npassword = hunter2\n' }),
      ),
      fails('a private key', at('data["tls.key"]'), map({ 'tls.key': PEM })),
      fails('an annotation', at('metadata.annotations["note"]'), map({}, { note: PEM })),
      fails(
        'text in a custom resource',
        at('spec.configuration'),
        custom({ configuration: 'a: b\npassword: hunter2\n' }),
      ),
      fails(
        'a key that is a field',
        at('spec.backup.sseCustomerKey'),
        custom({ backup: { sseCustomerKey: 'abc' } }),
      ),
      fails(
        'values of a release',
        at('values.admin.password'),
        release({ admin: { password: 'hunter2' } }),
      ),
      fails(
        'a list of values',
        at('values.tokens[0]'),
        release({ tokens: [`AKIA${'B'.repeat(16)}`] }),
      ),
      isUnknown('the data', unverified(rule, 'data'), map(unknownObject)),
      isUnknown(
        'the annotations',
        unverified(rule, 'metadata.annotations'),
        map({}, unknownObject),
      ),
      ...odd((data) => map(data), [null, {}, 'text', 7]),
    ];
  },
  'SEC-03': (rule) => {
    const problem = 'container "web" has a Secret in its environment';
    const strict = { required: true };
    const cases = [
      ...containerField(rule, {
        field: 'env',
        good: [
          undefined,
          null,
          [],
          [{ name: 'A', value: 'b' }],
          [{ name: 'A', valueFrom: { fieldRef: {} } }],
        ],
        bad: [[[{ name: 'A', valueFrom: { secretKeyRef: { name: 'api', key: 'a' } } }], problem]],
      }),
      ...containerField(rule, {
        field: 'envFrom',
        good: [[{ configMapRef: { name: 'api' } }]],
        bad: [[[{ secretRef: { name: 'api' } }], problem]],
      }),
      fails(
        'the second of two',
        broken(rule, `${problem} (${FIRST})`),
        containerWith({
          env: [
            { name: 'A', value: 'b' },
            { name: 'B', valueFrom: { secretKeyRef: {} } },
          ],
        }),
      ),
      ...odd((env) => containerWith({ env }), ['text']),
    ];
    const [bad] = cases.filter(({ shows }) => shows === 'fail');
    return [
      passes('a Secret in the environment, as is the default', ...(bad?.subjects ?? [])),
      ...cases.map((one) => ({ ...one, settings: strict })),
    ];
  },
  'SEC-05': (rule) => {
    const password: Subject = {
      type: 'random:index/randomPassword:RandomPassword',
      props: { length: 32 },
    };
    const key = (props: Json): Subject => ({ type: 'tls:index/privateKey:PrivateKey', props });
    return [
      ...field(rule, {
        base: [password],
        field: 'length',
        good: [20, 32],
        bad: [
          [19, 'is too short'],
          [undefined, 'is too short'],
          [null, 'is too short'],
          ['', 'is too short'],
        ],
        wrong: 'is too short',
      }),
      ...[
        { algorithm: 'ED25519' },
        { algorithm: 'RSA' },
        { algorithm: 'RSA', rsaBits: 4096 },
        { algorithm: 'ECDSA', ecdsaCurve: 'P256' },
      ].map((props) => passes(JSON.stringify(props), key(props))),
      ...[{ algorithm: 'ECDSA' }, { algorithm: 'ECDSA', ecdsaCurve: 'P224' }, {}].map((props) =>
        fails(JSON.stringify(props), broken(rule, 'is of a weak kind (algorithm)'), key(props)),
      ),
      fails(
        'a short RSA key',
        broken(rule, 'is too short (algorithm)'),
        key({ algorithm: 'RSA', rsaBits: 1024 }),
      ),
      ...['algorithm', 'ecdsaCurve', 'rsaBits'].map((name) =>
        isUnknown(
          name,
          unverified(rule, 'algorithm'),
          key({ algorithm: 'ECDSA', [name]: unknownString }),
        ),
      ),
    ];
  },
  'SEC-06': (rule) =>
    field(rule, {
      base: [{ type: 'kubernetes:core/v1:Secret', props: { type: 'Opaque' } }],
      field: 'type',
      good: [undefined, null, '', 7, 'Opaque', 'kubernetes.io/tls'],
      bad: [['kubernetes.io/service-account-token', 'is the token of an account']],
    }).map((one) => (one.title.endsWith(' 7') ? { ...one, shows: 'wrong type' as const } : one)),
};
