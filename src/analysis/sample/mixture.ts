/** A source of records: the probability of drawing each record from it. */
export interface Source {
  readonly chances: Float64Array;
}

/** A fitted mixture: how much of the sample each source gives. */
export interface Mixture {
  readonly weights: readonly number[];
  /** Probability of each record under all sources together. */
  readonly chances: Float64Array;
  readonly logLikelihood: number;
}

const roundsMax = 400;
const settledAt = 1e-7;

/**
 * Weights of the sources by expectation maximisation (Dempster, Laird, Rubin 1977). The likelihood is concave in the
 * weights, so any start that leaves no source out ends at the best.
 */
export const fitMixture = (sources: readonly Source[], records: number): Mixture => {
  const count = sources.length;
  let weights = new Float64Array(count).fill(1 / count);
  const chances = new Float64Array(records);
  let before = Number.NEGATIVE_INFINITY;
  let logLikelihood = before;
  for (let round = 0; round < roundsMax; round += 1) {
    const gained = new Float64Array(count);
    chances.fill(0);
    for (let at = 0; at < count; at += 1) {
      const own = (sources[at] as Source).chances;
      const weight = weights[at] as number;
      for (let record = 0; record < records; record += 1)
        chances[record] = (chances[record] as number) + weight * (own[record] as number);
    }
    logLikelihood = 0;
    for (let record = 0; record < records; record += 1) logLikelihood += Math.log(chances[record] as number);
    if (logLikelihood - before < settledAt * records) break;
    before = logLikelihood;
    for (let at = 0; at < count; at += 1) {
      const own = (sources[at] as Source).chances;
      let sum = 0;
      for (let record = 0; record < records; record += 1)
        sum += ((weights[at] as number) * (own[record] as number)) / (chances[record] as number);
      gained[at] = sum / records;
    }
    weights = gained;
  }
  return { weights: [...weights], chances, logLikelihood };
};
