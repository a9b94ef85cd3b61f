import type { Plain } from '../../model/plain.ts';

/** Through the private socket of the embedded server: who reaches the socket is let in, and only its owner can. */
export interface SocketConnection {
  readonly kind: 'socket';
  /** The directory that holds the socket, not the socket itself. */
  readonly directory: string;
  readonly database: string;
  readonly user: string;
}

/** An external server. The URL holds a password, so it is Plain. */
export interface UrlConnection {
  readonly kind: 'url';
  readonly url: Plain<string>;
}

/** Where a database is and how to get in. */
export type DatabaseConnection = SocketConnection | UrlConnection;
