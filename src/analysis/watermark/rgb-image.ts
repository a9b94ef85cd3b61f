/** An image as bytes, three to a pixel (red, green, blue), rows from the top, no padding. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

/** For each target cell: the first source cell it touches and the share of every source cell it covers. */
interface Coverage {
  readonly first: number;
  readonly shares: readonly number[];
}

const coverages = (from: number, to: number): readonly Coverage[] => {
  const ratio = from / to;
  return Array.from({ length: to }, (_, cell) => {
    const start = cell * ratio;
    const end = Math.min(from, start + ratio);
    const first = Math.floor(start);
    const shares: number[] = [];
    for (let at = first; at < end; at += 1)
      shares.push((Math.min(end, at + 1) - Math.max(start, at)) / ratio);
    return { first, shares };
  });
};

/**
 * Makes an image smaller by averaging areas. Averaging is what removes the moiré of a photographed screen, so
 * nothing sharper than the box is used.
 *
 * @param factor target size over source size, above 0 and at most 1
 */
export const shrinkImage = (image: RgbImage, factor: number): RgbImage => {
  const width = Math.max(1, Math.round(image.width * factor));
  const height = Math.max(1, Math.round(image.height * factor));
  if (width >= image.width && height >= image.height) return image;
  const across = coverages(image.width, width);
  const narrow = new Float32Array(width * image.height * 3);
  for (let y = 0; y < image.height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const { first, shares } = across[x] as Coverage;
      let from = (y * image.width + first) * 3;
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let i = 0; i < shares.length; i += 1, from += 3) {
        const share = shares[i] as number;
        red += share * (image.rgb[from] as number);
        green += share * (image.rgb[from + 1] as number);
        blue += share * (image.rgb[from + 2] as number);
      }
      const to = (y * width + x) * 3;
      narrow[to] = red;
      narrow[to + 1] = green;
      narrow[to + 2] = blue;
    }
  }
  const rgb = new Uint8Array(width * height * 3);
  const sums = new Float32Array(width * 3);
  coverages(image.height, height).forEach(({ first, shares }, y) => {
    sums.fill(0.5);
    shares.forEach((share, i) => {
      const row = (first + i) * width * 3;
      for (let at = 0; at < sums.length; at += 1)
        sums[at] = (sums[at] as number) + share * (narrow[row + at] as number);
    });
    rgb.set(sums, y * width * 3);
  });
  return { width, height, rgb };
};
