import 'vitest';

/** Where the tests' databases are made, in a form that crosses into the workers. */
export interface TestServer {
  /** May make and drop databases. */
  readonly admin:
    | {
        readonly kind: 'socket';
        readonly directory: string;
        readonly database: string;
        readonly user: string;
      }
    | { readonly kind: 'url'; readonly url: string };
  /** Who owns the databases of the tests; undefined on an external server: whoever its URL names. */
  readonly owner: string | undefined;
  /** A migrated database that is copied for each test. */
  readonly template: string;
  /** Starts the name of every database of this run. */
  readonly prefix: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    testServer: TestServer;
  }
}
