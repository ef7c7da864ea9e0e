/**
 * Takes what this project does not use out of the Pulumi SDK's way, a third of a preview's time:
 *
 * - two large modules serve only the serialisation of functions and load on first use, which never
 *   comes here;
 * - one maps positions in stack traces to TypeScript. Node runs the sources as they are, so they
 *   are right already;
 * - every promise keeps the stack that made it, shown by PULUMI_DEBUG_PROMISE_LEAKS alone;
 * - the protobuf library walks each value's whole tree again for every level above it, and makes a
 *   text of every answer for a debug log that is off.
 *
 * Node loads it with `--import`.
 * The policy pack has a copy of its own, because a judge shares no code with the accused.
 */
import Module, { createRequire } from 'node:module';

// The inputs of a component are the arguments of a constructor: nothing reads them in the state, and
// its children would wait until the last one is known.
process.env.PULUMI_NODEJS_SKIP_COMPONENT_INPUTS ??= 'true';

const load = Module._load;
const heavyParent = /@pulumi[\\/]pulumi[\\/](runtime[\\/]closure|provider[\\/]experimental)/;

Module._load = function lazily(request, parent, main) {
  if (request.startsWith('source-map-support')) return { install() {} };
  if (request.endsWith('/debuggable') && !process.env.PULUMI_DEBUG_PROMISE_LEAKS) {
    return withoutStacks(load.call(this, request, parent, main));
  }
  if (request.endsWith('struct_pb') || request.endsWith('struct_pb.js')) {
    return withoutRepeatedWalks(load.call(this, request, parent, main));
  }
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

function withoutStacks(debuggable) {
  const { debuggablePromise } = debuggable;
  return {
    ...debuggable,
    debuggablePromise(promise, context) {
      const { stackTraceLimit } = Error;
      Error.stackTraceLimit = 0;
      try {
        return debuggablePromise(promise, context);
      } finally {
        Error.stackTraceLimit = stackTraceLimit;
      }
    },
  };
}

/**
 * `toArray` of a message first brings the arrays of all messages below it up to date, and is called
 * whenever one is put into another. Structs are only ever read through their messages, which are up
 * to date anyway.
 */
function withoutRepeatedWalks(structs) {
  const { Message } = createRequire(import.meta.url)('google-protobuf');
  if (Object.hasOwn(structs.Struct.prototype, 'toArray')) return structs;
  const { toArray } = Message.prototype;
  // The library is minified: the method has a second, short name, and so has the array.
  const methods = Object.keys(Message.prototype).filter(
    (key) => Message.prototype[key] === toArray,
  );
  const probe = new structs.Struct();
  const array = Object.keys(probe).find((key) => probe[key] === toArray.call(probe));
  if (array === undefined) return structs;
  for (const { prototype } of [structs.Struct, structs.Value, structs.ListValue]) {
    for (const method of methods) {
      prototype[method] = function own() {
        return this[array];
      };
    }
  }
  Message.prototype.toString = () => '[message]';
  return structs;
}
