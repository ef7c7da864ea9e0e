import * as pulumi from '@pulumi/pulumi';
import type * as resourceProto from '@pulumi/pulumi/proto/resource_pb.js';
import { MockMonitor } from '@pulumi/pulumi/runtime/mocks.js';
import * as settings from '@pulumi/pulumi/runtime/settings.js';

type Properties = Record<string, unknown>;

/** One registered resource: what was sent for it and under which options. */
export interface Recorded {
  readonly type: string;
  readonly name: string;
  readonly custom: boolean;
  /** Inputs as plain values; which of them are secret is told by `secretPaths`. */
  readonly inputs: Properties;
  /** Dotted paths of secret inputs, such as `stringData.tls.key`. */
  readonly secretPaths: readonly string[];
  /** Name of the parent, or undefined at the root. */
  readonly parent: string | undefined;
  /** The parent's URN as the mocks make it, with one type only; empty at the root. */
  readonly parentUrn: string;
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  /** Names of all resources that must exist first: `dependsOn` and those the inputs come from. */
  readonly dependencies: readonly string[];
  /** The same per top-level input. */
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  readonly ignoreChanges: readonly string[];
  readonly replaceOnChanges: readonly string[];
  readonly additionalSecretOutputs: readonly string[];
  /** URN, or name and type of each alias. */
  readonly aliases: readonly (string | { name: string; type: string })[];
  /** The same with the parent that an alias gives; parts that it leaves open are empty. */
  readonly formerly: readonly (string | FormerName)[];
  readonly customTimeouts: { create: string; update: string; delete: string } | undefined;
  readonly deletedWith: string | undefined;
  readonly deleteBeforeReplace: boolean;
  /** Name of the explicit provider, or undefined. */
  readonly provider: string | undefined;
  readonly providerVersion: string;
}

/** An alias: what a resource was called before. */
export interface FormerName {
  readonly name: string;
  readonly type: string;
  readonly parentUrn: string;
  readonly noParent: boolean;
}

export interface MockOptions {
  /** Values a provider would compute, on top of the inputs and of the defaults for random and tls. */
  readonly state?: (resource: Recorded) => Properties | undefined;
  /** Answers of provider functions by token. A call without an answer throws. */
  readonly calls?: Readonly<Record<string, (inputs: Properties) => Properties>>;
  /** Registers as `pulumi preview` does. Default: false. */
  readonly preview?: boolean;
}

export interface Recorder {
  /**
   * The resource of that name once it is registered. One that never comes ends in jest's time
   * limit. `type` (full or its end) tells two resources of one name apart.
   */
  child(name: string, type?: string): Promise<Recorded>;
  /** Every resource, in order of registration, once nothing is pending any more. */
  all(): Promise<readonly Recorded[]>;
}

// Exported by the module, but absent from its public types.
const { waitForRPCs } = settings as unknown as { waitForRPCs(this: void): Promise<void> };
// Called with its monitor as `this` below.
// eslint-disable-next-line @typescript-eslint/unbound-method
const register = MockMonitor.prototype.registerResource;

const SECRET_KEY = '4dabf18193072939515e22adb298388d';
const SECRET = '1b47061264138c4ac30d75fd1eb44270';

/** Call it in `beforeAll`, before the first resource. */
export async function mockPulumi(options: MockOptions = {}): Promise<Recorder> {
  const recorded: Recorded[] = [];
  const waiting: { matches: (resource: Recorded) => boolean; found: (r: Recorded) => void }[] = [];
  let current: Recorded | undefined;

  const patched = function (this: MockMonitor, ...[request, ...rest]: Parameters<typeof register>) {
    current = read(request as resourceProto.RegisterResourceRequest);
    const resource = current;
    recorded.push(resource);
    // The original calls `newResource` synchronously, which reads `current`.
    const answered = register.call(this, request, ...rest);
    for (const entry of waiting.filter(({ matches }) => matches(resource))) entry.found(resource);
    return answered;
  };
  await pulumi.runtime.setMocks(
    {
      newResource: (args) => {
        const resource = current;
        current = undefined;
        if (resource === undefined) throw new Error(`unplanned read: ${args.type} ${args.name}`);
        const extra = options.state?.(resource) ?? {};
        const state = { ...(args.inputs as Properties), ...computed(resource), ...extra };
        for (const key of resource.additionalSecretOutputs) {
          if (key in state) state[key] = pulumi.secret(state[key]);
        }
        return { id: `${resource.name}-id`, state };
      },
      call: ({ token, inputs }) => {
        const answer = options.calls?.[token];
        if (answer === undefined) throw new Error(`unplanned call: ${token}`);
        return answer(inputs as Properties);
      },
    },
    'project',
    'stack',
    options.preview ?? false,
  );
  MockMonitor.prototype.registerResource = patched;

  return {
    child: (name, type) =>
      new Promise((resolve) => {
        const matches = (resource: Recorded) =>
          resource.name === name && (type === undefined || resource.type.endsWith(type));
        const existing = recorded.find(matches);
        if (existing !== undefined) resolve(existing);
        else waiting.push({ matches, found: resolve });
      }),
    all: async () => {
      await waitForRPCs();
      return [...recorded];
    },
  };
}

/** The value of an output. */
export function value<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => {
    output.apply(resolve);
  });
}

/** Values of the random and tls providers that programs of ours go on with. */
function computed({ type, name }: Recorded): Properties {
  switch (type) {
    case 'random:index/randomPassword:RandomPassword':
      return { result: pulumi.secret(`${name}-result`) };
    case 'random:index/randomBytes:RandomBytes':
      return {
        base64: pulumi.secret(Buffer.from(name).toString('base64')),
        hex: pulumi.secret(Buffer.from(name).toString('hex')),
      };
    case 'random:index/randomId:RandomId':
      return { hex: Buffer.from(name).toString('hex') };
    case 'random:index/randomString:RandomString':
      return { result: `${name}-result` };
    case 'tls:index/privateKey:PrivateKey':
      return {
        privateKeyPem: pulumi.secret(`${name}-private-pem`),
        privateKeyPemPkcs8: pulumi.secret(`${name}-private-pkcs8`),
        publicKeyPem: `${name}-public-pem`,
      };
    case 'tls:index/certRequest:CertRequest':
      return { certRequestPem: `${name}-pem` };
    case 'tls:index/selfSignedCert:SelfSignedCert':
    case 'tls:index/locallySignedCert:LocallySignedCert':
      return { certPem: `${name}-pem` };
    default:
      return {};
  }
}

function read(request: resourceProto.RegisterResourceRequest): Recorded {
  const secretPaths: string[] = [];
  const raw = request.getObject()?.toJavaScript() ?? {};
  const inputs = unwrapSecrets(raw, '', secretPaths) as Properties;
  const timeouts = request.getCustomtimeouts();
  const propertyDependencies: Record<string, string[]> = {};
  request.getPropertydependenciesMap().forEach((entry, key) => {
    const names = entry.getUrnsList().map(nameOf).sort();
    if (names.length > 0) propertyDependencies[key] = names;
  });
  return {
    type: request.getType(),
    name: request.getName(),
    custom: request.getCustom(),
    inputs,
    secretPaths,
    parent: request.getParent() === '' ? undefined : nameOf(request.getParent()),
    parentUrn: request.getParent(),
    protect: request.getProtect() ?? false,
    retainOnDelete: request.getRetainondelete() ?? false,
    dependencies: request.getDependenciesList().map(nameOf).sort(),
    propertyDependencies,
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    aliases: request.getAliasesList().map((alias) => {
      const spec = alias.getSpec();
      return spec ? { name: spec.getName(), type: spec.getType() } : alias.getUrn();
    }),
    formerly: request.getAliasesList().map((alias) => {
      const spec = alias.getSpec();
      if (spec === undefined) return alias.getUrn();
      const [name, type] = [spec.getName(), spec.getType()];
      return { name, type, parentUrn: spec.getParenturn(), noParent: spec.getNoparent() };
    }),
    customTimeouts: timeouts && {
      create: timeouts.getCreate(),
      update: timeouts.getUpdate(),
      delete: timeouts.getDelete(),
    },
    deletedWith: request.getDeletedwith() === '' ? undefined : nameOf(request.getDeletedwith()),
    deleteBeforeReplace: request.getDeletebeforereplace(),
    provider: request.getProvider() === '' ? undefined : providerName(request.getProvider()),
    providerVersion: request.getVersion(),
  };
}

/** Names hold no `::`, so the last part of a URN is the name. */
function nameOf(urn: string): string {
  return urn.slice(urn.lastIndexOf('::') + 2);
}

/** A provider reference is its URN followed by `::<id>`. */
function providerName(reference: string): string {
  return reference.split('::').at(-2) ?? reference;
}

function unwrapSecrets(node: unknown, path: string, secretPaths: string[]): unknown {
  if (Array.isArray(node)) {
    return node.map((item, index) => unwrapSecrets(item, join(path, String(index)), secretPaths));
  }
  if (typeof node !== 'object' || node === null) return node;
  const properties = node as Properties;
  if (properties[SECRET_KEY] === SECRET) {
    secretPaths.push(path);
    return unwrapSecrets(properties['value'], path, secretPaths);
  }
  const entries = Object.entries(properties).map(([key, child]) => [
    key,
    unwrapSecrets(child, join(path, key), secretPaths),
  ]);
  return Object.fromEntries(entries) as Properties;
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}
