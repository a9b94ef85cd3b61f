import { topicBlockDays, topicPlaces } from './booked-views.ts';
import { growingInt32, growingUint16 } from './growing-column.ts';

/** Counts of views by cell and day, written when a day ends, and by cell, block of days and topic. */
export interface DayCounts {
  add(cell: number, day: number, topic: number): void;
  endDay(): void;
  readonly firstDay: number;
  readonly lastDay: number;
  readonly views: number;
  columns(): { readonly cell: Int32Array; readonly day: Uint16Array; readonly views: Uint16Array };
  readonly topicViews: readonly Uint32Array[];
}

/** Grows with the cells; what is not there yet counts as none. */
const widened = (from: Int32Array, length: number): Int32Array<ArrayBuffer> => {
  const to = new Int32Array(Math.max(1024, length * 2));
  to.set(from);
  return to;
};

/** Counts by cell and topic of the block of days at hand, written to `topicViews` when the next begins. */
const createTopicCounts = () => {
  const topicViews: Uint32Array[] = [];
  let now = new Int32Array(0);
  let block = 0;
  const endBlock = (): void => {
    for (let at = 0; at < now.length; at += topicPlaces) {
      const counts = now.subarray(at, at + topicPlaces);
      if (!counts.some((count) => count > 0)) continue;
      const cell = at / topicPlaces;
      const known = topicViews[cell];
      const all =
        known && known.length >= (block + 1) * topicPlaces
          ? known
          : new Uint32Array((block + 1) * topicPlaces);
      if (known && all !== known) all.set(known);
      for (const [topic, count] of counts.entries()) {
        const place = block * topicPlaces + topic;
        all[place] = (all[place] ?? 0) + count;
      }
      topicViews[cell] = all;
    }
    now.fill(0);
  };
  return {
    topicViews,
    endBlock,
    add: (cell: number, inBlock: number, topic: number): void => {
      if (inBlock > block) {
        endBlock();
        block = inBlock;
      }
      const place = cell * topicPlaces + topic;
      if (place >= now.length) now = widened(now, place);
      now[place] = (now[place] ?? 0) + 1;
    },
  };
};

export const createDayCounts = (): DayCounts => {
  let todayViews = new Int32Array(0);
  let touched: number[] = [];
  const countCell = growingInt32();
  const countDay = growingUint16();
  const countViews = growingUint16();
  const topics = createTopicCounts();
  let firstDay = -1;
  let today = -1;
  let views = 0;

  const write = (cell: number, day: number, count: number): void => {
    countCell.push(cell);
    countDay.push(day);
    countViews.push(Math.min(65_535, count));
  };
  const endDay = (): void => {
    for (const cell of touched) {
      write(cell, today, todayViews[cell] ?? 0);
      todayViews[cell] = 0;
    }
    touched = [];
  };

  return {
    add: (cell, day, topic) => {
      views += 1;
      if (firstDay === -1 || day < firstDay) firstDay = day;
      if (day > today) {
        endDay();
        today = day;
      }
      if (cell >= todayViews.length) todayViews = widened(todayViews, cell);
      // A row that comes late, after a day of a later one, stands for itself.
      if (day < today) write(cell, day, 1);
      else {
        const before = todayViews[cell] ?? 0;
        if (before === 0) touched.push(cell);
        todayViews[cell] = before + 1;
      }
      topics.add(cell, Math.floor((day - firstDay) / topicBlockDays), topic);
    },
    endDay: () => {
      endDay();
      topics.endBlock();
    },
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
    topicViews: topics.topicViews,
  };
};
