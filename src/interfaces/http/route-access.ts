import '@fastify/swagger';
import type { FastifyInstance, RouteOptions } from 'fastify';
import { type Role, roles } from '../../model/role.ts';

/** Who may come in by a route. The door reads this; no route is registered without it. */
export type RouteAccess =
  /** No session needed: nothing here is about anyone. */
  | 'anyone'
  /** The sender proves itself by a signature over the raw body. */
  | 'signed-webhook'
  /** A live session of one of these roles. The door refuses everyone else. */
  | { readonly roles: readonly Role[] }
  /**
   * A look at a customer. Every known session comes in, ended ones and all roles too, because the rules refuse
   * it and the refused try must be in the ledger.
   */
  | { readonly roles: readonly Role[]; readonly look: true };

/** For routes that ask the rules: who may is theirs to say. */
export const everyRole: readonly Role[] = roles;
export const look: RouteAccess = { roles: everyRole, look: true };

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: RouteAccess;
    /** Which bucket each try takes a token from, besides the session's general one. */
    bucket?: 'lookups' | 'sign-ins';
  }
}

const lacks = (route: RouteOptions): string | undefined => {
  const { schema, config } = route;
  if (!config?.access) return 'its access';
  if (!schema?.operationId) return 'an operationId';
  if (!schema.summary) return 'a summary';
  if (!schema.tags?.length) return 'a tag';
  if (!schema.response) return 'its response schemas';
  return undefined;
};

/**
 * Stops the server from starting when a route does not say who may use it and what it answers.
 * @throws Error naming the route and what it lacks.
 */
export const demandDeclarations = (app: FastifyInstance): void => {
  app.addHook('onRoute', (route) => {
    const lack = lacks(route);
    if (lack) throw new Error(`the route ${String(route.method)} ${route.url} does not declare ${lack}`);
  });
};
