import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { formatVerifierKey } from '../../src/analysis/tlog/note/verifier-key.ts';
import { signerKeyOf } from '../support/sample-log.ts';
import { paperLog } from '../support/sample-submissions.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { startWitnessProcess, type WitnessProcess } from '../support/witness-process.ts';

/** CASEBOUND_WITNESS_KILLS=200 for the long run. */
const kills = Number(process.env['CASEBOUND_WITNESS_KILLS'] ?? 6);
const log = paperLog(signerKeyOf('ledger.example/acme', 1, 1));

const ask = async ({ url }: WitnessProcess, from: number, to: number) => {
  const body = new Uint8Array(log.submission(from, to));
  const answer = await fetch(`${url}/add-checkpoint`, { method: 'POST', body });
  return { status: answer.status, text: await answer.text() };
};

describe('a witness that is killed again and again', () => {
  it(`never forgets a head that it cosigned (${kills} kills)`, {
    timeout: 30_000 + kills * 5_000,
  }, async () => {
    const folder = temporaryDirectory();
    const words = ['--log', formatVerifierKey(log.signer.verifierKey), '--name', 'witness.example'];
    let running: WitnessProcess | undefined;
    onTestFinished(() => void running?.child.kill('SIGKILL'));
    let acknowledged = 0;
    let sent = 0;
    const keys = new Set<string>();
    for (let kill = 0; kill < kills; kill += 1) {
      running = await startWitnessProcess(folder, words);
      keys.add(running.vkey);
      // From size 0 it answers with what it cosigned last; at the first start it takes the first head.
      const { status, text } = await ask(running, 0, 1);
      const remembered = status === 409 ? Number(text) : 1;
      expect(remembered).toBeGreaterThanOrEqual(acknowledged);
      expect(remembered).toBeLessThanOrEqual(Math.max(sent, 1));
      acknowledged = Math.max(remembered, 1);
      const { child } = running;
      const gone = once(child, 'exit');
      setTimeout(() => child.kill('SIGKILL'), Math.random() * 150);
      for (;;) {
        sent = acknowledged + 1;
        const answer = await ask(running, acknowledged, sent).catch(() => undefined);
        if (answer?.status !== 200) break;
        acknowledged = sent;
      }
      await gone;
    }
    expect(keys.size).toBe(1);
    expect(acknowledged).toBeGreaterThan(kills);
  });
});
