import type { MaskKind } from '../../model/field.ts';
import { hiddenMask } from './hidden-mask.ts';
import { maskBand } from './mask-band.ts';
import { maskCountry } from './mask-country.ts';
import { maskEmail } from './mask-email.ts';
import { maskInitials } from './mask-initials.ts';
import { maskLast4 } from './mask-last4.ts';
import { maskPhone } from './mask-phone.ts';
import { maskYear } from './mask-year.ts';

const masks: Record<MaskKind, (value: string) => string> = {
  none: (value) => value,
  hidden: () => hiddenMask,
  initials: maskInitials,
  email: maskEmail,
  phone: maskPhone,
  last4: maskLast4,
  year: maskYear,
  country: maskCountry,
  band: maskBand,
};

/**
 * How a value looks while it is masked. Each kind shows a bounded part of the value; a value that is not what the
 * kind expects, or too short for its part to be small, is fully hidden.
 */
export const maskValue = (kind: MaskKind, value: string): string => masks[kind](value);
