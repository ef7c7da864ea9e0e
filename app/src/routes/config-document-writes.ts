import type { FastifyRequest } from 'fastify';
import Type from 'typebox';

import { write } from '../act.ts';
import { principal } from '../authenticate.ts';
import { addVersion } from '../config-documents.ts';
import type { ConfigChange } from '../config-documents.ts';
import type { Http } from '../http.ts';
import { closed, NoQuery, Nothing, problems } from '../schemas.ts';
import type { Services } from '../services.ts';
import { storableJson } from '../storable-json.ts';
import { ByKey, Current, Document, objectOf } from './config-documents.ts';

const Body = closed({
  version: Type.Integer({
    minimum: 0,
    maximum: 999_999_999,
    description: 'the version that this one replaces; 0 when there is none',
  }),
  document: Document,
});

/** Changes a tenant's configuration documents, for administrators. Nothing is ever overwritten. */
export function configDocumentWriteRoutes(http: Http, services: Services): void {
  const add = async (
    request: FastifyRequest,
    action: string,
    change: Omit<ConfigChange, 'authorId'>,
  ) => {
    const intent = { action, object: objectOf(change.key) };
    const added = await write(services, request, intent, (query, tenant, authorId) =>
      addVersion(query, tenant, { ...change, authorId }),
    );
    // The change is made: without Redis the old entry lives on for its minute, at most.
    await services.cache.invalidate(principal(request).tenantId).catch((error: Error) => {
      request.log.warn({ err: error.message }, 'cache not invalidated');
    });
    return added;
  };

  http.put(
    '/config/:key',
    {
      schema: {
        summary: 'Write a configuration document: a new version on top of the one that you know',
        params: ByKey,
        body: Body,
        querystring: NoQuery,
        response: { 200: Current, 201: Current, ...problems },
      },
    },
    async (request, reply) => {
      const { key } = request.params;
      const { version: expected, document } = request.body;
      const json = storableJson(document);
      const added = await add(request, 'config.put', { key, json, expected });
      return reply.code(expected === 0 ? 201 : 200).send({ ...added, document });
    },
  );

  http.delete(
    '/config/:key',
    {
      schema: {
        summary: 'Delete a configuration document; its versions stay readable',
        params: ByKey,
        querystring: NoQuery,
        response: { 204: Nothing, ...problems },
      },
    },
    async (request, reply) => {
      const { key } = request.params;
      await add(request, 'config.delete', { key, json: null, expected: undefined });
      return reply.code(204).send(null);
    },
  );
}
