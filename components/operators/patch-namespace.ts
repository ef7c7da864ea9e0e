import * as pulumi from '@pulumi/pulumi';

import { ConfigError } from '../errors.ts';
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

/** Replaces upstream's namespace where Kubernetes holds one: metadata, subjects and webhooks. */
export function moveNamespace(object: ManifestObject, options: NamespaceOptions): ManifestObject {
  const { operator, upstreamNamespace, namespace } = options;
  const { namespaced } = kindOf(operator, object);
  if (namespaced && object.metadata.namespace !== upstreamNamespace) {
    throw new ConfigError(
      `${operator}.manifests`,
      `${describe(object)} is not in upstream's namespace "${upstreamNamespace ?? ''}".`,
    );
  }
  const metadata = namespaced ? { ...object.metadata, namespace } : object.metadata;
  return {
    ...object,
    ...mapList(object, 'subjects', (subject) =>
      subject['namespace'] === upstreamNamespace ? { ...subject, namespace } : subject,
    ),
    ...mapList(object, 'webhooks', (webhook) => ({
      ...webhook,
      clientConfig: moveClient(webhook['clientConfig'], options),
    })),
    ...moveConversion(object, options),
    metadata,
  };
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
    if (text !== upstreamNamespace && !text.includes(`.${upstreamNamespace}.`)) continue;
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
