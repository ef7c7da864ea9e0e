import type {
  CheckFailure,
  Context,
  Created,
  Live,
  PluginDefinition,
  ResourceDefinition,
} from './definition.ts';
import { checkInputs, withDefaults } from './inputs.ts';
import { compact, reveal, same, secret, UNKNOWN, type Values } from './values.ts';

export interface Difference {
  readonly changed: readonly string[];
  readonly replaces: readonly string[];
  /** The replacement would collide with the original, so the original is deleted first. */
  readonly deleteFirst: boolean;
}

export interface ProviderOptions {
  readonly now?: () => Date;
  readonly warn?: (message: string, urn: string) => Promise<void>;
}

/** A provider of the plugin protocol, without the transport: bags in, bags out. */
export class SandboxProvider {
  readonly #plugin: PluginDefinition;
  readonly #options: ProviderOptions;
  #configuration: Values = {};

  constructor(plugin: PluginDefinition, options: ProviderOptions = {}) {
    this.#plugin = plugin;
    this.#options = options;
  }

  configure(configuration: Values): void {
    this.#configuration = reveal(configuration) as Values;
  }

  check(urn: string, olds: Values, news: Values): { inputs: Values; failures: CheckFailure[] } {
    if (this.#isPreviewOnly(urn)) return { inputs: news, failures: [] };
    const definition = this.#definition(urn);
    const inputs = definition.normalise?.(nameOf(urn), olds, news) ?? news;
    return { inputs, failures: [...checkInputs(this.#plugin.name, definition, inputs)] };
  }

  diff(urn: string, oldInputs: Values, state: Values, news: Values): Difference {
    if (this.#isPreviewOnly(urn))
      return { changed: changes(oldInputs, news), replaces: [], deleteFirst: false };
    const definition = this.#definition(urn);
    const before = withDefaults(definition, oldInputs);
    const changed = changes(before, withDefaults(definition, news));
    const replaces = changed.filter((property) => definition.inputs[property]?.replaces);
    const expired = definition.expired?.({ ...before, ...state }, this.#context(urn)) ?? [];
    const { identity } = definition;
    return {
      changed: [...changed, ...expired],
      replaces: [...replaces, ...expired],
      deleteFirst:
        replaces.length > 0 &&
        identity !== undefined &&
        news[identity] !== undefined &&
        !changed.includes(identity),
    };
  }

  async create(urn: string, inputs: Values, preview: boolean): Promise<Created> {
    if (this.#isPreviewOnly(urn)) {
      if (preview) return { id: '', outputs: inputs };
      throw new Error(
        `${typeOf(urn)} exists only in a preview: the sandbox has no service that could create it.`,
      );
    }
    const definition = this.#definition(urn);
    const complete = withDefaults(definition, inputs);
    if (preview) return { id: '', outputs: mark(definition, plan(definition, complete)) };
    const { id, outputs } = await definition.create(complete, this.#context(urn));
    return { id, outputs: mark(definition, { ...complete, ...outputs }) };
  }

  async read(urn: string, id: string, state: Values): Promise<Live | undefined> {
    if (this.#isPreviewOnly(urn)) return { inputs: {}, outputs: state };
    const definition = this.#definition(urn);
    if (definition.read === undefined) {
      if (Object.keys(state).length > 0)
        return { inputs: onlyInputs(definition, state), outputs: mark(definition, state) };
      throw new Error(`${typeOf(urn)} cannot be imported by the sandbox's plugin.`);
    }
    const live = await definition.read(id, state, this.#context(urn));
    return live && { inputs: compact(live.inputs), outputs: mark(definition, live.outputs) };
  }

  async update(
    urn: string,
    id: string,
    state: Values,
    inputs: Values,
    preview: boolean,
  ): Promise<Values> {
    if (this.#isPreviewOnly(urn)) return { ...state, ...inputs };
    const definition = this.#definition(urn);
    const complete = withDefaults(definition, inputs);
    const kept = Object.fromEntries(definition.computed.map((name) => [name, state[name]]));
    const merged = { ...kept, ...complete };
    if (preview || definition.update === undefined) return mark(definition, merged);
    const outputs = await definition.update(id, complete, state, this.#context(urn));
    return mark(definition, { ...merged, ...outputs });
  }

  async delete(urn: string, id: string, state: Values): Promise<void> {
    if (this.#isPreviewOnly(urn)) return;
    await this.#definition(urn).delete?.(id, state, this.#context(urn));
  }

  async invoke(token: string, args: Values): Promise<Values> {
    const invoke = this.#plugin.invokes[token];
    if (invoke === undefined) throw this.#unsupported('function', token);
    return compact(await invoke(args, this.#context('')));
  }

  #isPreviewOnly(urn: string): boolean {
    return this.#plugin.previewOnly.includes(typeOf(urn));
  }

  #definition(urn: string): ResourceDefinition {
    const definition = this.#plugin.resources[typeOf(urn)];
    if (definition === undefined) {
      throw this.#unsupported('resource', `${typeOf(urn)} (${nameOf(urn)})`);
    }
    return definition;
  }

  #unsupported(what: string, which: string): Error {
    const served = Object.keys(
      what === 'resource' ? this.#plugin.resources : this.#plugin.invokes,
    ).map((token) => token.split(':').at(-1));
    return new Error(
      `${what} ${which} is not supported by the sandbox's ${this.#plugin.name} plugin. ` +
        `It serves ${served.join(', ') || 'none'}.`,
    );
  }

  #context(urn: string): Context {
    const { now = () => new Date(), warn } = this.#options;
    return {
      urn,
      configuration: this.#configuration,
      now,
      warn: async (message) => warn?.(message, urn),
    };
  }
}

function nameOf(urn: string): string {
  return urn.split('::').slice(3).join('::');
}

/** `urn:pulumi:stack::project::parent$type::name` → `type`. */
function typeOf(urn: string): string {
  return urn.split('::')[2]?.split('$').at(-1) ?? '';
}

// A value that is not known yet differs from every known one, so it counts as changed.
function changes(before: Values, after: Values): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => !name.startsWith('__') && !same(before[name], after[name]));
}

function plan(definition: ResourceDefinition, inputs: Values): Values {
  const unknown = definition.computed.map((name) => [name, UNKNOWN]);
  return { ...(Object.fromEntries(unknown) as Values), ...inputs };
}

function onlyInputs(definition: ResourceDefinition, state: Values): Values {
  return compact(
    Object.fromEntries(Object.keys(definition.inputs).map((name) => [name, state[name]])),
  );
}

function mark(definition: ResourceDefinition, outputs: Values): Values {
  return Object.fromEntries(
    Object.entries(compact(outputs)).map(([name, value]) => [
      name,
      definition.secrets.includes(name) ? secret(value) : value,
    ]),
  );
}
