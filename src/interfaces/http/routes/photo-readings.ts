import multipart, { type MultipartFile } from '@fastify/multipart';
import Type from 'typebox';
import { Fault } from '../../../model/fault.ts';
import { type Instant, parseInstant } from '../../../model/instant.ts';
import { pictureBytesMax } from '../../../workflows/read-watermark/open-picture.ts';
import { presentIssued, presentReading } from '../../../workflows/read-watermark/present-reading.ts';
import type { PersonReading } from '../../../workflows/read-watermark/read-for-person.ts';
import { picturesMax } from '../../../workflows/read-watermark/read-watermark.ts';
import { whoAsks } from '../door/door.ts';
import type { HttpApp } from '../http-app.ts';
import type { HttpPorts } from '../http-ports.ts';
import { problemAnswers } from '../problem.ts';
import { count, exactly, idText, instantText, list, oneOf, optional, seq, viewText } from '../shape.ts';

const candidatesMax = 100;
const score = Type.Number();

const readingShape = exactly(
  {
    seq,
    kind: oneOf(['exact', 'likely', 'none']),
    view: Type.Union([viewText, Type.Null()], { description: 'Set by an exact reading alone.' }),
    reason: optional(Type.String({ description: 'Why none was read: no-mark, unreadable, too-small.' })),
    candidates: optional(
      list(
        exactly(
          { view: viewText, log_likelihood_ratio: score },
          'A ranking of the views of the time asked for. Never an identification.',
        ),
        candidatesMax,
      ),
    ),
    confidence: optional(score),
    agreement: optional(score),
    clarity: score,
    photo_px_per_css_px: optional(score),
    photos_used: optional(count),
    views: list(
      exactly(
        {
          view: viewText,
          code: Type.String(),
          agent: idText('agent'),
          customer: optional(idText('customer', 'A handle. It opens nothing by itself.')),
          at: instantText,
          seq,
        },
        'Who was shown whom, and when, as the ledger has it.',
      ),
      candidatesMax,
    ),
  },
  'What the pictures carry: evidence of what was on a screen, not proof of who held the camera.',
);

const presentFinding = (finding: PersonReading) => {
  if ('unusable' in finding) {
    const detail = `Picture ${finding.pictureAt + 1}: ${finding.unusable}.`;
    throw new Fault('unprocessable', 'a picture cannot be read', { detail });
  }
  const { candidates, ...reading } = presentReading(finding.reading);
  return {
    seq: finding.seq,
    ...reading,
    ...(candidates ? { candidates: candidates.slice(0, candidatesMax) } : {}),
    views: finding.views.slice(0, candidatesMax).map(presentIssued),
  };
};

const withinOf = (query: { from?: string; to?: string }): { from: Instant; to: Instant } | undefined => {
  const [from, to] = [query.from, query.to].map((told) =>
    told === undefined ? undefined : parseInstant(told),
  );
  if (from !== undefined && to !== undefined && from < to) return { from, to };
  if (query.from === undefined && query.to === undefined) return undefined;
  const detail = 'Give both `from` and `to` as RFC 3339 times, `from` before `to`, or neither.';
  throw new Fault('unprocessable', 'the time window of a reading is incomplete or turned round', { detail });
};

/** The pictures of a form. What the form's reader cannot take apart is the sender's doing, whatever it throws. */
const picturesOf = async (files: AsyncIterable<MultipartFile>): Promise<Uint8Array[]> => {
  const pictures: Uint8Array[] = [];
  try {
    for await (const file of files) pictures.push(new Uint8Array(await file.toBuffer()));
  } catch (cause) {
    if (cause instanceof Error && 'statusCode' in cause) throw cause;
    throw new Fault('bad-request', 'a form that cannot be taken apart', { cause });
  }
  if (pictures.length > 0) return pictures;
  const detail = 'Send at least one picture as a part of the form.';
  throw new Fault('unprocessable', 'a reading without a picture', { detail });
};

/** Pictures come as multipart/form-data, each in a part of its own; their names are not kept. */
export const photoReadingRoutes = (outer: HttpApp, { marks }: HttpPorts): void => {
  outer.register(async (app: HttpApp) => {
    await app.register(multipart, {
      limits: { fileSize: pictureBytesMax, files: picturesMax, fields: 0, parts: picturesMax },
      throwFileSizeLimit: true,
    });
    app.post(
      '/v1/photo-readings',
      {
        bodyLimit: pictureBytesMax + 1_048_576,
        config: { access: { roles: ['analyst', 'responder'] } },
        schema: {
          operationId: 'readPhotos',
          summary: 'Which view a screenshot or a photo of a screen carries. Several pictures: one screen.',
          tags: ['trace'],
          consumes: ['multipart/form-data'],
          querystring: exactly({
            from: optional(instantText),
            to: optional(instantText),
          }),
          response: {
            200: readingShape,
            ...problemAnswers(400, 401, 403, 413, 415, 422, 429, 503),
          },
        },
      },
      async (request) => {
        const within = withinOf(request.query);
        const pictures = await picturesOf(request.files());
        const ask = within ? { pictures, within } : { pictures };
        return presentFinding(await marks.read(whoAsks(request).id, ask));
      },
    );
  });
};
