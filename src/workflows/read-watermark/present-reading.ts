import type { MarkReading } from '../../analysis/watermark/read-mark.ts';
import { formatViewCode } from '../../analysis/watermark/view-code.ts';
import { formatInstant } from '../../model/instant.ts';
import type { IssuedView } from './read-watermark.ts';

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

/** A reading as programs get it, from the command as from the API. `view` is set only by an exact reading. */
export interface PresentedReading {
  readonly kind: MarkReading['kind'];
  readonly view: string | null;
  readonly reason?: string;
  readonly candidates?: { view: string; log_likelihood_ratio: number }[];
  readonly confidence?: number;
  readonly agreement?: number;
  readonly clarity: number;
  readonly photo_px_per_css_px?: number;
  readonly photos_used?: number;
}

export const presentReading = (reading: MarkReading): PresentedReading => {
  const clarity = rounded(reading.clarity, 1);
  if (reading.kind === 'none') return { kind: 'none', view: null, reason: reading.reason, clarity };
  if (reading.kind === 'likely') {
    const candidates = reading.candidates.map(({ viewId, logLikelihoodRatio }) => ({
      view: viewId,
      log_likelihood_ratio: rounded(logLikelihoodRatio, 2),
    }));
    return { kind: 'likely', view: null, candidates, clarity };
  }
  return {
    kind: 'exact',
    view: reading.viewId,
    confidence: rounded(reading.confidence, 7),
    agreement: rounded(reading.agreement, 3),
    clarity,
    photo_px_per_css_px: rounded(reading.scale, 3),
    photos_used: reading.photosUsed,
  };
};

/** Who was shown whom, and when, as the ledger has it. */
export const presentIssued = ({ viewId, agentId, customerId, at, seq }: IssuedView) => ({
  view: viewId as string,
  code: formatViewCode(viewId),
  agent: agentId as string,
  ...(customerId ? { customer: customerId as string } : {}),
  at: formatInstant(at),
  seq,
});
