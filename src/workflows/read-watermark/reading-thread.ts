import { parentPort, workerData } from 'node:worker_threads';
import sharp from 'sharp';
import { type MarkReading, readMarks } from '../../analysis/watermark/read-mark.ts';
import type { RgbImage } from '../../analysis/watermark/rgb-image.ts';
import type { ViewId } from '../../model/id.ts';
import { isUnusable, openPicture } from './open-picture.ts';

/** What the reading thread is given, and what it answers. */
export interface ReadingOrder {
  readonly pictures: readonly Uint8Array[];
  readonly issuedViews: readonly ViewId[];
  /** After computing for so long the reading ends with what it has, in milliseconds of this thread's own time. */
  readonly softLimitMs: number;
}
export type ReadingOutcome =
  | { readonly reading: MarkReading }
  | { readonly pictureAt: number; readonly unusable: string };

const read = async ({ pictures, issuedViews, softLimitMs }: ReadingOrder): Promise<ReadingOutcome> => {
  const images: RgbImage[] = [];
  for (const [pictureAt, bytes] of pictures.entries()) {
    const opened = await openPicture(bytes);
    if (isUnusable(opened)) return { pictureAt, unusable: opened.unusable };
    images.push(opened);
  }
  const isOverdue = (): boolean => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000 > softLimitMs;
  };
  return { reading: readMarks(images, { issuedViews, isOverdue }) };
};

sharp.cache(false);
sharp.concurrency(1);
parentPort?.postMessage(await read(workerData as ReadingOrder));
