import { isImageVariable, mapContainers, type Container, type EnvVar } from './containers.ts';
import type { ManifestObject } from './manifests.ts';

type SecretData = Readonly<Record<string, string>>;

/**
 * Image names that upstream hides in a Secret become plain variables, where they can be pinned and
 * seen. A Secret that held nothing else is left out.
 */
export function inlineImageSecrets(objects: readonly ManifestObject[]): readonly ManifestObject[] {
  const secrets = new Map(
    objects
      .filter(({ kind }) => kind === 'Secret')
      .map((secret) => [secret.metadata.name, (secret['data'] ?? {}) as SecretData]),
  );
  const used = new Set<string>();

  const inline = (variable: EnvVar): EnvVar => {
    const { name, key } = variable.valueFrom?.secretKeyRef ?? { name: '', key: '' };
    const encoded = secrets.get(name)?.[key];
    if (encoded === undefined || !isImageVariable(variable.name)) return variable;
    used.add(`${name}/${key}`);
    return { name: variable.name, value: Buffer.from(encoded, 'base64').toString('utf8') };
  };
  const inContainer = (container: Container): Container =>
    container.env === undefined ? container : { ...container, env: container.env.map(inline) };

  const inlined = objects.map((object) => mapContainers(object, inContainer));
  return inlined.filter(({ kind, metadata }) => {
    if (kind !== 'Secret') return true;
    const keys = Object.keys(secrets.get(metadata.name) ?? {});
    return keys.length === 0 || keys.some((key) => !used.has(`${metadata.name}/${key}`));
  });
}
