import type * as pulumi from '@pulumi/pulumi';

/** A type whose values may at every depth be known only later. */
export type DeepInput<T> = pulumi.Input<
  T extends string | number | boolean
    ? T
    : T extends readonly (infer Item)[]
      ? readonly DeepInput<Item>[]
      : T extends object
        ? { readonly [Key in keyof T]: DeepInput<T[Key]> }
        : T
>;
