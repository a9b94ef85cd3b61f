import Type from 'typebox';
import { caseWebhookSchema } from '../../../workflows/take-case-change/case-webhook-body.ts';
import type { HttpApp } from '../http-app.ts';
import type { HttpPorts } from '../http-ports.ts';
import { problemAnswers } from '../problem.ts';
import { count, exactly, list, oneOf } from '../shape.ts';

export const webhookBytesMax = 1_048_576;

/**
 * The signature is over the bytes as they came, so this route alone is handed the raw body and leaves judging
 * and reading it to the workflow.
 */
export const caseWebhookRoutes = (outer: HttpApp, { takeCaseChange }: HttpPorts): void => {
  outer.register(async (app: HttpApp) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser(
      'application/json',
      { parseAs: 'buffer', bodyLimit: webhookBytesMax },
      (_request, body, done) => done(null, body),
    );
    // The schema documents the body; the workflow, which has the signed bytes, judges it.
    app.setValidatorCompiler(() => () => true);
    app.post(
      '/v1/webhooks/cases',
      {
        bodyLimit: webhookBytesMax,
        config: { access: 'signed-webhook' },
        schema: {
          operationId: 'takeCaseChanges',
          summary:
            'The help desk tells what changed in its cases. Standard Webhooks, signed over the raw body.',
          tags: ['intake'],
          headers: Type.Object({
            'webhook-id': Type.String({ description: 'The message’s id: the same id is the same message.' }),
            'webhook-timestamp': Type.String({
              description: 'Seconds since 1970, within 5 minutes of ours.',
            }),
            'webhook-signature': Type.String({ description: 'One or more `v1,` HMAC-SHA-256 in base64.' }),
          }),
          body: caseWebhookSchema,
          response: {
            200: exactly(
              {
                results: list(
                  exactly({ message: Type.String(), outcome: oneOf(['new', 'repeated', 'conflict']) }),
                  1_000,
                ),
                counts: exactly({ new: count, repeated: count, conflict: count }),
                held_back: count,
              },
              'Taken. `conflict`: this id was here before with another content, which stays.',
            ),
            ...problemAnswers(400, 401, 413, 415, 503),
          },
        },
      },
      async (request) => {
        const { body } = request as { body: unknown };
        const rawBody = body instanceof Uint8Array ? body : new Uint8Array();
        const taken = await takeCaseChange({ headers: request.headers, rawBody });
        return {
          results: taken.results.map(({ messageId, outcome }) => ({ message: messageId, outcome })),
          counts: { ...taken.counts },
          held_back: taken.heldBack,
        };
      },
    );
  });
};
