import type { Static } from 'typebox';
import type { ReasonGiven } from '../../workflows/reveal/ask.ts';
import type { reasonGiven } from './shape.ts';

export const reasonOf = (told: Static<typeof reasonGiven> | undefined): ReasonGiven | undefined =>
  told && { code: told.code, text: told.text };
