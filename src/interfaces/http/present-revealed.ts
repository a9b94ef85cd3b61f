import type { Static } from 'typebox';
import Type from 'typebox';
import { exposePlaintext, type Plain } from '../../model/plain.ts';
import type { FieldsRevealed } from '../../workflows/reveal/ask.ts';
import { exactly, fieldText, list, seq, viewText } from './shape.ts';

export const revealedShape = exactly(
  {
    seq,
    view: viewText,
    fields: list(exactly({ name: fieldText, value: Type.String() }), 40),
  },
  'The fields in full. The entry under `seq` was durable before this answer was made.',
);

/** The only place where fields leave their wrapper towards the network. Its entry is in the ledger by now. */
export const presentRevealed = ({ seq, viewId, fields }: FieldsRevealed): Static<typeof revealedShape> => ({
  seq,
  view: viewId,
  fields: fields.map(({ name, value }) => ({ name, value: exposePlaintext(value) })),
});

/** The words in which someone asked for approval, for those who decide it: they may name the customer. */
export const presentReason = (reason: Plain<string>): string => exposePlaintext(reason);
