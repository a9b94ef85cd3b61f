import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import sharp from 'sharp';
import type { RgbImage } from '../../src/analysis/watermark/rgb-image.ts';
import { darkLook, drawPage, lightLook } from '../../test/camera/page.ts';
import { chromiumPath } from '../../test/support/chromium-path.ts';
import { type HtmlPage, htmlLayouts, htmlPage } from './html-pages.ts';

/** An unmarked page at one device pixel ratio. */
export interface ShelfPage {
  readonly image: RgbImage;
  readonly ratio: number;
}

export const ratios = [1, 1.25, 1.5, 2] as const;
const cssWidth = 1440;
const cssHeight = 900;
const seedsPerLayout = 2;
const shelf = join(import.meta.dirname, 'out', 'pages');

const nameOf = (page: HtmlPage, ratio: number): string =>
  `${page.theme}-${page.layout}-${page.seed}-at-${ratio}.png`;

const allPages: readonly HtmlPage[] = (['light', 'dark'] as const).flatMap((theme) =>
  htmlLayouts.flatMap((layout) =>
    Array.from({ length: seedsPerLayout }, (_, seed) => ({ theme, layout, seed })),
  ),
);

/** Renders every page with Chromium once. Answers false, and the bench uses drawn pages, when there is none. */
export const fillShelf = async (): Promise<boolean> => {
  if (existsSync(shelf) && readdirSync(shelf).length >= allPages.length * ratios.length) return true;
  if (!chromiumPath) return false;
  mkdirSync(shelf, { recursive: true });
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-lcd-text'],
  });
  try {
    for (const ratio of ratios) {
      const tab = await browser.newPage({
        viewport: { width: cssWidth, height: cssHeight },
        deviceScaleFactor: ratio,
      });
      for (const page of allPages) {
        await tab.setContent(htmlPage(page));
        await tab.screenshot({ path: join(shelf, nameOf(page, ratio)) });
      }
      await tab.close();
    }
  } finally {
    await browser.close();
  }
  return true;
};

/** Takes page number `at` (any whole number) from the shelf, or draws one where no browser was found. */
export const takePage = async (theme: 'light' | 'dark', at: number, ratio: number): Promise<ShelfPage> => {
  const pages = allPages.filter((page) => page.theme === theme);
  const page = pages[at % pages.length] ?? { theme, layout: 'record', seed: at };
  const file = join(shelf, nameOf(page, ratio));
  if (existsSync(file)) {
    const { data, info } = await sharp(readFileSync(file))
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { image: { width: info.width, height: info.height, rgb: new Uint8Array(data) }, ratio };
  }
  const layout = (['record', 'table', 'chat'] as const)[at % 3] ?? 'record';
  const look = theme === 'dark' ? darkLook : lightLook;
  return { image: drawPage({ width: cssWidth, height: cssHeight, look, layout, seed: at }), ratio: 1 };
};
