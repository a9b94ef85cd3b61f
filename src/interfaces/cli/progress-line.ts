/** How far long work has come. `total` is undefined when nobody knows it yet. */
export interface Progress {
  readonly done: number;
  readonly total: number | undefined;
  /** In the words of the work: `214,000 customers kept, 3 rows bad`. */
  readonly words: string;
}

/** Shows the newest state of one piece of work; call it as often as you like. `undefined`: the work has ended. */
export type ShowProgress = (progress: Progress | undefined) => void;

export interface ProgressScreen {
  readonly isTerminal: boolean;
  /** Characters in a line. */
  readonly columns: number;
  write(text: string): void;
  nowMs(): number;
}

const barCells = 24;
/** Quick enough to look alive, slow enough to cost nothing. */
const terminalMs = 100;
/** Without a terminal the lines go to a file: one now and then. */
const plainMs = 10_000;

const percentOf = ({ done, total }: Progress): number | undefined =>
  total ? Math.min(100, Math.floor((100 * done) / total)) : undefined;

const barOf = (percent: number): string => {
  const filled = Math.floor((percent * barCells) / 100);
  return `[${'#'.repeat(filled)}${'.'.repeat(barCells - filled)}] ${String(percent).padStart(3)} %  `;
};

const clearLine = '\r\u001b[K';

/** One line, rewritten, on a terminal; a plain line every ten seconds elsewhere. The last state is always shown. */
export const progressLine = (screen: ProgressScreen): ShowProgress => {
  let shownMs = Number.NEGATIVE_INFINITY;
  let latest: Progress | undefined;
  let unshown = false;
  const show = (progress: Progress): void => {
    const percent = percentOf(progress);
    unshown = false;
    shownMs = screen.nowMs();
    if (!screen.isTerminal) {
      screen.write(`${percent === undefined ? '' : `${percent} %: `}${progress.words}\n`);
      return;
    }
    const line = `${percent === undefined ? '' : barOf(percent)}${progress.words}`;
    screen.write(`${clearLine}${line.slice(0, Math.max(1, screen.columns - 1))}`);
  };
  return (progress) => {
    if (progress === undefined) {
      if (latest && unshown) show(latest);
      if (latest && screen.isTerminal) screen.write('\n');
      latest = undefined;
      shownMs = Number.NEGATIVE_INFINITY;
      return;
    }
    latest = progress;
    unshown = true;
    if (screen.nowMs() - shownMs >= (screen.isTerminal ? terminalMs : plainMs)) show(progress);
  };
};
