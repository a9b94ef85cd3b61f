import Type, { type TObject, type TProperties, type TSchema } from 'typebox';
import { actions } from '../../model/access.ts';
import { channels, initiators } from '../../model/case.ts';
import { lookupKinds } from '../../model/field.ts';
import { idPattern } from '../../model/id.ts';
import { roles } from '../../model/role.ts';

/** The pieces that request and response schemas are made of. Every text and every list has a bound. */

/** An object with these fields and no others: what is not declared is rejected going in, dropped going out. */
export const exactly = <P extends TProperties>(fields: P, about?: string): TObject<P> =>
  Type.Object(fields, { additionalProperties: false, ...(about ? { description: about } : {}) });

export const optional = Type.Optional;
export const text = (charsMax: number, about?: string) =>
  Type.String({ maxLength: charsMax, ...(about ? { description: about } : {}) });
/** Like `text`, but not empty. */
export const words = (charsMax: number, about?: string) =>
  Type.String({ minLength: 1, maxLength: charsMax, ...(about ? { description: about } : {}) });
export const list = <T extends TSchema>(items: T, countMax: number) =>
  Type.Array(items, { maxItems: countMax });
export const oneOf = <const W extends readonly string[]>(all: W) =>
  Type.Unsafe<W[number]>({ type: 'string', enum: [...all] });

export const idText = (kind: Parameters<typeof idPattern>[0], about?: string) =>
  Type.String({ pattern: idPattern(kind), ...(about ? { description: about } : {}) });
export const viewText = Type.String({
  pattern: '^[0-9a-f]{12}$',
  description: 'The view id, which is also the code that the view shows.',
});
export const fieldText = Type.String({
  pattern: '^[a-z][a-z0-9_]{0,39}$',
  description: 'The name of a field of the catalogue.',
});
export const instantText = Type.String({ format: 'date-time', description: 'RFC 3339, UTC, milliseconds.' });
/** How the page looks: the mark is made to fit. */
export const themeText = oneOf(['light', 'dark']);
export const roleText = oneOf(roles);
export const actionText = oneOf(actions);
export const channelText = oneOf(channels);
export const initiatorText = oneOf(initiators);
export const lookupKindText = oneOf(lookupKinds);
export const standingText = oneOf(['active', 'suspended']);
export const seq = Type.Integer({ minimum: 0, description: 'The position of its entry in the ledger.' });
export const count = Type.Integer({ minimum: 0 });

/** How many of one list go into one answer. */
export const pageCountMax = 500;
export const pageCountUsual = 100;
/** A whole number in a query: text there, as everything in a query is. */
export const wholeText = (about: string) =>
  Type.String({ pattern: '^(0|[1-9][0-9]{0,14})$', description: about });
export const limitText = Type.String({
  pattern: '^([1-9]|[1-9][0-9]|[1-4][0-9]{2}|500)$',
  description: `How many at most, 1 to ${pageCountMax}; ${pageCountUsual} when left out.`,
});
export const limitOf = (told: string | undefined): number =>
  told === undefined ? pageCountUsual : Number(told);

export const caseKeyText = words(200, 'Our case id, or the help desk’s own reference of the case.');
export const reasonGiven = exactly(
  {
    code: optional(
      Type.String({ pattern: '^[a-z][a-z0-9-]{0,39}$', description: 'One of GET /v1/reasons.' }),
    ),
    text: optional(text(500, 'In the agent’s own words.')),
  },
  'Why: chosen from the list, typed, or both.',
);
/** Asks that may be retried carry a key; the same key never makes a second entry. */
export const askHeaders = Type.Object({
  'idempotency-key': optional(
    Type.String({
      format: 'uuid',
      description: 'A UUID of the caller’s choice: a retry is not a second ask.',
    }),
  ),
});
