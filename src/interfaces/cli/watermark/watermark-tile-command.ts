import type { Command } from '../command.ts';
import { WrongUse } from '../wrong-use.ts';

export const watermarkTileCommand: Command = {
  name: 'watermark tile',
  summary: 'The mark of a view, as the picture that its page repeats',
  usage: 'watermark tile --view HEX12 [--theme light|dark] --out F.png',
  operands: [],
  options: {
    view: { type: 'string', value: 'HEX12', describe: 'the view: 12 hexadecimal digits' },
    theme: { type: 'string', value: 'light|dark', describe: 'what the page looks like', default: 'light' },
    out: { type: 'string', value: 'F.png', describe: 'where to write the PNG' },
  },
  notes: ['The page shows the tile over everything, repeated from its corner, at 192 CSS pixels a tile.'],
  async run(args, io) {
    const [{ writeFile }, { parseViewId }, { tilePicture }] = await Promise.all([
      import('node:fs/promises'),
      import('../../../model/id.ts'),
      import('../../../workflows/mark-view/tile-picture.ts'),
    ]);
    const view = args.text('view');
    const viewId = parseViewId((view ?? '').toLowerCase());
    if (!viewId) throw new WrongUse(`--view is 12 hexadecimal digits, not ${JSON.stringify(view ?? '')}`);
    const theme = args.text('theme');
    if (theme !== 'light' && theme !== 'dark')
      throw new WrongUse(`--theme is light or dark, not ${JSON.stringify(theme)}`);
    const out = args.text('out');
    if (!out) throw new WrongUse('--out is missing: name the PNG to write');
    const png = await tilePicture(viewId, theme);
    await writeFile(out, png).catch((thrown: NodeJS.ErrnoException) => {
      throw new WrongUse(
        `${out} cannot be written (${thrown.code ?? 'unknown reason'}): name a file in a folder that exists`,
      );
    });
    io.answer(JSON.stringify({ view: viewId, theme, out, width: 192, height: 192, bytes: png.length }));
    return 0;
  },
};
