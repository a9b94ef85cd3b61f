import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { signerKeyOf } from '../../../test/support/sample-log.ts';
import { type PaperLog, paperLog } from '../../../test/support/sample-submissions.ts';
import { temporaryDirectory } from '../../../test/support/temporary-directory.ts';
import { readCosignatures } from '../../analysis/tlog/checkpoint/add-checkpoint.ts';
import { readCheckpoint } from '../../analysis/tlog/checkpoint/checkpoint.ts';
import { verifyNote } from '../../analysis/tlog/note/note.ts';
import { instantOf } from '../../model/instant.ts';
import { systemChance } from '../../platform/chance/system-chance.ts';
import { SimulatedClock } from '../../platform/clock/simulated-clock.ts';
import { WitnessMemory } from '../../records/witness/witness-memory.ts';
import { cosignCheckpoint } from '../../workflows/cosign-checkpoint/cosign-checkpoint.ts';
import { witnessServer } from './witness-server.ts';

const log = paperLog(signerKeyOf('ledger.example/acme', 1, 1));
const otherHistory = paperLog(log.signer, 'rewritten');
const second = paperLog(signerKeyOf('ledger.example/beta', 1, 5));
const signer = signerKeyOf('witness.example', 4, 9);
const seconds = 1_790_000_000;

/** A witness on loopback that knows two logs. Starting it again on the same folder is a restart. */
const startWitness = async (folder = temporaryDirectory()) => {
  const logKeys = [log, second].map((paper) => paper.signer.verifierKey);
  const memory = new WitnessMemory(folder, systemChance, logKeys);
  const clock = new SimulatedClock(instantOf(seconds * 1_000));
  const thrown: unknown[] = [];
  const server = witnessServer({
    cosign: (body) => cosignCheckpoint({ signer, logKeys, memory, clock }, body),
    onAnswered: (_, fault) => void (fault && thrown.push(fault)),
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const ask = async (body: Uint8Array | string, path = '/add-checkpoint', method = 'POST') => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      ...(method === 'GET' ? {} : { body: Buffer.from(body) }),
    });
    return {
      status: answer.status,
      type: answer.headers.get('content-type'),
      text: await answer.text(),
    };
  };
  return { folder, port, ask, thrown };
};

/** The cosignature holds under the witness's key, over this very checkpoint, with the witness's time. */
const expectCosigned = (answer: { status: number; text: string }, paper: PaperLog, size: number): void => {
  expect(answer.status).toBe(200);
  const { note } = readCheckpoint(Buffer.from(paper.noteAt(size)));
  const signatures = readCosignatures(Buffer.from(answer.text));
  expect(verifyNote({ text: note.text, signatures }, [signer.verifierKey])).toMatchObject([
    { time: seconds },
  ]);
};
const conflictAt = (size: number) => ({ status: 409, type: 'text/x.tlog.size', text: `${size}\n` });

describe('a witness', () => {
  it('cosigns what continues the history it knows, and the same head again', async () => {
    const { ask } = await startWitness();
    expectCosigned(await ask(log.submission(0, 5)), log, 5);
    expectCosigned(await ask(log.submission(5, 5)), log, 5);
    expectCosigned(await ask(log.submission(5, 300)), log, 300);
    expectCosigned(await ask(log.submission(300, 301)), log, 301);
  });

  it('keeps the histories of several logs apart', async () => {
    const { ask } = await startWitness();
    expectCosigned(await ask(log.submission(0, 50)), log, 50);
    expectCosigned(await ask(second.submission(0, 3)), second, 3);
    expect(await ask(second.submission(50, 60))).toMatchObject(conflictAt(3));
    expectCosigned(await ask(log.submission(50, 60)), log, 60);
  });

  it('answers 409 with its size, as C2SP writes it, when the log is wrong about it', async () => {
    const { ask } = await startWitness();
    expect(await ask(log.submission(3, 5))).toMatchObject(conflictAt(0));
    await ask(log.submission(0, 5));
    expect(await ask(log.submission(0, 9))).toMatchObject(conflictAt(5));
    expect(await ask(log.submission(4, 9))).toMatchObject(conflictAt(5));
  });

  it('never cosigns a head from before: a rollback is a conflict', async () => {
    const { ask } = await startWitness();
    await ask(log.submission(0, 9));
    expect(await ask(log.submission(5, 5))).toMatchObject(conflictAt(9));
    expect(await ask(log.submission(0, 5))).toMatchObject(conflictAt(9));
  });

  it('never cosigns two heads of one size, and keeps what shows that the log forked', async () => {
    const { ask, folder } = await startWitness();
    await ask(log.submission(0, 5));
    const answer = await ask(otherHistory.submission(5, 5));
    expect(answer.status).toBe(409);
    expect(answer.type).not.toBe('text/x.tlog.size');
    const [kept = ''] = readdirSync(join(folder, 'forks')).filter((name) => !name.startsWith('.'));
    expect(readFileSync(join(folder, 'forks', kept), 'utf8')).toBe(otherHistory.noteAt(5));
    expectCosigned(await ask(log.submission(5, 6)), log, 6);
  });

  it('refuses a proof of another history, none, a cut one, and one where none is due', async () => {
    const { ask } = await startWitness();
    expect((await ask(log.submission(0, 5, { proof: [Buffer.alloc(32)] }))).status).toBe(422);
    await ask(log.submission(0, 5));
    for (const body of [
      otherHistory.submission(5, 9),
      log.submission(5, 9, { proof: [] }),
      log.submission(5, 9, { proof: log.proof(5, 9).slice(1) }),
      log.submission(5, 9, { proof: log.proof(5, 10) }),
      log.submission(5, 5, { proof: [Buffer.alloc(32)] }),
    ])
      expect((await ask(body)).status).toBe(422);
    expectCosigned(await ask(log.submission(5, 9)), log, 9);
  });

  it('does not know logs it was not given, and refuses keys it was not given', async () => {
    const { ask } = await startWitness();
    const stranger = paperLog(signerKeyOf('ledger.example/other', 1, 7));
    expect((await ask(stranger.submission(0, 5))).status).toBe(404);
    const impostor = paperLog(signerKeyOf('ledger.example/acme', 1, 8));
    expect((await ask(impostor.submission(0, 5))).status).toBe(403);
    // A witness's own cosignature key under the log's name is no log key.
    const bent = log
      .submission(0, 5)
      .toString()
      .replace(/(?<=acme )(.{20})./, '$1A');
    expect([400, 403]).toContain((await ask(bent)).status);
    expect(await ask(log.submission(0, 5))).toMatchObject({ status: 200 });
  });

  it('answers 400 for what is not in the form, whatever the log and its size', async () => {
    const { ask } = await startWitness();
    const good = log.submission(0, 5).toString();
    for (const body of [
      '',
      'old 0\n',
      good.replace('old 0', 'old 00'),
      good.replace('old 0', 'old -1'),
      good.replace('old 0', 'old 18446744073709551615'),
      good.replace('old 0', 'old 6'),
      good.replace('\n5\n', '\n05\n'),
      good.slice(0, -1),
      good.replace('old 0\n', `old 0\n${'A'.repeat(43)}=\n`.repeat(2)),
      good.replace('old 0\n', `old 0\n${`${Buffer.alloc(32).toString('base64')}\n`.repeat(64)}`),
      good.replace('old 0\n', `old 0\n${Buffer.alloc(31).toString('base64')}\n`),
    ])
      expect((await ask(body)).status).toBe(400);
  });

  it('takes nothing large, nothing but POST, nothing at another address, and nobody who never ends', async () => {
    const { ask, port } = await startWitness();
    const large = await ask(Buffer.alloc(70_000, 65)).catch(() => ({ status: 413 }));
    expect(large.status).toBe(413);
    expect((await ask('', '/add-checkpoint', 'GET')).status).toBe(405);
    expect((await ask('', '/')).status).toBe(404);
    const socket = connect(port, '127.0.0.1');
    socket.write('POST /add-checkpoint HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000000\r\n\r\n');
    socket.write(Buffer.alloc(100_000, 65));
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(String(answer)).toMatch(/^HTTP\/1.1 413/);
    socket.destroy();
  });

  it('remembers over a restart', async () => {
    const { ask, folder } = await startWitness();
    await ask(log.submission(0, 5));
    const again = await startWitness(folder);
    expect(await again.ask(log.submission(0, 7))).toMatchObject(conflictAt(5));
    expectCosigned(await again.ask(log.submission(5, 7)), log, 7);
  });

  it('cosigns nothing of a log of which its memory is damaged', async () => {
    const { ask, folder } = await startWitness();
    await ask(log.submission(0, 5));
    await ask(second.submission(0, 5));
    const logs = join(folder, 'logs');
    const file = readdirSync(logs, { recursive: true, encoding: 'utf8' }).find((path) => {
      const whole = join(logs, path);
      return /\d{15}$/.test(path) && readFileSync(whole, 'utf8').startsWith('ledger.example/acme\n');
    });
    const path = join(logs, file ?? '');
    writeFileSync(path, readFileSync(path, 'utf8').replace('\n5\n', '\n4\n'));
    const again = await startWitness(folder);
    expect((await again.ask(log.submission(5, 6))).status).toBe(503);
    expect(again.thrown).toMatchObject([{ code: 'ledger-stopped' }]);
    expectCosigned(await again.ask(second.submission(5, 6)), second, 6);
  });

  it('lets one of two witnesses on one folder, or of two requests at once, go forward', async () => {
    const one = await startWitness();
    const two = await startWitness(one.folder);
    await one.ask(log.submission(0, 1));
    for (let size = 1; size < 40; size += 4) {
      const answers = await Promise.all(
        [one, two, one, two].map(({ ask }, at) => ask(log.submission(size, size + 1 + at))),
      );
      const cosigned = answers.flatMap(({ status, text }, at) => (status === 200 ? [{ at, text }] : []));
      expect(cosigned).toHaveLength(1);
      const reached = size + 1 + (cosigned[0]?.at ?? 0);
      // Whoever lost is told where the winner went: one history, seen through either.
      expect(await two.ask(log.submission(0, size + 4))).toMatchObject(conflictAt(reached));
      if (reached < size + 4) expectCosigned(await one.ask(log.submission(reached, size + 4)), log, size + 4);
    }
  });
});
