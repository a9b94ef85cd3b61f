import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandArguments, CommandIo, ExitStatus } from '../command.ts';
import { WrongUse } from '../wrong-use.ts';
import { watermarkReadCommand } from './watermark-read-command.ts';
import { watermarkTileCommand } from './watermark-tile-command.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watermark-'));
});
afterAll(() => rm(folder, { recursive: true }));

interface Run {
  readonly status: ExitStatus;
  readonly lines: readonly string[];
}
const run = async (
  command: typeof watermarkReadCommand,
  operands: readonly string[],
  options: Record<string, string | boolean>,
): Promise<Run> => {
  const lines: string[] = [];
  const args: CommandArguments = {
    operands,
    text: (name) => (typeof options[name] === 'string' ? options[name] : command.options[name]?.default),
    texts: () => [],
    flag: (name) => options[name] === true,
  };
  const io: CommandIo = {
    answer: (line) => void lines.push(line),
    tell: () => {},
    showProgress: () => {},
    environment: {},
    stop: new AbortController().signal,
  };
  return { status: await command.run(args, io), lines };
};

describe('watermark tile and watermark read', { timeout: 150_000 }, () => {
  it('read back, from a page of repeated tiles, the view that the tile was made for', async () => {
    const out = join(folder, 'tile.png');
    const made = await run(watermarkTileCommand, [], { view: 'FEED00C0FFEE', out });
    expect(made.status).toBe(0);
    expect(JSON.parse(made.lines[0] ?? '')).toMatchObject({
      view: 'feed00c0ffee',
      theme: 'light',
      width: 192,
      height: 192,
    });
    const tile = await readFile(out);
    const page = await sharp({ create: { width: 420, height: 400, channels: 3, background: '#ffffff' } })
      .composite([{ input: tile, tile: true, gravity: 'northwest' }])
      .jpeg({ quality: 70 })
      .toBuffer();
    await writeFile(join(folder, 'page.jpg'), page);
    const read = await run(watermarkReadCommand, [join(folder, 'page.jpg')], { json: true });
    expect(read.status).toBe(0);
    expect(JSON.parse(read.lines[0] ?? '')).toMatchObject({
      kind: 'exact',
      view: 'feed00c0ffee',
      photos_used: 1,
    });
    const told = await run(watermarkReadCommand, [join(folder, 'page.jpg')], {});
    expect(told.lines[0]).toMatch(/^this picture carries the mark of view feed00c0ffee/);
  });

  it('answer no with status 1 when a picture carries no mark', async () => {
    const file = join(folder, 'plain.png');
    await sharp({ create: { width: 200, height: 200, channels: 3, background: '#ffffff' } })
      .png()
      .toFile(file);
    const { status, lines } = await run(watermarkReadCommand, [file], { json: true });
    expect(status).toBe(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ kind: 'none', view: null, reason: 'no-mark' });
  });

  it('refuse wrong use in one line that names the file, the row or the option', async () => {
    const text = join(folder, 'text.jpg');
    await writeFile(text, 'these are words');
    const issued = join(folder, 'issued.txt');
    await writeFile(issued, 'feed00c0ffee\nnot-a-view\n');
    const tries: [() => Promise<Run>, RegExp][] = [
      [() => run(watermarkReadCommand, [text], {}), /text\.jpg: not a picture/],
      [
        () => run(watermarkReadCommand, [join(folder, 'absent.jpg')], {}),
        /absent\.jpg cannot be opened \(ENOENT\)/,
      ],
      [() => run(watermarkReadCommand, [folder], {}), /is not a file/],
      [() => run(watermarkReadCommand, [text], { issued }), /issued\.txt row 2: not a view id/],
      [() => run(watermarkTileCommand, [], { view: '123', out: 'x.png' }), /--view is 12 hexadecimal digits/],
      [
        () => run(watermarkTileCommand, [], { view: 'feed00c0ffee', theme: 'pink', out: 'x.png' }),
        /--theme is light or dark/,
      ],
      [() => run(watermarkTileCommand, [], { view: 'feed00c0ffee' }), /--out is missing/],
      [
        () => run(watermarkTileCommand, [], { view: 'feed00c0ffee', out: join(folder, 'no', 'x.png') }),
        /cannot be written \(ENOENT\)/,
      ],
    ];
    for (const [attempt, line] of tries) {
      const thrown = await attempt().then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(thrown).toBeInstanceOf(WrongUse);
      expect((thrown as Error).message).toMatch(line);
      expect((thrown as Error).message).not.toContain('\n');
    }
  });
});
