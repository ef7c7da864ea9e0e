import type { Values } from './values.ts';

export interface InputDefinition {
  readonly kind: 'string' | 'integer' | 'number' | 'boolean' | 'list' | 'map' | 'any';
  readonly required?: true;
  /** What the official provider uses when the program says nothing; it appears in the outputs. */
  readonly default?: unknown;
  /** A change of this input replaces the resource. */
  readonly replaces?: true;
  /** The only values that are accepted. For a list: of each of its entries. */
  readonly oneOf?: readonly string[];
}

export interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}

/** What an operation may use of the world around it. */
export interface Context {
  readonly urn: string;
  /** Configuration of the provider, secrets revealed. */
  readonly configuration: Values;
  now(): Date;
  /** Shows a warning next to the resource in the output of the Pulumi command. */
  warn(message: string): Promise<void>;
}

export interface Created {
  readonly id: string;
  readonly outputs: Values;
}

export interface Live {
  readonly inputs: Values;
  readonly outputs: Values;
}

/** One resource type. Names equal those of the official SDK; the contract test compares them. */
export interface ResourceDefinition {
  readonly inputs: Readonly<Record<string, InputDefinition>>;
  /** Outputs that are not inputs; unknown until the resource exists. */
  readonly computed: readonly string[];
  /** Outputs that the state holds encrypted. */
  readonly secrets: readonly string[];
  /** Input that names the real thing: when it stays the same, the old one must go first. */
  readonly identity?: string;
  /** Fills in what the program left out, such as a generated name. `olds` is empty at first. */
  normalise?(name: string, olds: Values, news: Values): Values;
  /** Rules across several inputs. Inputs that are not known yet are absent. */
  check?(inputs: Values): readonly CheckFailure[];
  /** Names of outputs for whose sake an unchanged resource must be replaced, for example by age. */
  expired?(state: Values, context: Context): readonly string[];
  /** `inputs` hold the defaults. Outputs equal to the inputs need not be repeated. */
  create(inputs: Values, context: Context): Promise<Created>;
  /** What exists now; undefined when it is gone. Left out: the state is all there is. */
  read?(id: string, state: Values, context: Context): Promise<Live | undefined>;
  /** Left out: an update only stores the new inputs. */
  update?(id: string, inputs: Values, state: Values, context: Context): Promise<Values>;
  /** Left out: nothing outside the state needs to be deleted. */
  delete?(id: string, state: Values, context: Context): Promise<void>;
}

export type Invoke = (args: Values, context: Context) => Promise<Values> | Values;

export interface PluginDefinition {
  readonly name: string;
  readonly resources: Readonly<Record<string, ResourceDefinition>>;
  /** Types whose plan can be previewed but which nothing in the sandbox could create. */
  readonly previewOnly: readonly string[];
  readonly invokes: Readonly<Record<string, Invoke>>;
}
