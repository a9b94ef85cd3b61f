import type { MarkReading } from '../../../analysis/watermark/read-mark.ts';
import type { ViewId } from '../../../model/id.ts';
import type { Command } from '../command.ts';
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

export const watermarkReadCommand: Command = {
  name: 'watermark read',
  summary: 'Which view a screenshot or a photo of a screen carries',
  usage: 'watermark read PHOTO [--also F,F] [--issued FILE] [--json]',
  operands: ['PHOTO'],
  options: {
    also: { type: 'string', value: 'F,F', describe: 'more pictures of the same screen, read together' },
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
    const [{ readInThread }, { presentReading }] = await Promise.all([
      import('../../../workflows/read-watermark/read-watermark.ts'),
      import('../../../workflows/read-watermark/present-reading.ts'),
    ]);
    const also = args.text('also');
    const paths = [...args.operands, ...(also ? also.split(',').filter((path) => path !== '') : [])];
    if (paths.length > 12) throw new WrongUse('more than 12 pictures: name the sharpest ones');
    const pictures: Uint8Array[] = [];
    for (const path of paths) pictures.push(await readFileAt(path));
    const outcome = await readInThread({ pictures, issuedViews: await issuedIn(args.text('issued')) });
    if ('unusable' in outcome) throw new WrongUse(`${paths[outcome.pictureAt] ?? ''}: ${outcome.unusable}`);
    const { reading } = outcome;
    io.answer(args.flag('json') ? JSON.stringify(presentReading(reading)) : sentence(reading));
    return reading.kind === 'none' ? 1 : 0;
  },
};
