import { Buffer } from 'node:buffer';

export interface BytesToPost {
  readonly url: string;
  readonly contentType: string;
  readonly body: Uint8Array;
}

export interface PostLimits {
  /** From the first byte sent to the last byte received. */
  readonly answerMsMax: number;
  readonly answerBytesMax: number;
}

/** What the other side answered, or why it did not. */
export type PostAnswer =
  | { readonly status: number; readonly contentType: string; readonly body: Buffer }
  | { readonly unreachable: string };

const readAtMost = async (answer: Response, bytesMax: number): Promise<Buffer | undefined> => {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of answer.body ?? []) {
    length += piece.length;
    if (length > bytesMax) {
      // Leaving the loop ends the stream: no more of it is read.
      return undefined;
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
};

const reasonOf = (thrown: unknown, { answerMsMax }: PostLimits): string => {
  if (thrown instanceof Error && thrown.name === 'TimeoutError') return `no answer within ${answerMsMax} ms`;
  const cause = thrown instanceof Error ? thrown.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
  return code === undefined ? 'it cannot be reached' : `it cannot be reached (${code})`;
};

/** Posts bytes and takes the answer whole. Follows no redirect: who is asked is who was configured. */
export const postBytes = async (
  { url, contentType, body }: BytesToPost,
  limits: PostLimits,
): Promise<PostAnswer> => {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': contentType },
      body: Buffer.from(body),
      signal: AbortSignal.timeout(limits.answerMsMax),
    });
    const read = await readAtMost(answer, limits.answerBytesMax);
    if (read === undefined) return { unreachable: `it answered over ${limits.answerBytesMax} bytes` };
    return { status: answer.status, contentType: answer.headers.get('content-type') ?? '', body: read };
  } catch (thrown) {
    return { unreachable: reasonOf(thrown, limits) };
  }
};
