import sharp from 'sharp';
import type { RgbImage } from '../../analysis/watermark/rgb-image.ts';

/** Why a file cannot be read as a picture: one sentence that says what to do instead. */
export interface UnusablePicture {
  readonly unusable: string;
}

export const pictureBytesMax = 60 * 1024 * 1024;
export const picturePixelsMax = 50_000_000;
export const pictureEdgePxMin = 96;
/** More than this only costs time: the mark's waves span ten pixels or more of a page that fills the frame. */
const workingEdgePx = 1600;
const decodeSecondsMax = 20;

export const isUnusable = (opened: unknown): opened is UnusablePicture =>
  typeof opened === 'object' && opened !== null && 'unusable' in opened;

const startsWith = (bytes: Uint8Array, at: number, text: string): boolean =>
  Array.from(text).every((letter, i) => bytes[at + i] === letter.charCodeAt(0));

/**
 * Tells the format by its first bytes, never by the file's name, so that nothing but these four decoders ever
 * meets a stranger's file (sharp would also render SVG).
 */
const refuseFormat = (bytes: Uint8Array): UnusablePicture | undefined => {
  if (bytes.length === 0) return { unusable: 'the file is empty' };
  if (bytes.length > pictureBytesMax) return { unusable: 'larger than 60 MiB: save the picture smaller' };
  const known =
    (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) ||
    startsWith(bytes, 0, '\u0089PNG\r\n') ||
    (startsWith(bytes, 0, 'RIFF') && startsWith(bytes, 8, 'WEBP')) ||
    startsWith(bytes, 4, 'ftypavif');
  if (known) return undefined;
  if (startsWith(bytes, 0, 'GIF8'))
    return { unusable: 'a GIF holds too few colours for a mark: send the screenshot as PNG or JPEG' };
  if (startsWith(bytes, 4, 'ftyp'))
    return { unusable: 'HEIC cannot be opened here: export the photo as JPEG' };
  return { unusable: 'not a picture: PNG, JPEG, WebP and AVIF can be read' };
};

const refuseShape = async (bytes: Uint8Array): Promise<UnusablePicture | undefined> => {
  const { width, height, pages = 1 } = await sharp(bytes, { limitInputPixels: false }).metadata();
  if (pages > 1)
    return { unusable: `an animation of ${pages} frames: save the one frame that shows the page` };
  if (width * height > picturePixelsMax)
    return { unusable: `${width} x ${height} pixels, more than 50 million: save it smaller` };
  if (Math.min(width, height) < pictureEdgePxMin)
    return { unusable: `${width} x ${height} pixels: a mark needs at least ${pictureEdgePxMin} each way` };
  return undefined;
};

const threeChannels = (pixels: Uint8Array, channels: number): Uint8Array => {
  if (channels === 3) return pixels;
  const rgb = new Uint8Array((pixels.length / channels) * 3);
  for (let at = 0, from = 0; at < rgb.length; at += 3, from += channels)
    rgb.fill(pixels[from] ?? 0, at, at + 3);
  return rgb;
};

/**
 * Opens a stranger's picture within fixed bounds: upright by its EXIF note, in sRGB, at most 1600 pixels along the
 * longer edge, memory bounded by 50 million pixels.
 */
export const openPicture = async (bytes: Uint8Array): Promise<RgbImage | UnusablePicture> => {
  const refused = refuseFormat(bytes);
  if (refused) return refused;
  try {
    const misshapen = await refuseShape(bytes);
    if (misshapen) return misshapen;
    const { data, info } = await sharp(bytes, {
      limitInputPixels: picturePixelsMax,
      failOn: 'error',
      sequentialRead: true,
    })
      .timeout({ seconds: decodeSecondsMax })
      .autoOrient()
      .resize({ width: workingEdgePx, height: workingEdgePx, fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true });
    return {
      width: info.width,
      height: info.height,
      rgb: threeChannels(new Uint8Array(data), info.channels),
    };
  } catch (thrown) {
    const text = thrown instanceof Error ? thrown.message : '';
    if (/timeout/i.test(text)) return { unusable: 'it takes too long to open: save it smaller' };
    return { unusable: 'the picture is damaged or cut short: get the whole file again' };
  }
};
