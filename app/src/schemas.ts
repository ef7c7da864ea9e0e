import Type from 'typebox';
import type { TProperties, TSchema } from 'typebox';

/** An object with these properties and no other: an unknown one is refused, not dropped. */
export const closed = <T extends TProperties>(properties: T, options: object = {}) =>
  Type.Object(properties, { ...options, additionalProperties: false });

/** One of a few words. */
export const oneOf = <const T extends readonly string[]>(...words: T) =>
  Type.Unsafe<T[number]>({ type: 'string', enum: words });

export const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

export const Id = Type.String({
  pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
  description: 'a UUID in lower case',
});
/** What people call a thing: no control characters and no halves of characters, which could not be kept. */
export const Name = Type.String({
  minLength: 1,
  maxLength: 200,
  pattern: '^[^\\s\\p{Cc}\\p{Cs}]([^\\p{Cc}\\p{Cs}]*[^\\s\\p{Cc}\\p{Cs}])?$',
  description: 'text without control characters and without space around it',
});
/** Printable ASCII only: addresses that look alike but differ cannot be made. */
export const Email = Type.String({
  minLength: 3,
  maxLength: 254,
  pattern: '^[!-?A-~]+@[!-?A-~]+$',
  description: 'an e-mail address; kept in lower case',
});
/** The driver gives a Date and the serializer writes it in ISO 8601, in UTC. */
export const Timestamp = Type.Unsafe<Date>({ type: 'string', format: 'date-time' });

const ProblemDocument = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.String(),
  instance: Type.String({ description: 'urn:request: and the id of the request' }),
});
const problem = {
  description: 'A problem (RFC 9457)',
  content: { 'application/problem+json': { schema: ProblemDocument } },
};
/** What every route may answer besides its own. */
export const problems = { '4xx': problem, '5xx': problem } as const;

export const ById = closed({ id: Id });
export const NoQuery = closed({});
export const Nothing = Type.Null({ description: 'Done' });
