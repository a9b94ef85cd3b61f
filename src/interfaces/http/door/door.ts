import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Fault } from '../../../model/fault.ts';
import type { FoundSession } from '../../../records/session/found-session.ts';
import type { HttpPorts } from '../http-ports.ts';
import type { RouteAccess } from '../route-access.ts';
import { addressKey } from './address-key.ts';
import { comesFromOwnPage, isSafe } from './same-origin.ts';
import type { DoorCookies } from './session-cookie.ts';
import { ThrottledTries, tellEveryMs } from './throttled-tries.ts';
import { TokenBuckets } from './token-buckets.ts';
import { type TokenShown, tokenShown } from './token-shown.ts';

declare module 'fastify' {
  interface FastifyRequest {
    signedIn: FoundSession | null;
  }
}

const sessionsMax = 20_000;
const addressesMax = 50_000;

interface Door {
  readonly ports: HttpPorts;
  readonly cookies: DoorCookies;
  readonly ownOrigin: string;
  readonly tries: ThrottledTries;
  readonly sessions: TokenBuckets;
  readonly lookups: TokenBuckets;
  readonly signIns: TokenBuckets;
  readonly strangers: TokenBuckets;
}

const turnAway = (reply: FastifyReply, retryAfterMs: number): Fault => {
  reply.header('retry-after', Math.max(1, Math.ceil(retryAfterMs / 1_000)));
  return new Fault('too-many', 'a bucket of the door is empty');
};

/** Someone without a session: counted by address, so that guessing tokens or signatures gets slow. */
export const countStranger = (door: Door, request: FastifyRequest, reply: FastifyReply): Fault => {
  const { taken, retryAfterMs } = door.strangers.take(addressKey(request.ip), door.ports.clock.now());
  if (!taken) return turnAway(reply, retryAfterMs);
  return new Fault('not-signed-in', 'no session, an unknown one, or one that has ended');
};

const checkSameOrigin = (door: Door, request: FastifyRequest, shown: TokenShown): void => {
  if (shown.by === 'bearer' || isSafe(request.method)) return;
  const { origin } = request.headers;
  const fetchSite = request.headers['sec-fetch-site'];
  const told = { origin, fetchSite: typeof fetchSite === 'string' ? fetchSite : undefined };
  if (!comesFromOwnPage(told, door.ownOrigin))
    throw new Fault('cross-site', 'an unsafe request with a cookie came from elsewhere');
};

const throttle = async (
  door: Door,
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
  session: FoundSession,
): Promise<void> => {
  const now = door.ports.clock.now();
  const { bucket, access } = request.routeOptions.config;
  const general = door.sessions.take(session.id, now);
  const special = general.taken && bucket === 'lookups' ? door.lookups.take(session.id, now) : general;
  if (special.taken) return;
  if (typeof access === 'object' && 'judgedBehind' in access)
    await door.tries.count(session.id, request.routeOptions.url ?? 'none', now);
  throw turnAway(reply, special.retryAfterMs);
};

const letIn = async (
  door: Door,
  at: { request: FastifyRequest; reply: FastifyReply },
  access: Exclude<RouteAccess, string>,
): Promise<FoundSession> => {
  const { request, reply } = at;
  const { authorization } = request.headers;
  const shown = tokenShown({ authorization, cookies: request.cookies }, door.cookies);
  // A look checks the session again with all else it stands on, so for knowing who knocks a recent answer will do.
  const find = 'judgedBehind' in access ? door.ports.findRecentSession : door.ports.sessions.findSession;
  const session = shown && (await find(shown.hash, door.ports.clock.now()));
  // Under an ended session a try that is judged behind goes on: there it is refused, and put on record.
  if (!shown || !session || (session.over !== undefined && !('judgedBehind' in access)))
    throw countStranger(door, request, reply);
  checkSameOrigin(door, request, shown);
  await throttle(door, at, session);
  if (!access.roles.includes(session.role))
    throw new Fault('not-allowed', 'this role may not use this route');
  return session;
};

/**
 * Hangs the door into the server: before a body is read, every request is known to come from someone its route
 * is for, from our own pages where that matters, and not too often.
 */
export const hangDoor = (app: FastifyInstance, ports: HttpPorts, cookies: DoorCookies): void => {
  const { limits, publicOrigin } = ports.settings;
  const door: Door = {
    ports,
    cookies,
    ownOrigin: new URL(publicOrigin).origin,
    tries: new ThrottledTries(ports.onThrottled),
    sessions: new TokenBuckets(limits.session, sessionsMax),
    lookups: new TokenBuckets(limits.lookups, sessionsMax),
    signIns: new TokenBuckets(limits.signIns, addressesMax),
    strangers: new TokenBuckets(limits.strangers, addressesMax),
  };
  app.decorateRequest('signedIn', null);
  app.addHook('onRequest', async (request, reply) => {
    const { access, bucket } = request.routeOptions.config;
    if (bucket === 'sign-ins') {
      const { taken, retryAfterMs } = door.signIns.take(addressKey(request.ip), ports.clock.now());
      if (!taken) throw turnAway(reply, retryAfterMs);
    }
    if (typeof access === 'object') request.signedIn = await letIn(door, { request, reply }, access);
  });
  const flushing = setInterval(
    () => void door.tries.flush(ports.clock.now(), 'due'),
    tellEveryMs / 4,
  ).unref();
  app.addHook('onClose', async () => {
    clearInterval(flushing);
    await door.tries.flush(ports.clock.now(), 'all');
  });
};

/** Who asks, on a route that the door guards. @throws Fault `bug` on a route that it does not. */
export const whoAsks = (request: FastifyRequest): FoundSession => {
  if (!request.signedIn) throw new Fault('bug', 'this route is not behind the door');
  return request.signedIn;
};
