import Type from 'typebox';
import type { Static } from 'typebox';

import type { Principal } from './sessions.ts';
import type { Tokens } from './tokens.ts';

/** What a client gets for a new session. */
export const SessionAnswer = Type.Object({
  accessToken: Type.String(),
  tokenType: Type.Literal('Bearer'),
  expiresIn: Type.Integer({ description: 'seconds' }),
  userId: Type.String(),
});

export async function sessionAnswer(
  tokens: Tokens,
  who: Principal,
  expiresIn: number,
): Promise<Static<typeof SessionAnswer>> {
  const accessToken = await tokens.sign(who, expiresIn);
  return { accessToken, tokenType: 'Bearer', expiresIn, userId: who.userId };
}
