import { createHmac, randomUUID } from 'node:crypto';

/** One change of a case, as the help desk tells it. */
export interface DeskChange {
  readonly at: string;
  readonly case: string;
  readonly change:
    | 'opened'
    | 'assigned'
    | 'helper-joined'
    | 'helper-left'
    | 'replied'
    | 'closed'
    | 'reopened';
  readonly agent?: string;
  readonly customer?: string;
  readonly queue?: string;
  readonly topic?: string;
  readonly channel?: string;
  readonly initiated_by?: string;
}

export interface HelpDeskLine {
  readonly origin: string;
  /** `whsec_` and base64. */
  readonly secret: string;
}

/** Tells Casebound of changes as a real help desk does: over HTTP, signed as Standard Webhooks asks. */
export const tellChanges = async (line: HelpDeskLine, changes: readonly DeskChange[]): Promise<void> => {
  const only = changes.length === 1 ? changes[0] : undefined;
  const body = JSON.stringify(only ? { type: 'case.changed', ...only } : { type: 'case.changes', changes });
  const id = `msg_${randomUUID()}`;
  const timestamp = Math.floor(Date.now() / 1_000);
  const key = Buffer.from(line.secret.replace(/^whsec_/, ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  const response = await fetch(new URL('/v1/webhooks/cases', line.origin), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': `v1,${signature}`,
    },
    body,
  });
  if (!response.ok) throw new Error(`the case webhook answered ${response.status}: ${await response.text()}`);
  await response.body?.cancel();
};
