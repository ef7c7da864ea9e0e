import deserialize from '@pulumi/policy/deserialize.js';
import proxy from '@pulumi/policy/proxy.js';

type Convert = (input: object, ...more: unknown[]) => object;

/** Remembers the result for as long as the input lives. Only for calls that ask for plain values. */
function once(convert: Convert): Convert {
  const results = new WeakMap<object, object>();
  return (input, ...more) => {
    if (more.includes(true)) return convert(input, ...more);
    const known = results.get(input);
    if (known !== undefined) return known;
    const made = convert(input, ...more);
    results.set(input, made);
    return made;
  };
}

/**
 * The SDK reads every resource anew for every policy: with one policy per rule that is the whole
 * cost of the pack. Rules never change what they read, so one reading serves all.
 */
function patch(module: unknown, name: string): void {
  const functions = module as Record<string, Convert>;
  const convert = functions[name];
  if (convert !== undefined) functions[name] = once(convert);
}

patch(deserialize, 'deserializeProperties');
patch(proxy, 'unknownCheckingProxy');
