import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type ClientAuth,
  ClientError,
  ClientSecretBasic,
  type Configuration,
  calculatePKCECodeChallenge,
  clockTolerance,
  discovery,
  None,
} from 'openid-client';
import { Fault } from '../../model/fault.ts';
import { exposePlaintext, type Plain } from '../../model/plain.ts';
import type { Chance } from '../../model/ports.ts';
import type { IdentityProvider, PendingSignIn } from './identity-provider.ts';

export interface OpenIdSettings {
  readonly issuer: string;
  readonly clientId: string;
  /** Left out for a public client, which has PKCE alone. */
  readonly clientSecret: Plain<string> | undefined;
  /** Our own callback address, as registered with the provider. */
  readonly callbackUrl: string;
}

export interface OpenIdPorts {
  readonly chance: Chance;
  /** Told when the provider could not be reached, and will be tried again. */
  readonly onUnreachable: (retryAfterMs: number) => void;
}

export interface OpenIdProvider extends IdentityProvider {
  stop(): void;
}

const requestTimeoutSeconds = 5;
const clockToleranceSeconds = 30;
const retryFirstMs = 1_000;
const retryMostMs = 30_000;
const loopbackNames: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/** @throws Error when the issuer is neither https nor on this machine: codes would cross the network readable. */
const issuerUrl = (issuer: string): URL => {
  const url = URL.parse(issuer);
  if (!url) throw new Error('the issuer of the sign-in service is not a URL');
  const near = url.protocol === 'http:' && loopbackNames.includes(url.hostname);
  if (url.protocol !== 'https:' && !near)
    throw new Error('the issuer of the sign-in service must be https, or http on localhost');
  return url;
};

const discover = (settings: OpenIdSettings): Promise<Configuration> => {
  const issuer = issuerUrl(settings.issuer);
  const secret = settings.clientSecret && exposePlaintext(settings.clientSecret);
  const proof: ClientAuth = secret === undefined ? None() : ClientSecretBasic(secret);
  return discovery(issuer, settings.clientId, { [clockTolerance]: clockToleranceSeconds }, proof, {
    timeout: requestTimeoutSeconds,
    execute: issuer.protocol === 'http:' ? [allowInsecureRequests] : [],
  });
};

/** Keeps one provider's published configuration: found at the start, tried again until it answers. */
class Discovered {
  readonly #settings: OpenIdSettings;
  readonly #onUnreachable: (retryAfterMs: number) => void;
  #found: Configuration | undefined;
  #underWay: Promise<Configuration> | undefined;
  #retry: NodeJS.Timeout | undefined;
  #retryAfterMs = retryFirstMs;
  #stopped = false;

  constructor(settings: OpenIdSettings, onUnreachable: (retryAfterMs: number) => void) {
    this.#settings = settings;
    this.#onUnreachable = onUnreachable;
  }

  /** @throws Fault `sign-in-down` when the provider does not answer now. */
  async get(): Promise<Configuration> {
    if (this.#found) return this.#found;
    this.#underWay ??= discover(this.#settings).finally(() => {
      this.#underWay = undefined;
    });
    try {
      this.#found = await this.#underWay;
      return this.#found;
    } catch (cause) {
      throw new Fault('sign-in-down', 'the sign-in service publishes no configuration at its issuer', {
        cause,
      });
    }
  }

  keepTrying(): void {
    this.get().catch(() => {
      if (this.#stopped) return;
      this.#onUnreachable(this.#retryAfterMs);
      this.#retry = setTimeout(() => this.keepTrying(), this.#retryAfterMs).unref();
      this.#retryAfterMs = Math.min(this.#retryAfterMs * 2, retryMostMs);
    });
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#retry);
  }
}

/** The network and the provider's own breakdowns, as against an answer that does not fit. */
const isBreakdown = (thrown: unknown): boolean => {
  if (thrown instanceof ClientError) {
    const { cause } = thrown;
    if (thrown.code === 'OAUTH_TIMEOUT') return true;
    return cause instanceof Response ? cause.status >= 500 : isBreakdown(cause);
  }
  return thrown instanceof TypeError && thrown.message === 'fetch failed';
};

const token = (chance: Chance): string => Buffer.from(chance.bytes(32)).toString('base64url');

/**
 * Signs people in with any OpenID Connect provider: authorisation code with PKCE, state and nonce (OpenID
 * Connect Core 1.0, RFC 7636, RFC 9700). Reads the provider's configuration at once and, while it is down, again
 * and again; only sign-in waits for it.
 * @throws Error when the issuer is no address to sign in at.
 */
export const openIdProvider = (settings: OpenIdSettings, ports: OpenIdPorts): OpenIdProvider => {
  issuerUrl(settings.issuer);
  const discovered = new Discovered(settings, ports.onUnreachable);
  discovered.keepTrying();
  return {
    async start() {
      const configuration = await discovered.get();
      const pending: PendingSignIn = {
        state: token(ports.chance),
        nonce: token(ports.chance),
        verifier: token(ports.chance),
      };
      const url = buildAuthorizationUrl(configuration, {
        redirect_uri: settings.callbackUrl,
        scope: 'openid',
        state: pending.state,
        nonce: pending.nonce,
        code_challenge: await calculatePKCECodeChallenge(pending.verifier),
        code_challenge_method: 'S256',
      });
      return { url: url.href, pending };
    },
    async finish(cameBack, pending) {
      const configuration = await discovered.get();
      const url = new URL(settings.callbackUrl);
      url.search = cameBack.toString();
      try {
        const tokens = await authorizationCodeGrant(configuration, url, {
          expectedState: pending.state,
          expectedNonce: pending.nonce,
          pkceCodeVerifier: pending.verifier,
          idTokenExpected: true,
        });
        const subject = tokens.claims()?.sub;
        if (subject === undefined) throw new Fault('sign-in-failed', 'the provider named nobody');
        return { subject };
      } catch (cause) {
        if (cause instanceof Fault) throw cause;
        if (isBreakdown(cause))
          throw new Fault('sign-in-down', 'the sign-in service broke off the sign-in', { cause });
        throw new Fault('sign-in-failed', 'what came back from the sign-in service does not fit', { cause });
      }
    },
    stop: () => discovered.stop(),
  };
};
