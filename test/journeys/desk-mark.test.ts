import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Demo, startDemo } from '../../demo/run-demo.ts';
import { parseViewCode } from '../../src/analysis/watermark/view-code.ts';
import { openStorage } from '../../src/foundations.ts';
import type { AgentId } from '../../src/model/id.ts';
import { systemChance } from '../../src/platform/chance/system-chance.ts';
import { systemClock } from '../../src/platform/clock/system-clock.ts';
import { leadRecords } from '../../src/records/lead/lead-records.ts';
import { readStorageSettings } from '../../src/settings.ts';
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

  it('is not all: a lead is read, weighed and acted on by a responder, and can be taken back', async () => {
    const storage = await openStorage(readStorageSettings({ dataDir: join(directory, 'demo') }, {}), {
      share: true,
    });
    try {
      const { rows } = await storage.db.pool.query<{ id: AgentId }>(
        "select id from agent where ref = 'avocet.2'",
      );
      const agentId = rows[0]?.id as AgentId;
      await leadRecords(storage.db.kysely, systemChance).add({
        source: 'journey',
        at: systemClock.now(),
        agentId,
        kind: 'unexplained-looks',
        score: 4,
        reasons: ['34 of 61 customers had no case in this agent’s hands; colleagues: 4 of 58.'],
        told: {
          accesses: [
            {
              at: '2026-11-22T09:00:00.000Z',
              action: 'view',
              customer: 'cus_x',
              case: '',
              why: '<b>no case</b>',
            },
          ],
          innocentExplanations: ['Hand-over: none was recorded.'],
          wouldClear: ['A case number for these looks.'],
          members: [],
          month: [{ day: '2026-11-22', customers: 61, unexplained: 34, expected: 4 }],
        },
      });
      const context = await browser.newContext({ viewport: { width: 1100, height: 900 } });
      const page = await signIn(context, 'Omar Whitfield');
      await page.click('text=unexplained looks');
      await page.waitForSelector('.month');
      expect(await page.textContent('#case')).toContain('34 of 61 customers');
      expect(await page.textContent('#case td:last-child')).toBe('<b>no case</b>');
      await page.click('text=Nothing odd here');
      await page.waitForSelector('text=On record: wrong.');
      const standing = async (): Promise<unknown> =>
        (await storage.db.pool.query('select state from agent where id = $1', [agentId])).rows[0];
      await page.click('text=Stop this account');
      await page.waitForSelector('text=nothing is shown to this account');
      expect(await standing()).toEqual({ state: 'suspended' });
      await page.click('text=Let it work again');
      await page.waitForSelector('text=It may work again.');
      expect(await standing()).toEqual({ state: 'active' });
      await page.screenshot({ path: '/tmp/lead.png', fullPage: true });
    } finally {
      await storage.close();
    }
  });
});
