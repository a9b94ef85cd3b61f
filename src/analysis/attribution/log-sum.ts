/** log of a sum of exponentials, without overflow; -Infinity for no terms. */
export const logSum = (terms: Iterable<number>): number => {
  let most = Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (const term of terms) {
    if (term === Number.NEGATIVE_INFINITY) continue;
    if (term <= most) sum += Math.exp(term - most);
    else {
      sum = sum * Math.exp(most - term) + 1;
      most = term;
    }
  }
  return sum === 0 ? Number.NEGATIVE_INFINITY : most + Math.log(sum);
};
