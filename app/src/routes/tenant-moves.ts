import Type from 'typebox';
import type { Static } from 'typebox';

import { withHome } from '../db/homes.ts';
import { ProvisionError } from '../db/make-home.ts';
import { MoveError } from '../db/move-context.ts';
import { findMoves } from '../db/move-record.ts';
import type { Move } from '../db/move-record.ts';
import { move, undo } from '../db/move.ts';
import { nameOf, SHARED } from '../db/placement.ts';
import type { Http } from '../http.ts';
import { Problem } from '../problem.ts';
import { closed, NoQuery, problems } from '../schemas.ts';
import { BySlug, findTenant, Model } from '../tenants.ts';
import type { OperatorServices } from '../tenants.ts';

const MoveAnswer = Type.Object({
  id: Type.String(),
  state: Type.String(),
  from: Type.String(),
  to: Type.String(),
  rows: Type.Integer({ description: 'proven to be the same on both sides' }),
  problems: Type.Array(Type.String(), { description: 'what the proof found; empty when it holds' }),
  frozenMs: Type.Union([Type.Integer(), Type.Null()], {
    description: 'how long the tenant could not write',
  }),
});

/** Moves of tenants between the models, with their proofs. */
export function tenantMoveRoutes(http: Http, { operators, options }: OperatorServices): void {
  const object = (slug: string) => `tenant/${slug}`;

  http.get(
    '/tenants/:slug/moves',
    {
      schema: {
        summary: 'List the last moves of a tenant, the newest first',
        params: BySlug,
        querystring: NoQuery,
        response: { 200: closed({ items: Type.Array(MoveAnswer) }), ...problems },
      },
    },
    (request) => {
      const { slug } = request.params;
      return operators.act(request, { action: 'move.list', object: object(slug) }, async () => {
        const { id } = await findTenant(options.target, slug);
        const moves = await withHome(options.target, SHARED, (main) => findMoves(main, id));
        return { items: moves.map(answer) };
      });
    },
  );

  http.post(
    '/tenants/:slug/moves',
    {
      schema: {
        summary: 'Move a tenant to a home of another model, or go on with the move that was begun',
        params: BySlug,
        body: closed({ model: Model }),
        querystring: NoQuery,
        response: { 200: MoveAnswer, ...problems },
      },
    },
    (request) => {
      const { slug } = request.params;
      return operators.act(request, { action: 'tenant.move', object: object(slug) }, async () => {
        const { id } = await findTenant(options.target, slug);
        return answer(await move(options, id, request.body.model).catch(refusal));
      });
    },
  );

  http.post(
    '/tenants/:slug/moves/undo',
    {
      schema: {
        summary: 'Give up the move under way, or move the tenant back into the home that was kept',
        params: BySlug,
        querystring: NoQuery,
        response: { 200: MoveAnswer, ...problems },
      },
    },
    (request) => {
      const { slug } = request.params;
      return operators.act(request, { action: 'move.undo', object: object(slug) }, async () => {
        const { id } = await findTenant(options.target, slug);
        return answer(await undo(options, id).catch(refusal));
      });
    },
  );
}

function answer({ id, state, from, to, proof, frozenMs }: Move): Static<typeof MoveAnswer> {
  return {
    ...{ id, state, from: nameOf(from), to: nameOf(to), frozenMs },
    rows: proof?.target.reduce((sum, table) => sum + Number(table.rows), 0) ?? 0,
    problems: [...(proof?.problems ?? [])],
  };
}

function refusal(error: Error): never {
  const theirs = error instanceof MoveError || error instanceof ProvisionError;
  throw theirs ? new Problem(409, error.message) : error;
}
