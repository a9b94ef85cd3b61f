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
   * What is behind the route judges who may, and puts every refused try on record. So every known session comes
   * in, ended ones and all roles too.
   */
  | { readonly roles: readonly Role[]; readonly judgedBehind: true };

export const everyRole: readonly Role[] = roles;
export const judgedBehind: RouteAccess = { roles: everyRole, judgedBehind: true };

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
