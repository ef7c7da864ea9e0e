import Module, { createRequire } from 'node:module';

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

interface Structs {
  readonly Struct: { new (): Record<string, unknown>; readonly prototype: object };
  readonly Value: { readonly prototype: object };
  readonly ListValue: { readonly prototype: object };
}

/**
 * `toArray` of a message first brings the arrays of all messages below it up to date, and is called
 * whenever one is put into another: the protobuf library walks a tree again for each of its levels.
 * Structs are only ever read through their messages, which are up to date anyway.
 */
function withoutRepeatedWalks(structs: Structs): Structs {
  const { Message } = createRequire(import.meta.url)('google-protobuf') as {
    Message: { readonly prototype: Record<string, unknown> };
  };
  const { toArray } = Message.prototype as { toArray: () => unknown };
  // The library is minified: the method has a second, short name, and so has the array.
  const methods = Object.keys(Message.prototype).filter(
    (key) => Message.prototype[key] === toArray,
  );
  const probe = new structs.Struct();
  const array = Object.keys(probe).find((key) => probe[key] === toArray.call(probe));
  if (array === undefined) return structs;
  for (const { prototype } of [structs.Struct, structs.Value, structs.ListValue]) {
    for (const method of methods) {
      Object.assign(prototype, {
        [method](this: Record<string, unknown>) {
          return this[array];
        },
      });
    }
  }
  return structs;
}

/**
 * Loads those modules on first use, which in this project never comes: 0.6 s of every start. Takes
 * the repeated walks out of protobuf: two thirds of the time for a large object.
 * Import it before anything of Pulumi, or give it to Node with `--import`.
 */
internals._load = function lazily(request, parent, main) {
  if (/struct_pb(\.js)?$/.test(request)) {
    return withoutRepeatedWalks(load.call(this, request, parent, main) as Structs);
  }
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
