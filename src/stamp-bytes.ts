import { createHash } from 'node:crypto';
import { isFault } from './model/fault.ts';
import { systemChance } from './platform/chance/system-chance.ts';
import { postBytes } from './platform/outbound/post-bytes.ts';
import type { Stamp } from './records/ledger/publish/timestamping.ts';

const limits = { answerMsMax: 20_000, answerBytesMax: 262_144 };

/** Has bytes stamped by the timestamp service at an address (RFC 3161 section 3.4), and checks what it answers. */
export const stampBy =
  (url: string) =>
  async (bytes: Uint8Array): Promise<Stamp | { readonly problem: string }> => {
    // Loaded when it is first needed: most installations have no timestamp service.
    const { readTimestampAnswer, timestampRequest } = await import('./platform/timestamp/timestamp-token.ts');
    const ask = { digest: createHash('sha256').update(bytes).digest(), nonce: systemChance.bytes(16) };
    const reply = await postBytes(
      { url, contentType: 'application/timestamp-query', body: timestampRequest(ask) },
      limits,
    );
    if ('unreachable' in reply) return { problem: reply.unreachable };
    if (reply.status !== 200) return { problem: `it answered with status ${reply.status}` };
    try {
      return { answer: reply.body, at: readTimestampAnswer(reply.body, ask).at };
    } catch (thrown) {
      if (isFault(thrown) && thrown.code === 'not-verified') return { problem: thrown.message };
      throw thrown;
    }
  };
