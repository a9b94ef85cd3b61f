import type { MarkReading } from '../../../analysis/watermark/read-mark.ts';
import type { ViewId } from '../../../model/id.ts';
import type { ReadAsk, WatermarkFinding } from '../../../workflows/read-watermark/read-watermark.ts';
import type { Command, CommandArguments, CommandIo } from '../command.ts';
import { WrongUse } from '../wrong-use.ts';

const reasons = {
  'no-mark': 'no mark found',
  unreadable:
    'a mark is there, but too little of it is left to name the view: try a sharper, closer or larger picture',
  'too-small': 'too small to hold a mark',
} as const;

const sentence = (reading: MarkReading): string => {
  switch (reading.kind) {
    case 'exact':
      return `this picture carries the mark of view ${reading.viewId} (confidence ${reading.confidence.toFixed(6)}, clarity ${reading.clarity.toFixed(0)})`;
    case 'likely':
      return `not read exactly; more likely than chance: ${reading.candidates.map(({ viewId, logLikelihoodRatio }) => `${viewId} (log-likelihood ratio ${logLikelihoodRatio.toFixed(1)})`).join(', ')}`;
    case 'none':
      return reasons[reading.reason];
  }
};

const readFileAt = async (path: string): Promise<Uint8Array> => {
  const [{ open }, { pictureBytesMax }] = await Promise.all([
    import('node:fs/promises'),
    import('../../../workflows/read-watermark/open-picture.ts'),
  ]);
  const file = await open(path).catch((thrown: NodeJS.ErrnoException) => {
    throw new WrongUse(`${path} cannot be opened (${thrown.code ?? 'unknown reason'}): name a picture`);
  });
  try {
    const about = await file.stat();
    if (!about.isFile()) throw new WrongUse(`${path} is not a file: name a picture`);
    if (about.size > pictureBytesMax)
      throw new WrongUse(`${path}: larger than 60 MiB: save the picture smaller`);
    return new Uint8Array(await file.readFile());
  } finally {
    await file.close();
  }
};

const issuedIn = async (path: string | undefined): Promise<readonly ViewId[]> => {
  if (!path) return [];
  const { parseViewId } = await import('../../../model/id.ts');
  const text = new TextDecoder().decode(await readFileAt(path));
  return text.split(/\r?\n/).flatMap((line, row) => {
    if (line.trim() === '') return [];
    const viewId = parseViewId(line.trim().toLowerCase());
    if (!viewId)
      throw new WrongUse(`${path} row ${row + 1}: not a view id, write 12 hexadecimal digits a row`);
    return [viewId];
  });
};

const momentOf = async (args: CommandArguments, option: 'from' | 'to') => {
  const told = args.text(option);
  if (told === undefined) return undefined;
  const { parseInstant } = await import('../../../model/instant.ts');
  const at = parseInstant(told);
  if (at === undefined)
    throw new WrongUse(`--${option} is a time such as 2026-11-22T09:00:00Z, not ${JSON.stringify(told)}`);
  return at;
};

const withinOf = async (args: CommandArguments): Promise<ReadAsk['within']> => {
  const [from, to] = [await momentOf(args, 'from'), await momentOf(args, 'to')];
  if (from === undefined && to === undefined) return undefined;
  if (from === undefined || to === undefined || from >= to)
    throw new WrongUse('--from and --to go together, the earlier one first');
  if (!args.text('data')) throw new WrongUse('--from and --to need --data, where the issued views are');
  return { from, to };
};

/** With the records at hand the reading is on record first, and says who was shown whom. */
const readBesideRecords = async (dataDir: string, ask: ReadAsk, io: CommandIo): Promise<WatermarkFinding> => {
  const [{ openReadingPhotos }, { readStorageSettings }] = await Promise.all([
    import('../../../reading-photos.ts'),
    import('../../../settings.ts'),
  ]);
  const reading = await openReadingPhotos(readStorageSettings({ dataDir }, io.environment));
  try {
    return await reading.read(ask);
  } finally {
    await reading.close();
  }
};

const readAlone = async (ask: ReadAsk, issuedViews: readonly ViewId[]): Promise<WatermarkFinding> => {
  const { readInThread } = await import('../../../workflows/read-watermark/read-watermark.ts');
  const outcome = await readInThread({ pictures: ask.pictures, issuedViews });
  return 'unusable' in outcome ? outcome : { ...outcome, views: [] };
};

export const watermarkReadCommand: Command = {
  name: 'watermark read',
  summary: 'Which view a screenshot or a photo of a screen carries',
  usage: 'watermark read PHOTO [--also F,F] [--data DIR [--from T --to T] | --issued FILE] [--json]',
  operands: ['PHOTO'],
  options: {
    also: { type: 'string', value: 'F,F', describe: 'more pictures of the same screen, read together' },
    data: {
      type: 'string',
      value: 'DIR',
      describe: 'where the records are: the answer then names agent, customer and time, and is on record',
    },
    from: {
      type: 'string',
      value: 'T',
      describe: 'rank the views shown from here on when none is read exactly',
    },
    to: { type: 'string', value: 'T', describe: 'and before this time' },
    issued: {
      type: 'string',
      value: 'FILE',
      describe: 'view ids in question, one a row: ranked when none is read exactly',
    },
    json: { type: 'boolean', describe: 'the same as JSON' },
  },
  notes: [
    'Reads PNG, JPEG, WebP and AVIF up to 50 million pixels. Ends after 10 seconds of computing at the latest.',
  ],
  async run(args, io) {
    const { presentIssued, presentReading } = await import(
      '../../../workflows/read-watermark/present-reading.ts'
    );
    const also = args.text('also');
    const paths = [...args.operands, ...(also ? also.split(',').filter((path) => path !== '') : [])];
    if (paths.length > 12) throw new WrongUse('more than 12 pictures: name the sharpest ones');
    const [within, issuedViews, dataDir] = [
      await withinOf(args),
      await issuedIn(args.text('issued')),
      args.text('data'),
    ];
    const pictures: Uint8Array[] = [];
    for (const path of paths) pictures.push(await readFileAt(path));
    const ask = within ? { pictures, within } : { pictures };
    const finding = dataDir ? await readBesideRecords(dataDir, ask, io) : await readAlone(ask, issuedViews);
    if ('unusable' in finding) throw new WrongUse(`${paths[finding.pictureAt] ?? ''}: ${finding.unusable}`);
    const { reading } = finding;
    const views = finding.views.map(presentIssued);
    if (args.flag('json'))
      io.answer(JSON.stringify({ ...presentReading(reading), ...(dataDir ? { views } : {}) }));
    else {
      io.answer(sentence(reading));
      for (const { view, agent, customer, at, seq } of views)
        io.answer(
          `view ${view}: shown to agent ${agent} at ${at}, customer ${customer ?? 'unknown'}, entry ${seq}`,
        );
      if (dataDir && reading.kind === 'exact' && views.length === 0)
        io.answer('no such view was issued here: a mark of another installation, or a false reading');
    }
    return reading.kind === 'none' ? 1 : 0;
  },
};
