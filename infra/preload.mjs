/**
 * Loads two large modules of the Pulumi SDK, which serve only the serialisation of functions, on
 * first use: that never comes here, and saves 0.6 s of every start. Give it to Node with `--import`.
 * The policy pack has a copy of its own, because a judge shares no code with the accused.
 */
import Module from 'node:module';

const load = Module._load;
const heavyParent = /@pulumi[\\/]pulumi[\\/](runtime[\\/]closure|provider[\\/]experimental)/;

Module._load = function lazily(request, parent, main) {
  const heavy = request === '@npmcli/arborist' || request.endsWith('typescript-shim');
  if (!heavy || !heavyParent.test(parent?.filename ?? '')) {
    return load.call(this, request, parent, main);
  }
  let loaded;
  return new Proxy(
    {},
    {
      get: (_target, property) => {
        // TypeScript's import helper asks this at once; without the answer it would copy, so load.
        if (property === '__esModule') return true;
        loaded ??= load.call(this, request, parent, main);
        return loaded[property];
      },
    },
  );
};
