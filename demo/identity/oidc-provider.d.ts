/** The part of oidc-provider that the demo uses; the package ships no types. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  export interface Adapter {
    upsert(id: string, payload: AdapterPayload, expiresInSeconds?: number): Promise<void>;
    find(id: string): Promise<AdapterPayload | undefined>;
    findByUid(uid: string): Promise<AdapterPayload | undefined>;
    findByUserCode(userCode: string): Promise<AdapterPayload | undefined>;
    consume(id: string): Promise<void>;
    destroy(id: string): Promise<void>;
    revokeByGrantId(grantId: string): Promise<void>;
  }
  export interface AdapterPayload {
    readonly uid?: string;
    readonly grantId?: string;
    readonly [name: string]: unknown;
  }

  interface Koa {
    readonly oidc: {
      readonly provider: Provider;
      readonly client: { readonly clientId: string };
      readonly session: { readonly accountId: string };
      readonly result?: { readonly login?: unknown };
    };
    type: string;
    status: number;
    body: unknown;
    set(name: string, value: string): void;
  }
  interface Grant {
    addOIDCScope(scope: string): void;
    save(): Promise<string>;
  }
  interface Prompt {
    readonly checks: { add(check: interactionPolicy.Check): void };
  }
  export namespace interactionPolicy {
    class Check {
      constructor(reason: string, description: string, check: (ctx: Koa) => boolean);
      static readonly REQUEST_PROMPT: true;
      static readonly NO_NEED_TO_PROMPT: false;
    }
    function base(): { get(name: string): Prompt; remove(name: string): void };
  }

  export class Provider {
    constructor(issuer: string, configuration: { readonly [name: string]: unknown });
    readonly Grant: new (properties: {
      accountId: string;
      clientId: string;
    }) => Grant;
    callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void>;
    interactionDetails(request: IncomingMessage, response: ServerResponse): Promise<{ readonly uid: string }>;
    interactionFinished(
      request: IncomingMessage,
      response: ServerResponse,
      result: { readonly login: { readonly accountId: string; readonly remember: boolean } },
    ): Promise<void>;
  }
}
