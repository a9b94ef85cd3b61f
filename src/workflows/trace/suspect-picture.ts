import type { SuspectPicture, TracedSuspect } from './traced-leak.ts';

const width = 900;
const left = 44;
const right = 12;
const viewsTop = 18;
const viewsHeight = 90;
const marksTop = 132;
const marksHeight = 80;
const height = marksTop + marksHeight + 26;
const columnsMax = 400;

const round = (value: number): string => value.toFixed(1);

interface Column {
  readonly label: string;
  readonly views: number;
  readonly marks: number;
  readonly expected: number;
}

/** Days, or blocks of days when there are more than a picture has room for. */
const columnsOf = (days: SuspectPicture['days']): readonly Column[] => {
  const size = Math.max(1, Math.ceil(days.length / columnsMax));
  return Array.from({ length: Math.ceil(days.length / size) }, (_, at) => {
    const block = days.slice(at * size, (at + 1) * size);
    const sum = (pick: (day: SuspectPicture['days'][number]) => number): number =>
      block.reduce((total, day) => total + pick(day), 0);
    return {
      label: block[0]?.day ?? '',
      views: sum(({ views }) => views),
      marks: sum(({ marks }) => marks),
      expected: sum(({ expected }) => expected),
    };
  });
};

const placeOf = (columns: readonly Column[], day: string): number => {
  const at = columns.findLastIndex(({ label }) => label <= day);
  return Math.max(0, at);
};

/**
 * The timeline of one account as SVG: above its looks a day, below the reports (or records) about customers it had
 * seen, beside as many as expected; the window of dates is shaded, the doubt about its start lighter.
 */
export const suspectPicture = (picture: SuspectPicture, { window }: TracedSuspect): string => {
  const columns = columnsOf(picture.days);
  if (columns.length === 0) return '';
  const step = (width - left - right) / columns.length;
  const x = (at: number): number => left + at * step;
  const viewsMost = Math.max(1, ...columns.map(({ views }) => views));
  const marksMost = Math.max(1, ...columns.map(({ marks, expected }) => Math.max(marks, expected)));
  const shade = (from: string, to: string, kind: string): string => {
    const [start, end] = [placeOf(columns, from.slice(0, 10)), placeOf(columns, to.slice(0, 10)) + 1];
    return `<rect class="${kind}" x="${round(x(start))}" y="${viewsTop}" width="${round(Math.max(2, x(end) - x(start)))}" height="${marksTop + marksHeight - viewsTop}"/>`;
  };
  const bars = columns
    .map(({ views, marks }, at) => {
      const bar = (value: number, most: number, top: number, tall: number, kind: string): string => {
        const high = (value / most) * tall;
        return value === 0
          ? ''
          : `<rect class="${kind}" x="${round(x(at))}" y="${round(top + tall - high)}" width="${round(Math.max(1, step - 0.5))}" height="${round(high)}"/>`;
      };
      return (
        bar(views, viewsMost, viewsTop, viewsHeight, 'all') +
        bar(marks, marksMost, marksTop, marksHeight, 'odd')
      );
    })
    .join('');
  const line = columns
    .map(
      ({ expected }, at) =>
        `${round(x(at) + step / 2)},${round(marksTop + marksHeight - (expected / marksMost) * marksHeight)}`,
    )
    .join(' ');
  const hasExpected = columns.some(({ expected }) => expected > 0);
  const months = columns
    .map(({ label }, at) => ({ label, at }))
    .filter(({ label }, place, all) => place === 0 || label.slice(0, 7) !== all[place - 1]?.label.slice(0, 7))
    .filter((_, place, all) => place % Math.max(1, Math.ceil(all.length / 12)) === 0)
    .map(({ label, at }) => `<text x="${round(x(at))}" y="${height - 6}">${label.slice(0, 7)}</text>`)
    .join('');
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Looks a day and ${picture.mark}s over time">
${shade(window.start_low, window.end, 'doubt')}${shade(window.start, window.end, 'within')}
<text x="${left}" y="12">looks a day (most: ${Math.round(viewsMost)})</text>
<text x="${left}" y="${marksTop - 6}">${picture.mark}s a day (most: ${Math.round(marksMost)})${hasExpected ? '; the line: as many as expected' : ''}</text>
${bars}${hasExpected ? `<polyline class="line" points="${line}"/>` : ''}
<line class="grid" x1="${left}" y1="${viewsTop + viewsHeight}" x2="${width - right}" y2="${viewsTop + viewsHeight}"/>
<line class="grid" x1="${left}" y1="${marksTop + marksHeight}" x2="${width - right}" y2="${marksTop + marksHeight}"/>
${months}</svg>`;
};
