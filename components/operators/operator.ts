import * as pulumi from '@pulumi/pulumi';

import { ConfigError } from '../errors.ts';
import { awaited } from './awaited.ts';
import { kindOf, type KindEntry } from './kinds.ts';
import { operatorsLock, type LockEntry, type OperatorName, type OperatorsLock } from './lock.ts';
import { readManifests, type ManifestObject } from './manifests.ts';
import { patchManifests } from './patch.ts';
import type { ResourceAmounts } from './patch-pods.ts';

export interface OperatorArgs {
  /** Which entry of the lock file. */
  readonly operator: OperatorName;
  /** Namespace of everything namespaced, whatever upstream says. Its default deny must exist. */
  readonly namespace: pulumi.Input<string>;
  /** Folder that `fetchManifests` filled: `<manifests>/<operator>/<file>`. */
  readonly manifests: string;
  /** Image per role of the lock file, such as `{ operator: 'ghcr.io/…:1.30.0@sha256:…' }`. */
  readonly images: Readonly<Record<string, string>>;
  /** Refuse to delete the definitions: with them goes every object of their kinds, databases too. */
  readonly protectDefinitions: boolean;
  /** Requests and limits of every container. Default: 50m CPU, 128Mi, at most 256Mi. */
  readonly resources?: ResourceAmounts;
  /** Variables of every container; they replace upstream's of the same name. Default: none. */
  readonly env?: Readonly<Record<string, string>>;
  /** Annotations of the pods, such as the checksum of a certificate. Default: none. */
  readonly podAnnotations?: Readonly<Record<string, pulumi.Input<string>>>;
  /** Annotations of its ServiceAccounts, such as the role of a cloud. Default: none. */
  readonly accountAnnotations?: Readonly<Record<string, pulumi.Input<string>>>;
  /** Folders it writes to; with any, the rest of its root is read-only. Default: as upstream has it. */
  readonly writableFolders?: readonly string[];
  /** Created before the Deployment and deleted after it, such as its open paths. Default: none. */
  readonly deploymentAfter?: readonly pulumi.Resource[];
  /** Created before the Services and deleted after them. Default: none. */
  readonly servicesAfter?: readonly pulumi.Resource[];
  /** Sources and hashes of the manifests. Default: the committed `operators.lock.json`. */
  readonly lock?: OperatorsLock;
}

const RESOURCES: ResourceAmounts = {
  requests: { cpu: '50m', memory: '128Mi' },
  limits: { memory: '256Mi' },
};
/** Pulling an image and starting one pod; more means that it will never come. */
const DEADLINE = '5m';

/** One operator: upstream's manifests of a pinned release, brought up to the platform's baseline. */
export class Operator extends pulumi.ComponentResource {
  /**
   * Names of the objects that came last. Resolves when they are ready: the Deployment available and
   * its webhook answering and trusted or, without any, the definitions established.
   */
  readonly ready: pulumi.Output<readonly string[]>;

  constructor(name: string, args: OperatorArgs, opts?: pulumi.ComponentResourceOptions) {
    const { lock = operatorsLock, deploymentAfter = [], servicesAfter = [], ...shown } = args;
    super('saas:operators:Operator', name, shown, opts);
    const { operator, resources = RESOURCES, env = {}, podAnnotations = {} } = args;
    const { accountAnnotations = {}, writableFolders = [] } = args;
    const entry = lock[operator];
    const manifests = patchManifests(readManifests(args.manifests, operator, entry), {
      operator,
      namespace: args.namespace,
      upstreamNamespace: entry.namespace,
      images: pinnedImages(operator, entry, args.images),
      resources,
      env,
      podAnnotations,
      accountAnnotations,
      writableFolders,
    });
    const objects = awaited(manifests);

    const create = (object: ManifestObject, ...dependsOn: (readonly pulumi.Resource[])[]) => {
      const entry = kindOf(operator, object);
      const opts = { ...stageOptions(entry, args), parent: this, dependsOn: dependsOn.flat() };
      return new entry.resource(childName(name, object), object, opts);
    };
    const inStage = (...stages: KindEntry['stage'][]) =>
      objects.filter((object) => stages.includes(kindOf(operator, object).stage));
    const first = inStage('definition', 'setting').map((object) => create(object));
    const workload = inStage('workload').map((object) =>
      create(object, first, object.kind === 'Service' ? servicesAfter : deploymentAfter),
    );
    const completed = inStage('completed').map((object) => create(object, workload));

    const last = workload.length === 0 ? first : [...workload, ...completed];
    this.ready = pulumi.all(last.map((resource) => resource.metadata.name));
    this.registerOutputs({ ready: this.ready });
  }
}

/** Upstream reference → image to run. Each must carry a digest: a tag can be moved. */
function pinnedImages(
  operator: string,
  entry: LockEntry,
  images: OperatorArgs['images'],
): Record<string, string> {
  for (const role of Object.keys(images)) {
    if (role in entry.images) continue;
    const known = Object.keys(entry.images).join(', ') || 'none';
    throw new ConfigError(`${operator}.images.${role}`, 'no such image.', `It has ${known}.`);
  }
  const pairs = Object.entries(entry.images).map(([role, upstream]) => {
    const image = images[role];
    if (image !== undefined && /@sha256:[0-9a-f]{64}$/.test(image)) return [upstream, image];
    const problem =
      image === undefined ? 'is missing.' : `"${image}" has no digest, so it could change.`;
    throw new ConfigError(
      `${operator}.images.${role}`,
      problem,
      `Write the image for "${upstream}" as "name:tag@sha256:…".`,
    );
  });
  return Object.fromEntries(pairs) as Record<string, string>;
}

function stageOptions({ stage }: KindEntry, args: OperatorArgs): pulumi.CustomResourceOptions {
  switch (stage) {
    case 'definition':
      return {
        ...(args.protectDefinitions ? { protect: true } : {}),
        customTimeouts: { create: DEADLINE, update: DEADLINE },
      };
    case 'setting':
      return {};
    case 'workload':
    case 'completed':
      return { customTimeouts: { create: DEADLINE, update: DEADLINE } };
  }
}

/** Kind and name make it unique; both are stable as long as upstream's are. */
function childName(name: string, { kind, metadata }: ManifestObject): string {
  return `${name}-${kind.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase()}-${metadata.name}`;
}
