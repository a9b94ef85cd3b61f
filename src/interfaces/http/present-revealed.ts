import type { Static } from 'typebox';
import Type from 'typebox';
import { exposePlaintext, type Plain } from '../../model/plain.ts';
import type { PixelsOnly } from '../../workflows/mark-view/pixels-only.ts';
import type { FieldsRevealed } from '../../workflows/reveal/ask.ts';
import { count, exactly, fieldText, list, optional, seq, viewText } from './shape.ts';

const picture = exactly(
  {
    png: Type.String({
      description: 'A PNG in base64, two pixels a CSS pixel, with the mark in its pixels.',
    }),
    width: count,
    height: count,
  },
  'The value as a picture, in CSS pixels. There is no text of it.',
);

export const revealedShape = exactly(
  {
    seq,
    view: viewText,
    fields: list(
      exactly({ name: fieldText, value: optional(Type.String()), picture: optional(picture) }),
      40,
    ),
  },
  'The fields in full, each as a value or as a picture. The entry under `seq` was durable before this answer was made.',
);

type Opened = FieldsRevealed['fields'][number];
type Shown = Static<typeof revealedShape>['fields'][number];

const presentField = async (
  field: Opened,
  draw: (field: Opened) => Promise<PixelsOnly | undefined>,
): Promise<Shown> => {
  const drawn = await draw(field);
  if (!drawn) return { name: field.name, value: exposePlaintext(field.value) };
  const { png, widthCssPx: width, heightCssPx: height } = drawn;
  return { name: field.name, picture: { png: Buffer.from(png).toString('base64'), width, height } };
};

/** The only place where fields leave their wrapper towards the network. Its entry is in the ledger by now. */
export const presentRevealed = async (
  { seq, viewId, fields }: FieldsRevealed,
  draw: (field: Opened) => Promise<PixelsOnly | undefined>,
): Promise<Static<typeof revealedShape>> => ({
  seq,
  view: viewId,
  fields: await Promise.all(fields.map((field) => presentField(field, draw))),
});

/** The words in which someone asked for approval, for those who decide it: they may name the customer. */
export const presentReason = (reason: Plain<string>): string => exposePlaintext(reason);
