import { INJECTED } from './kinds.ts';
import type { ManifestObject } from './manifests.ts';

/**
 * The objects with what Pulumi waits for before it counts them as created. A definition that is
 * stored but not yet established refuses objects of its kind. A Service takes ten seconds to count
 * as settled, so only those that the API server itself calls are awaited; for the others the
 * Deployment behind them says as much. A webhook without its authority refuses everything.
 */
export function awaited(objects: readonly ManifestObject[]): readonly ManifestObject[] {
  const called = new Set(objects.flatMap(webhookServices));
  return objects.map((object) => {
    switch (object.kind) {
      case 'CustomResourceDefinition':
        return annotated(object, 'pulumi.com/waitFor', 'condition=Established');
      case 'Service':
        if (called.has(object.metadata.name)) return object;
        return annotated(object, 'pulumi.com/skipAwait', 'true');
      default:
        if (!(INJECTED in (object.metadata.annotations ?? {}))) return object;
        return annotated(object, 'pulumi.com/waitFor', AUTHORITY);
    }
  });
}

const AUTHORITY = 'jsonpath={.webhooks[0].clientConfig.caBundle}';

function annotated(object: ManifestObject, key: string, value: string): ManifestObject {
  const annotations = { ...object.metadata.annotations, [key]: value };
  return { ...object, metadata: { ...object.metadata, annotations } };
}

interface Webhook {
  readonly clientConfig?: { readonly service?: { readonly name: string } };
}

/** Those that admit objects, and those that convert them between versions of their definition. */
function webhookServices(object: ManifestObject): string[] {
  const { webhooks = [], spec } = object as ManifestObject & {
    readonly webhooks?: readonly Webhook[];
    readonly spec?: { readonly conversion?: { readonly webhook?: Webhook } };
  };
  return [...webhooks, spec?.conversion?.webhook].flatMap(
    (webhook) => webhook?.clientConfig?.service?.name ?? [],
  );
}
