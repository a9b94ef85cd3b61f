import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';

/** How the OpenAPI document is made from the routes. It names no server, so that it is the same everywhere. */
export const openApiOptions: FastifyDynamicSwaggerOptions = {
  convertConstToEnum: false,
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'Casebound',
      version: '1',
      description:
        'Agents see only the customer in front of them. Every no is `application/problem+json` with a `code` and ' +
        'a sentence. Nothing is shown that was not recorded first.',
    },
    tags: [
      { name: 'session', description: 'Signing in and out.' },
      { name: 'look', description: 'Asking to see a customer. Each ask is recorded, refused ones too.' },
      { name: 'mark', description: 'The mark that every view carries on the screen.' },
      { name: 'approval', description: 'A second pair of eyes, and breaking the glass.' },
      { name: 'directory', description: 'Who works where, and who is suspended.' },
      { name: 'ledger', description: 'What happened, in order.' },
      { name: 'trace', description: 'From a leaked picture to a view.' },
      { name: 'intake', description: 'What other systems tell.' },
      { name: 'operation', description: 'For operators.' },
      { name: 'desk', description: 'The page on which agents work.' },
    ],
    components: {
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: '__Host-casebound' },
        bearer: { type: 'http', scheme: 'bearer' },
      },
    },
  },
  refResolver: { buildLocalReference: (schema) => String(schema['$id']) },
  transform: ({ schema, url, route }) => {
    const access = route.config?.access;
    const guarded = typeof access === 'object';
    return { schema: guarded ? { ...schema, security: [{ session: [] }, { bearer: [] }] } : schema, url };
  },
};
