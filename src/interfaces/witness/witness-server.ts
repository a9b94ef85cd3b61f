import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Cosigned } from '../../workflows/cosign-checkpoint/cosign-checkpoint.ts';

/** A request has at most 63 hashes and a checkpoint: 3 kB of proof, and room for a hundred signatures. */
const bodyBytesMax = 65_536;
const requestMsMax = 10_000;
const connectionsMax = 512;

interface Reply {
  readonly status: number;
  readonly contentType?: string;
  readonly text: string;
}

/** C2SP tlog-witness, add-checkpoint: the status and body for each outcome. */
const replyOf = (outcome: Cosigned): Reply => {
  switch (outcome.kind) {
    case 'cosigned':
      return { status: 200, text: outcome.lines };
    case 'unreadable':
      return { status: 400, text: `${outcome.why}\n` };
    case 'not-signed':
      return { status: 403, text: `${outcome.why}\n` };
    case 'unknown-log':
      return { status: 404, text: 'this witness does not know the log of this origin\n' };
    case 'other-size':
      return { status: 409, contentType: 'text/x.tlog.size', text: `${outcome.size}\n` };
    case 'other-root':
      return { status: 409, text: 'another root was cosigned for this size\n' };
    case 'bad-proof':
      return { status: 422, text: `${outcome.why}\n` };
  }
};

const readBody = async (request: IncomingMessage): Promise<Buffer | undefined> => {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > bodyBytesMax) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
};

export interface WitnessDoor {
  readonly cosign: (body: Uint8Array) => Promise<Cosigned>;
  /** Told the status of each answer, and what was thrown when there was no outcome. */
  readonly onAnswered: (status: number, thrown: unknown) => void;
}

const replyTo = async (
  request: IncomingMessage,
  door: WitnessDoor,
): Promise<Reply & { thrown?: unknown }> => {
  if (request.url !== '/add-checkpoint') return { status: 404, text: 'only /add-checkpoint is here\n' };
  if (request.method !== 'POST') return { status: 405, text: 'POST a checkpoint\n' };
  const body = await readBody(request);
  if (body === undefined) return { status: 413, text: `over ${bodyBytesMax} bytes\n` };
  try {
    return replyOf(await door.cosign(body));
  } catch (thrown) {
    return { status: 503, text: 'this witness cannot remember right now, so it cosigns nothing\n', thrown };
  }
};

const answer = async (
  request: IncomingMessage,
  response: ServerResponse,
  door: WitnessDoor,
): Promise<void> => {
  const { status, contentType = 'text/plain; charset=utf-8', text, thrown } = await replyTo(request, door);
  door.onAnswered(status, thrown);
  const headers = {
    'content-type': contentType,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  };
  // What is left of a body that was not read would be taken for the next request.
  if (!request.complete) response.setHeader('connection', 'close');
  response.writeHead(status, headers).end(text);
};

/** The HTTP side of a witness: one address, nothing else. */
export const witnessServer = (door: WitnessDoor): Server => {
  const server = createServer(
    { requestTimeout: requestMsMax, headersTimeout: requestMsMax, maxHeaderSize: 8_192 },
    (request, response) => {
      answer(request, response, door).catch(() => request.destroy());
    },
  );
  server.maxConnections = connectionsMax;
  return server;
};
