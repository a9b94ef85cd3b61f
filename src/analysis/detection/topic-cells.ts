import { bitCount, grownFloats, grownInts } from './growing-column.ts';
import { dwellSteps, fieldBitCount, type Memory, type TopicBook } from './memory.ts';

/** How fast what a topic shows is forgotten, a day. */
const fading = 0.97;
/** A field is rare for a topic when fewer than this share of its visits show it. */
const rareShare = 0.08;
/** Visits that a topic needs before anything is called rare. */
const visitsMin = 40;
/** The longest dwells, as a share. */
const longShare = 0.05;

/** The cell of a queue and topic, made when it is new; 0 when neither is known. */
export const topicCell = (topics: TopicBook, queue: number, topic: number): number => {
  if (queue === 0 && topic === 0) return 0;
  const key = queue * 65536 + topic;
  const known = topics.cellOf.get(key);
  if (known !== undefined) return known;
  const cell = topics.cellOf.size + 1;
  topics.cellOf.set(key, cell);
  fitCells(topics, cell + 1);
  return cell;
};

const fitCells = (topics: TopicBook, cells: number): void => {
  if (cells <= topics.cells) return;
  topics.cells = Math.max(32, Math.ceil(cells * 1.5));
  for (const name of ['visits', 'fieldsPerVisit', 'rarePerVisit', 'today', 'usual', 'dwellOver'] as const)
    topics[name] = grownFloats(topics[name], topics.cells);
  topics.shown = grownFloats(topics.shown, topics.cells * fieldBitCount);
  topics.dwells = grownFloats(topics.dwells, topics.cells * dwellSteps);
  const limits = topics.dwellLimit.length;
  topics.rareFields = grownInts(topics.rareFields, topics.cells);
  topics.agentsToday = grownInts(topics.agentsToday, topics.cells);
  topics.dwellLimit = grownInts(topics.dwellLimit, topics.cells).fill(dwellSteps, limits);
};

/** Makes room for cell 0, which stands for "not known". */
export const openTopics = (topics: TopicBook): void => fitCells(topics, 1);

/** The bits of a list of field names, joined by spaces. Beyond the bits there are, names share them. */
export const fieldMask = (memory: Memory, fieldSet: string): number => {
  let mask = 0;
  for (const name of fieldSet.split(' ')) {
    if (name === '') continue;
    let bit = memory.fieldBits.get(name);
    if (bit === undefined) {
      bit = memory.fieldBits.size % fieldBitCount;
      memory.fieldBits.set(name, bit);
    }
    mask |= 1 << bit;
  }
  return mask;
};

/** Half powers of two: 1 s is step 20, 1 min is step 32. */
export const dwellStep = (dwellMs: number): number =>
  Math.min(dwellSteps - 1, Math.floor(2 * Math.log2(dwellMs + 1)));

export const countFields = (topics: TopicBook, cell: number, mask: number): void => {
  const from = cell * fieldBitCount;
  for (let left = mask; left !== 0; left &= left - 1) {
    const bit = 31 - Math.clz32(left & -left);
    topics.shown[from + bit] = (topics.shown[from + bit] as number) + 1;
  }
};

const closeFields = (topics: TopicBook, cell: number): void => {
  const visits = topics.visits[cell] as number;
  const from = cell * fieldBitCount;
  let all = 0;
  let rare = 0;
  let mask = 0;
  for (let bit = 0; bit < fieldBitCount; bit += 1) {
    const shown = topics.shown[from + bit] as number;
    const share = (shown + 0.5) / (visits + 10);
    all += shown;
    if (share < rareShare && visits >= visitsMin) {
      mask |= 1 << bit;
      rare += share;
    }
    topics.shown[from + bit] = shown * fading;
  }
  // What little a topic has shown is pooled with what all topics show, and never trusted to stay at nothing.
  const usual = topics.fieldsPerVisit[0] as number;
  topics.fieldsPerVisit[cell] = Math.max(0.3 * usual, (all + 20 * usual) / (visits + 20));
  topics.rareFields[cell] = mask;
  // Fields that nobody was ever shown add their half counts: a first showing is no proof.
  topics.rarePerVisit[cell] = Math.max(0.01, rare - 0.4 * (bitCount(mask) / (visits + 10)));
};

const closeDwells = (topics: TopicBook, cell: number): void => {
  const from = cell * dwellSteps;
  let all = 0;
  for (let step = 0; step < dwellSteps; step += 1) all += topics.dwells[from + step] as number;
  let over = 0;
  let limit = dwellSteps;
  while (limit > 0 && over + (topics.dwells[from + limit - 1] as number) <= longShare * all) {
    limit -= 1;
    over += topics.dwells[from + limit] as number;
  }
  topics.dwellLimit[cell] = all >= visitsMin ? limit : dwellSteps;
  topics.dwellOver[cell] = all > 0 ? (over + 0.5) / (all + 1) : 0;
  for (let step = 0; step < dwellSteps; step += 1)
    topics.dwells[from + step] = (topics.dwells[from + step] as number) * fading;
};

/** Cell 0 stands for all topics together: what is known of a topic that was never seen before. */
const averageAll = (topics: TopicBook): void => {
  let visits = 0;
  let fields = 0;
  let rare = 0;
  for (let cell = 0; cell <= topics.cellOf.size; cell += 1) {
    const here = topics.visits[cell] as number;
    visits += here;
    fields += here * (topics.fieldsPerVisit[cell] as number);
    rare += here * (topics.rarePerVisit[cell] as number);
  }
  topics.fieldsPerVisit[0] = fields / (visits + 1);
  topics.rarePerVisit[0] = Math.max(0.01, rare / (visits + 1));
};

/** The end of a day: what topics show as of tomorrow morning. */
export const closeTopics = (topics: TopicBook): void => {
  for (let cell = 0; cell <= topics.cellOf.size; cell += 1) {
    closeFields(topics, cell);
    closeDwells(topics, cell);
    const usual = topics.usual[cell] as number;
    const today = topics.today[cell] as number;
    topics.usual[cell] = usual === 0 ? today : usual * 0.9 + Math.min(today, 3 * usual + 10) * 0.1;
    topics.today[cell] = 0;
    topics.agentsToday[cell] = 0;
  }
  averageAll(topics);
  for (let cell = 0; cell <= topics.cellOf.size; cell += 1)
    topics.visits[cell] = (topics.visits[cell] as number) * fading;
};
