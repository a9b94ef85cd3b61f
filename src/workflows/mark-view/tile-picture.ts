import sharp from 'sharp';
import { encodeTile, type Theme } from '../../analysis/watermark/encode-tile.ts';
import type { ViewId } from '../../model/id.ts';

/**
 * The tile of a view as a PNG of 192 x 192 pixels with alpha, a few kilobytes. The page repeats it over everything
 * at 192 CSS pixels a tile, whatever the zoom and the device pixel ratio.
 */
export const tilePicture = async (viewId: ViewId, theme: Theme): Promise<Uint8Array> => {
  const { width, height, rgba } = encodeTile(viewId, { theme });
  const png = await sharp(rgba, { raw: { width, height, channels: 4 } })
    .png({ compressionLevel: 6 })
    .toBuffer();
  return new Uint8Array(png);
};
