import { topicBlockDays, topicPlaces } from './booked-views.ts';
import { growingInt32 } from './growing-column.ts';

/** Counts of views by cell and day, written when a day ends, and by cell, block of days and topic. */
export interface DayCounts {
  add(cell: number, day: number, topic: number): void;
  endDay(): void;
  readonly firstDay: number;
  readonly lastDay: number;
  readonly views: number;
  columns(): { readonly cell: Int32Array; readonly day: Int32Array; readonly views: Int32Array };
  readonly topicViews: ReadonlyMap<number, Uint32Array>;
}

export const createDayCounts = (): DayCounts => {
  const todayViews: number[] = [];
  let touched: number[] = [];
  const countCell = growingInt32();
  const countDay = growingInt32();
  const countViews = growingInt32();
  const topicViews = new Map<number, Uint32Array>();
  let firstDay = -1;
  let today = -1;
  let views = 0;

  const write = (cell: number, day: number, count: number): void => {
    countCell.push(cell);
    countDay.push(day);
    countViews.push(count);
  };
  const endDay = (): void => {
    for (const cell of touched) {
      write(cell, today, todayViews[cell] ?? 0);
      todayViews[cell] = 0;
    }
    touched = [];
  };
  const countTopic = (cell: number, day: number, topic: number): void => {
    const block = Math.max(0, Math.floor((day - firstDay) / topicBlockDays));
    let counts = topicViews.get(cell);
    if (counts === undefined || counts.length < (block + 1) * topicPlaces) {
      const wider = new Uint32Array((block + 1) * topicPlaces);
      if (counts) wider.set(counts);
      counts = wider;
      topicViews.set(cell, counts);
    }
    const place = block * topicPlaces + topic;
    counts[place] = (counts[place] ?? 0) + 1;
  };

  return {
    add: (cell, day, topic) => {
      views += 1;
      if (firstDay === -1 || day < firstDay) firstDay = day;
      if (day > today) {
        endDay();
        today = day;
      }
      // A row that comes late, after a day of a later one, stands for itself.
      if (day < today) write(cell, day, 1);
      else {
        const before = todayViews[cell] ?? 0;
        if (before === 0) touched.push(cell);
        todayViews[cell] = before + 1;
      }
      countTopic(cell, day, topic);
    },
    endDay,
    get firstDay() {
      return firstDay;
    },
    get lastDay() {
      return today;
    },
    get views() {
      return views;
    },
    columns: () => ({ cell: countCell.filled(), day: countDay.filled(), views: countViews.filled() }),
    topicViews,
  };
};
