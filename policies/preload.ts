import Module from 'node:module';

type Load = (request: string, parent: { filename?: string } | undefined, main: boolean) => unknown;
const internals = Module as unknown as { _load: Load };
const load = internals._load;

/** Two large modules of the Pulumi SDK that serve only the serialisation of functions. */
function isHeavy(request: string, parent: string): boolean {
  if (!/@pulumi[\\/]pulumi[\\/](runtime[\\/]closure|provider[\\/]experimental)/.test(parent)) {
    return false;
  }
  return request === '@npmcli/arborist' || request.endsWith('typescript-shim');
}

/**
 * Loads those modules on first use, which in this project never comes: 0.6 s of every start.
 * Import it before anything of Pulumi, or give it to Node with `--import`.
 */
internals._load = function lazily(request, parent, main) {
  if (!isHeavy(request, parent?.filename ?? '')) return load.call(this, request, parent, main);
  let loaded: Record<PropertyKey, unknown> | undefined;
  return new Proxy(
    {},
    {
      get: (_target, property) => {
        // TypeScript's import helper asks this at once; without the answer it would copy, so load.
        if (property === '__esModule') return true;
        loaded ??= load.call(this, request, parent, main) as Record<PropertyKey, unknown>;
        return loaded[property];
      },
    },
  );
};
