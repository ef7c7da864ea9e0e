import * as pulumi from '@pulumi/pulumi';

import { ConfigError } from '../errors.ts';
import { mapContainers } from './containers.ts';
import { kindOf } from './kinds.ts';
import { without, type ManifestObject } from './manifests.ts';

export interface NamespaceOptions {
  /** Name of the operator, for messages. */
  readonly operator: string;
  /** Namespace that upstream writes; undefined when nothing is namespaced. */
  readonly upstreamNamespace: string | undefined;
  /** Where everything namespaced goes. */
  readonly namespace: pulumi.Input<string>;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Replaces upstream's namespace where Kubernetes holds one, in metadata, subjects and webhooks, and
 * where upstream writes one: in `--flag=<namespace>` and in annotations of `<namespace>/<name>`.
 */
export function moveNamespace(object: ManifestObject, options: NamespaceOptions): ManifestObject {
  const { operator, upstreamNamespace, namespace } = options;
  const { namespaced } = kindOf(operator, object);
  if (namespaced && object.metadata.namespace !== upstreamNamespace) {
    throw new ConfigError(
      `${operator}.manifests`,
      `${describe(object)} is not in upstream's namespace "${upstreamNamespace ?? ''}".`,
    );
  }
  const moved = mapContainers(object, (container) =>
    container.args === undefined
      ? container
      : { ...container, args: container.args.map((arg) => moveText(arg, options)) },
  );
  return {
    ...moved,
    ...mapList(object, 'subjects', (subject) =>
      subject['namespace'] === upstreamNamespace ? { ...subject, namespace } : subject,
    ),
    ...mapList(object, 'webhooks', (webhook) => ({
      ...webhook,
      clientConfig: moveClient(webhook['clientConfig'], options),
    })),
    ...moveConversion(object, options),
    metadata: {
      ...object.metadata,
      ...moveAnnotations(object, options),
      ...(namespaced ? { namespace } : {}),
    },
  };
}

function moveAnnotations({ metadata: { annotations } }: ManifestObject, options: NamespaceOptions) {
  if (annotations === undefined) return {};
  const moved = Object.entries(annotations).map(([key, text]) => [key, moveText(text, options)]);
  return { annotations: Object.fromEntries(moved) as typeof annotations };
}

/** `--flag=<namespace>` and `<namespace>/<name>`; any other text stays. */
function moveText(
  text: pulumi.Input<string>,
  { upstreamNamespace, namespace }: NamespaceOptions,
): pulumi.Input<string> {
  if (typeof text !== 'string' || upstreamNamespace === undefined) return text;
  const [flag = ''] = /^--[\w-]+=/.exec(text) ?? [];
  const [word, ...rest] = text.slice(flag.length).split('/');
  if (word !== upstreamNamespace) return text;
  return pulumi.interpolate`${flag}${namespace}${rest.map((part) => `/${part}`).join('')}`;
}

function mapList(object: Fields, key: string, change: (item: Fields) => Fields): Fields {
  const list = object[key];
  return Array.isArray(list) ? { [key]: (list as Fields[]).map(change) } : {};
}

function moveConversion(object: Fields, options: NamespaceOptions): Fields {
  const spec = object['spec'] as { conversion?: { webhook?: Fields } } | undefined;
  const webhook = spec?.conversion?.webhook;
  if (webhook === undefined) return {};
  const clientConfig = moveClient(webhook['clientConfig'], options);
  return {
    spec: { ...spec, conversion: { ...spec?.conversion, webhook: { ...webhook, clientConfig } } },
  };
}

/** `caBundle` is left out: the operator writes its own, and a value of ours would undo it. */
function moveClient(client: unknown, { namespace }: NamespaceOptions): Fields {
  const { service, ...rest } = without((client ?? {}) as Fields, 'caBundle');
  return service === undefined ? rest : { ...rest, service: { ...(service as Fields), namespace } };
}

/** A mention that was overlooked would fail later, in a place that does not say why. */
export function checkMoved(
  object: ManifestObject,
  { operator, upstreamNamespace }: NamespaceOptions,
): void {
  // Schemas of custom resources are prose, not settings.
  if (upstreamNamespace === undefined || object.kind === 'CustomResourceDefinition') return;
  for (const [path, text] of strings(object, '')) {
    if (!text.split(/[./=]/).includes(upstreamNamespace)) continue;
    throw new ConfigError(
      `${operator}.manifests`,
      `${describe(object)} still names upstream's namespace: ${path} is "${text}".`,
    );
  }
}

function strings(node: unknown, path: string): [path: string, text: string][] {
  if (typeof node === 'string') return [[path.slice(1), node]];
  if (typeof node !== 'object' || node === null || pulumi.Output.isInstance(node)) return [];
  return Object.entries(node).flatMap(([key, child]) => strings(child, `${path}.${key}`));
}

function describe(object: ManifestObject): string {
  return `${object.kind} "${object.metadata.name}"`;
}
