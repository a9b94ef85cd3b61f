import type { LookupKind } from '../../model/field.ts';
import { normaliseAccount } from './normalise-account.ts';
import { normaliseEmail } from './normalise-email.ts';
import { normalisePhone } from './normalise-phone.ts';

/**
 * The one form of a value that customers are found by, whoever says it and however: what is hashed at import and
 * at look-up. Undefined when the text cannot be such a value.
 * @param phoneCountry the catalogue's country of phone numbers without a country code
 */
export const normaliseLookup = (kind: LookupKind, text: string, phoneCountry: string): string | undefined => {
  if (kind === 'email') return normaliseEmail(text);
  return kind === 'phone' ? normalisePhone(text, phoneCountry) : normaliseAccount(text);
};
