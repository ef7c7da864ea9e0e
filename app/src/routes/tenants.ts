import Type from 'typebox';
import type { Static } from 'typebox';

import { putAdministrator } from '../db/administrators.ts';
import type { Administrator } from '../db/administrators.ts';
import { withHome } from '../db/homes.ts';
import { modelFor } from '../db/choose-model.ts';
import { ProvisionError } from '../db/make-home.ts';
import { onboard } from '../db/onboard.ts';
import { SHARED } from '../db/placement.ts';
import { setStatus } from '../db/set-status.ts';
import type { Http } from '../http.ts';
import { passwordProblem } from '../password-policy.ts';
import { Problem } from '../problem.ts';
import { closed, Email, Name, NoQuery, Nothing, oneOf, problems, Timestamp } from '../schemas.ts';
import { BySlug, findTenant, Model, Slug, TenantModel } from '../tenants.ts';
import type { OperatorServices } from '../tenants.ts';

const Tenant = Type.Object({
  id: Type.String(),
  slug: Type.String(),
  name: Type.String(),
  status: Type.String({ description: 'active, suspended or moving' }),
  model: TenantModel,
  createdAt: Timestamp,
});
type Tenant = Static<typeof Tenant>;
const Page = Type.Object({
  items: Type.Array(Tenant),
  next: Type.Union([Type.String(), Type.Null()], { description: '`after` of the next page' }),
});
const Account = closed({
  email: Email,
  name: Name,
  password: Type.String({ minLength: 12, maxLength: 256 }),
});
const NewTenant = closed({
  slug: Slug,
  name: Name,
  isolation: Type.Optional(oneOf('shared', 'strict', 'dedicated')),
  model: Type.Optional(Model),
  administrator: Account,
});
const PAGE = 100;

/** Tenants as operators see them: who there is, new ones, their first administrators, and who is kept out. */
export function tenantRoutes(http: Http, { operators, options, memory }: OperatorServices): void {
  const { target } = options;
  const object = (slug: string) => `tenant/${slug}`;

  http.get(
    '/tenants',
    {
      schema: {
        summary: 'List tenants by name',
        querystring: closed({ after: Type.Optional(Slug) }),
        response: { 200: Page, ...problems },
      },
    },
    (request) =>
      operators.act(request, { action: 'tenant.list', object: null }, async () => {
        const { rows } = await withHome(target, SHARED, (main) =>
          main.query<Tenant>(
            `SELECT id, slug, name, status, model, created_at AS "createdAt"
               FROM control.tenants WHERE slug > $1 ORDER BY slug LIMIT $2`,
            [request.query.after ?? '', PAGE + 1],
          ),
        );
        const items = rows.slice(0, PAGE);
        return { items, next: rows.length > PAGE ? (items.at(-1)?.slug ?? null) : null };
      }),
  );

  http.post(
    '/tenants',
    {
      schema: {
        summary:
          'Onboard a tenant with its first administrator, in the model that is named or that its need of isolation asks for',
        body: NewTenant,
        querystring: NoQuery,
        response: { 201: Tenant, ...problems },
      },
    },
    async (request, reply) => {
      const { slug, name, isolation = 'shared', administrator } = request.body;
      const made = await operators.act(
        request,
        { action: 'tenant.create', object: object(slug) },
        async () => {
          const account = checked(administrator, slug);
          await withHome(target, SHARED, async (main) => {
            const model = request.body.model ?? (await modelFor(main, isolation, memory));
            await onboard(main, { slug, name, model });
          }).catch(refusal);
          const tenant = await findTenant(target, slug);
          await putAdministrator(target, tenant, account);
          return tenant;
        },
      );
      return reply.code(201).header('location', `/admin/tenants/${slug}`).send(made);
    },
  );

  http.post(
    '/tenants/:slug/administrators',
    {
      schema: {
        summary: 'Give a tenant an administrator, or one of its users that right and this password',
        params: BySlug,
        body: Account,
        querystring: NoQuery,
        response: { 204: Nothing, ...problems },
      },
    },
    async (request, reply) => {
      const { slug } = request.params;
      await operators.act(
        request,
        { action: 'tenant.add_administrator', object: object(slug) },
        async () => {
          const account = checked(request.body, slug);
          await putAdministrator(target, await findTenant(target, slug), account);
        },
      );
      return reply.code(204).send(null);
    },
  );

  http.put(
    '/tenants/:slug/status',
    {
      schema: {
        summary: 'Keep everybody of a tenant out, or let them in again',
        params: BySlug,
        body: closed({ status: oneOf('active', 'suspended') }),
        querystring: NoQuery,
        response: { 204: Nothing, ...problems },
      },
    },
    async (request, reply) => {
      const { slug } = request.params;
      const { status } = request.body;
      const action = status === 'active' ? 'tenant.resume' : 'tenant.suspend';
      await operators.act(request, { action, object: object(slug) }, async () => {
        await setStatus(options, (await findTenant(target, slug)).id, status);
      });
      return reply.code(204).send(null);
    },
  );
}

/** An account as it is kept; a 422 problem for a password that nobody may have. */
function checked(account: Administrator, tenant: string): Administrator {
  const email = account.email.toLowerCase();
  const problem = passwordProblem(account.password, { email, tenant });
  if (problem !== undefined) throw new Problem(422, problem);
  return { ...account, email };
}

function refusal(error: Error & { code?: string }): never {
  if (error.code === '23505') throw new Problem(409, 'There is a tenant of this name already.');
  // A need that the cluster cannot serve is told, not lowered.
  if (error instanceof RangeError) throw new Problem(409, error.message);
  if (error instanceof ProvisionError) throw new Problem(409, error.message);
  throw error;
}
