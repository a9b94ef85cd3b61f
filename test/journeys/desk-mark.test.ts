import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Demo, startDemo } from '../../demo/run-demo.ts';
import { parseViewCode } from '../../src/analysis/watermark/view-code.ts';
import { chromiumPath } from '../support/chromium-path.ts';

/** From sign-in to result, in a real browser against the real server and its embedded database. */
describe.skipIf(!chromiumPath)('a photo of the desk', { timeout: 180_000 }, () => {
  let directory = '';
  let demo: Demo;
  let browser: Browser;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'casebound-test-'));
    await chmod(directory, 0o755);
    const settings = {
      dataDir: join(directory, 'demo'),
      port: 0,
      customersCount: 60,
      pace: 0,
      actSeconds: 9,
    };
    demo = await startDemo({ ...settings, seed: 'journey' }, () => {});
    browser = await chromium.launch({
      executablePath: chromiumPath ?? '',
      args: ['--no-sandbox', '--disable-gpu'],
    });
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await demo?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const signIn = async (context: BrowserContext, who: string): Promise<Page> => {
    const page = await context.newPage();
    await page.goto(demo.url);
    await page.click('text=Sign in');
    await page.waitForSelector(`text=${who}`, { state: 'attached' });
    await page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))");
    await page.click(`text=${who}`);
    await page.waitForSelector('#desk:not([hidden])');
    return page;
  };

  it('leads an analyst to the view, its agent and its customer; taking the mark away is on record', async () => {
    const context = await browser.newContext({ viewport: { width: 1100, height: 760 } });
    const page = await signIn(context, 'with five cases waiting');
    await page.click('text=/locked-out-/');
    await page.waitForSelector('#case dl');
    const code = (await page.textContent('#case code')) ?? '';
    const viewId = parseViewCode(code);
    expect(viewId).toBeDefined();
    expect(await page.textContent('#case')).toContain('This screen carries a faint mark.');
    const photo = await page.screenshot({ type: 'jpeg', quality: 80 });
    const told = page.waitForResponse((response) => response.url().endsWith('/mark-absences'));
    await page.evaluate("document.querySelector('html > div[aria-hidden]').remove()");
    expect((await told).status()).toBe(201);
    await page.waitForSelector('html > div[aria-hidden]', { state: 'attached' });
    const later = await context.browser()?.newContext();
    const analyst = await signIn(later ?? context, 'Ines Calder');
    const answer = await analyst.evaluate(
      `(async () => {
        const bytes = Uint8Array.from(atob('${photo.toString('base64')}'), (c) => c.charCodeAt(0));
        const form = new FormData();
        form.append('picture', new Blob([bytes], { type: 'image/jpeg' }), 'photo.jpg');
        const response = await fetch('/v1/photo-readings', { method: 'POST', body: form });
        return response.json();
      })()`,
    );
    expect(answer).toMatchObject({
      kind: 'exact',
      view: viewId,
      views: [{ view: viewId, code, agent: expect.any(String), customer: expect.any(String) }],
    });
  });
});
