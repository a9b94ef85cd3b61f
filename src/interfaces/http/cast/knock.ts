import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import { buildServer } from '../server.ts';
import type { FakeWorld, Player } from './fake-world.ts';

export interface Knock {
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly as?: Player;
  readonly headers?: Record<string, string>;
  readonly payload?: InjectOptions['payload'];
}

export interface Gate {
  readonly app: FastifyInstance;
  /** One request through the whole server, without a socket. `as` sends the player's token as bearer. */
  knock(url: string, how?: Knock): Promise<LightMyRequestResponse>;
}

export const openGate = async ({ ports }: Pick<FakeWorld, 'ports'>): Promise<Gate> => {
  const app = buildServer(ports);
  await app.ready();
  return {
    app,
    knock: (url, { method, as, headers, payload } = {}) =>
      app.inject({
        url,
        method: method ?? (payload === undefined ? 'GET' : 'POST'),
        headers: { ...(as ? { authorization: `Bearer ${as.token}` } : {}), ...headers },
        ...(payload === undefined ? {} : { payload }),
      }),
  };
};
