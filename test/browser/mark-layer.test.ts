import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeTile } from '../../src/analysis/watermark/encode-tile.ts';
import { type MarkReading, readMark } from '../../src/analysis/watermark/read-mark.ts';
import type { ViewId } from '../../src/model/id.ts';
import { chromiumPath } from '../support/chromium-path.ts';

const viewId = 'dead10cc0042' as ViewId;
const source = stripTypeScriptTypes(
  readFileSync(join(import.meta.dirname, '../../console/mark-layer/mark-layer.ts'), 'utf8'),
).replaceAll(/^export /gm, '');

const tileOf = async (view: ViewId): Promise<string> => {
  const { width, height, rgba } = encodeTile(view, { theme: 'light' });
  const png = await sharp(rgba, { raw: { width, height, channels: 4 } })
    .png()
    .toBuffer();
  return png.toString('base64');
};

const html = `<!doctype html><meta charset=utf-8><body style="margin:0;background:#fff;font:14px sans-serif">
<div style="padding:20px">${'<p>account balance refund customer opened pending</p>'.repeat(9)}</div>
<dialog style="width:90vw;height:90vh;max-width:none;max-height:none;background:#f4f4f4;border:0">a dialog over everything</dialog>`;

describe.skipIf(!chromiumPath)('the layer of the mark in a browser', { timeout: 150_000 }, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: chromiumPath ?? '',
      args: ['--no-sandbox', '--disable-gpu'],
    });
  });
  afterAll(() => browser?.close());

  const open = async (ratio: number): Promise<Page> => {
    const page = await browser.newPage({ viewport: { width: 560, height: 420 }, deviceScaleFactor: ratio });
    await page.setContent(html);
    await page.addScriptTag({ content: `${source};globalThis.installMarkLayer = installMarkLayer;` });
    await page.evaluate(`(async () => {
      globalThis.told = [];
      globalThis.blobOf = (text) => new Blob([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], { type: 'image/png' });
      globalThis.layer = installMarkLayer({ tile: blobOf('${await tileOf(viewId)}'), onAbsence: (a) => told.push(a.reason) });
      await layer.shown;
    })()`);
    return page;
  };

  const read = async (page: Page): Promise<MarkReading> => {
    const { data, info } = await sharp(await page.screenshot())
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    return readMark({ width: info.width, height: info.height, rgb: new Uint8Array(data) });
  };

  it('carries the view into a screenshot at any device pixel ratio', async () => {
    for (const ratio of [1, 1.5]) {
      const page = await open(ratio);
      expect(await read(page)).toMatchObject({ kind: 'exact', viewId });
      expect(await page.evaluate(`document.documentElement.outerHTML.includes('${viewId}')`)).toBe(false);
      await page.close();
    }
  });

  it('puts itself back when it is removed, hidden or restyled, and says so', async () => {
    const page = await open(1);
    const harms = [
      `document.querySelector('html > div').remove()`,
      `document.querySelector('html > div').style.setProperty('display', 'none', 'important')`,
      `document.querySelector('html > div').hidden = true`,
      `document.head.insertAdjacentHTML('beforeend', '<style>html > div { transform: translateX(9999px) !important }</style>'); document.querySelector('html > div').removeAttribute('style')`,
    ];
    for (const harm of harms) {
      await page.evaluate(harm);
      await page.waitForFunction('layer.isShown()', undefined, { timeout: 60_000 });
    }
    expect(await page.evaluate('told[0]')).toBe('removed');
    expect(await read(page)).toMatchObject({ kind: 'exact', viewId });
    await page.close();
  });

  it('lies over a modal dialog too', async () => {
    const page = await open(1);
    await page.evaluate(`document.querySelector('dialog').showModal()`);
    await page.waitForTimeout(300);
    expect(await read(page)).toMatchObject({ kind: 'exact', viewId });
    await page.close();
  });

  it('lets every click through to the page', async () => {
    const page = await open(1);
    await page.evaluate(`document.body.addEventListener('click', () => { globalThis.clicked = true; })`);
    await page.mouse.click(100, 100);
    expect(await page.evaluate('clicked')).toBe(true);
    await page.close();
  });

  it('moves to the tile of another view, and goes for good when told to', async () => {
    const page = await open(1);
    const next = 'facade001234' as ViewId;
    await page.evaluate(`layer.replaceTile(blobOf('${await tileOf(next)}'))`);
    expect(await read(page)).toMatchObject({ kind: 'exact', viewId: next });
    await page.evaluate('layer.remove()');
    await page.waitForTimeout(1_200);
    expect(await page.evaluate('layer.isShown()')).toBe(false);
    expect(await read(page)).toMatchObject({ kind: 'none' });
    await page.close();
  });

  it('tells when the tile is no picture', async () => {
    const page = await open(1);
    const outcome = await page.evaluate(`(async () => {
      const told = [];
      const broken = installMarkLayer({ tile: new Blob(['no picture']), onAbsence: (a) => told.push(a.reason) });
      const failed = await broken.shown.then(() => false, () => true);
      broken.remove();
      return { failed, told };
    })()`);
    expect(outcome).toEqual({ failed: true, told: ['unloadable'] });
    await page.close();
  });
});
