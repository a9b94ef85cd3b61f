import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatVerifierKey } from '../../src/analysis/tlog/note/verifier-key.ts';
import { bundleVectors } from '../support/bundle-vectors.ts';
import { chromiumPath } from '../support/chromium-path.ts';
import { sampleEntries, sampleKeys, sampleLog, samplePolicy, sampleProof } from '../support/sample-log.ts';

const browserFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

describe.skipIf(chromiumPath === undefined)(
  `the verifier’s page, opened from disk ${chromiumPath ? '' : 'skipped: no Chromium is installed'}`,
  () => {
    const entries = sampleEntries(300);
    const files = sampleLog(entries.map(({ bytes }) => bytes));
    let browser: Browser;
    let page: Page;
    let folder = '';
    const problems: string[] = [];

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'verifier-page-'));
      for (const [path, bytes] of files) {
        mkdirSync(dirname(join(folder, 'log', path)), { recursive: true });
        writeFileSync(join(folder, 'log', path), bytes);
      }
      writeFileSync(join(folder, '5.tlog-proof'), sampleProof(5, 300, files));
      writeFileSync(join(folder, '5.bin'), entries[5]?.bytes ?? Buffer.of());
      writeFileSync(join(folder, '6.bin'), entries[6]?.bytes ?? Buffer.of());
      writeFileSync(join(folder, '5.txt'), `${entries[5]?.disclosures.join('\n')}\n`);
      browser = await chromium.launch({
        executablePath: chromiumPath ?? '',
        headless: true,
        args: browserFlags,
      });
      page = await browser.newPage();
      page.on('pageerror', (error) => problems.push(error.message));
      page.on('console', (message) => problems.push(message.text()));
      page.on('request', (request) => {
        if (!request.url().startsWith('file:') && !request.url().startsWith('data:'))
          problems.push(request.url());
      });
      await page.goto(pathToFileURL(join(import.meta.dirname, '../../verifier/verify.html')).href);
    });
    afterAll(async () => {
      await browser.close();
      rmSync(folder, { recursive: true });
    });

    const verdict = async (button: string): Promise<string> => {
      await page.click(button);
      await page.waitForSelector(
        '#answer:is([data-verdict=holds],[data-verdict=fails],[data-verdict=broken])',
      );
      return (await page.textContent('#answer'))?.trim() ?? '';
    };

    it('shows an entry, its disclosed values and its witnesses', async () => {
      await page.fill('#trust', samplePolicy());
      await page.setInputFiles('#proof', join(folder, '5.tlog-proof'));
      await page.setInputFiles('#entry', join(folder, '5.bin'));
      await page.setInputFiles('#disclosures', join(folder, '5.txt'));
      const answer = await verdict('#check-entry');
      expect(answer).toMatch(/^Verified/);
      expect(answer).toMatch(/number 5 of the log/);
      expect(answer).toMatch(/"reveal"/);
      expect(answer).toMatch(/w0 at 2026-09-21T/);
    });

    it('refuses another entry, and says why', async () => {
      await page.setInputFiles('#entry', join(folder, '6.bin'));
      expect(await verdict('#check-entry')).toMatch(/^Not verified: proof: it does not lead from entry 5/);
    });

    it('checks a whole log folder', async () => {
      await page.fill('#trust', formatVerifierKey(sampleKeys.log.verifierKey));
      await page.setInputFiles('#folder', join(folder, 'log'));
      const answer = await verdict('#check-log');
      expect(answer).toMatch(/^Verified/);
      expect(answer).toMatch(/entries\s*300/);
    });

    it('checks an evidence bundle, and names what it shows', async () => {
      const [good, flipped] = bundleVectors().cases;
      writeFileSync(join(folder, 'good.zip'), Buffer.from(good?.zip ?? '', 'base64'));
      writeFileSync(join(folder, 'flipped.zip'), Buffer.from(flipped?.zip ?? '', 'base64'));
      await page.fill('#trust', samplePolicy());
      await page.setInputFiles('#bundle', join(folder, 'good.zip'));
      const answer = await verdict('#check-bundle');
      expect(answer).toMatch(/^Verified/);
      expect(answer).toMatch(/every entry from 3 to 6/);
      expect(answer).toMatch(/action\s*"reveal"/);
      await page.setInputFiles('#bundle', join(folder, 'flipped.zip'));
      expect(await verdict('#check-bundle')).toMatch(/^Not verified: zip, checkpoint: byte \d+/);
    });

    it('reported no error and asked the network for nothing', () => {
      expect(problems).toEqual([]);
    });
  },
);
