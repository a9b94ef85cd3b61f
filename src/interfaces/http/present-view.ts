import Type, { type Static } from 'typebox';
import { formatViewCode } from '../../analysis/watermark/view-code.ts';
import { formatInstant } from '../../model/instant.ts';
import type { ViewShown } from '../../workflows/reveal/ask.ts';
import {
  caseKeyText,
  count,
  exactly,
  fieldText,
  idText,
  instantText,
  list,
  lookupKindText,
  oneOf,
  optional,
  seq,
  viewText,
} from './shape.ts';

const maskedField = exactly({
  name: fieldText,
  label: Type.String(),
  masked: Type.String({ description: 'What may be seen without a reveal.' }),
  can: list(oneOf(['reveal', 'call', 'mail']), 3),
});

export const viewShape = exactly(
  {
    seq,
    view: viewText,
    code: Type.String({ description: 'The view id as people read it out, such as 2MFK-9ZQ-0TB.' }),
    customer: idText('customer', 'A handle. It opens nothing by itself.'),
    case: optional(caseKeyText),
    at: instantText,
    fields: list(maskedField, 200),
    merge_hints: list(exactly({ by: lookupKindText, customer: idText('customer') }), 20),
    budget_left: exactly({ reveals_this_hour: count, customers_this_shift: count }),
  },
  'One customer, masked, for one case.',
);

export const presentView = (shown: ViewShown): Static<typeof viewShape> => ({
  seq: shown.seq,
  view: shown.viewId,
  code: formatViewCode(shown.viewId),
  customer: shown.customerId,
  ...(shown.caseRef === undefined ? {} : { case: shown.caseRef }),
  at: formatInstant(shown.at),
  fields: shown.fields.map(({ name, label, masked, can }) => ({ name, label, masked, can: [...can] })),
  merge_hints: shown.mergeHints.map(({ by, customerId }) => ({ by, customer: customerId })),
  budget_left: {
    reveals_this_hour: shown.budgetLeft.revealsThisHour,
    customers_this_shift: shown.budgetLeft.customersThisShift,
  },
});
