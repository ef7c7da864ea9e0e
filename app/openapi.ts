import swagger from '@fastify/swagger';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify from 'fastify';

import { registerV1 } from './src/api.ts';
import type { Services } from './src/services.ts';

// Prints the OpenAPI document of the routes: node app/openapi.ts > app/openapi.json
const OPEN: ReadonlySet<string> = new Set([
  '/v1/auth/login',
  '/v1/auth/refresh',
  '/v1/auth/password/renew',
]);

const http = Fastify().withTypeProvider<TypeBoxTypeProvider>();
await http.register(swagger, {
  openapi: {
    openapi: '3.1.0',
    info: { title: 'Multi-tenant SaaS API', version: '1' },
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
    security: [{ bearer: [] }],
  },
  transform: ({ schema, url }) => ({
    url,
    schema: OPEN.has(url) ? { ...schema, security: [] } : schema,
  }),
});
// Only handlers use the services, and nothing is handled here.
registerV1(http, {} as Services);
await http.ready();
console.log(JSON.stringify(http.swagger(), null, 2));
