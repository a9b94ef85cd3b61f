/** A fenced `sh` block of a page. */
export interface ShellBlock {
  /** The line of its fence, from 1. */
  readonly line: number;
  readonly script: string;
  /** Why it cannot run in a test; undefined: it can. */
  readonly notRun: string | undefined;
  /** How long it may take. */
  readonly secondsMax: number;
}

const secondsUsual = 20;

/**
 * Finds the `sh` blocks of a page. The line above a block may say `<!-- run: no, because ... -->` or
 * `<!-- run: within 60 s -->`.
 * @throws Error for any other `run:` comment, and for one that stands above no block
 */
export const shellBlocks = (page: string): readonly ShellBlock[] => {
  const lines = page.split('\n');
  return lines.flatMap((text, at) => {
    const told = /^<!-- run: (.*) -->$/.exec(text)?.[1];
    if (told !== undefined && lines[at + 1] !== '```sh')
      throw new Error(`line ${at + 1}: no sh block follows`);
    if (text !== '```sh') return [];
    const end = lines.indexOf('```', at);
    if (end < 0) throw new Error(`line ${at + 1}: this block has no end`);
    const rule = /^<!-- run: (.*) -->$/.exec(lines[at - 1] ?? '')?.[1];
    const notRun = /^no, because (.{8,})$/.exec(rule ?? '')?.[1];
    const seconds = /^within (\d+) s$/.exec(rule ?? '')?.[1];
    if (rule !== undefined && notRun === undefined && seconds === undefined)
      throw new Error(`line ${at}: write "run: no, because REASON" or "run: within N s"`);
    return [
      {
        line: at + 1,
        script: lines.slice(at + 1, end).join('\n'),
        notRun,
        secondsMax: Number(seconds ?? secondsUsual),
      },
    ];
  });
};
