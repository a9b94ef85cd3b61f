import type { Logger } from 'pino';
import { type FaultCode, isFault } from '../../model/fault.ts';

/** One answered request, for the operator. Only what is named here is ever written: no address line, no body. */
export interface AnsweredLine {
  /** The route's pattern, such as `/v1/views/:view/reveals`; `none` when no route fits. */
  readonly route: string;
  readonly method: string;
  readonly status: number;
  readonly ms: number;
  /** Set when the answer carried one. */
  readonly reference: string | undefined;
}

/** What went wrong, without a word of what was asked. */
export interface BrokenLine {
  readonly reference: string;
  readonly code: FaultCode;
  readonly route: string;
  /** The fault's own inward text, or the bare kind of something unforeseen. */
  readonly inward: string;
  readonly causes: readonly string[];
}

export interface Journal {
  answered(line: AnsweredLine): void;
  broke(line: BrokenLine): void;
}

const causesMax = 4;
const framesMax = 12;

/** Errors of libraries quote values in their messages, so only their kind, code and places in the code are kept. */
const bareText = (thrown: unknown): string => {
  if (!(thrown instanceof Error)) return `thrown ${typeof thrown}`;
  const code = 'code' in thrown && typeof thrown.code === 'string' ? ` ${thrown.code.slice(0, 40)}` : '';
  const frames = (thrown.stack ?? '')
    .split('\n')
    .filter((line) => /^ {4}at /.test(line) && !line.includes('node_modules'))
    .slice(0, framesMax)
    .map((line) => line.trim());
  return [`${thrown.constructor.name}${code}`, ...frames].join(' | ');
};

const causesOf = (thrown: unknown): string[] => {
  const causes: string[] = [];
  let next: unknown = thrown instanceof Error ? thrown.cause : undefined;
  while (next !== undefined && causes.length < causesMax) {
    causes.push(isFault(next) ? `${next.code}: ${next.message}` : bareText(next));
    next = next instanceof Error ? next.cause : undefined;
  }
  return causes;
};

/** What the operator may read about something thrown. A fault's inward text holds no personal data by contract. */
export const inwardOf = (thrown: unknown): Pick<BrokenLine, 'inward' | 'causes'> => ({
  inward: isFault(thrown) ? thrown.message : bareText(thrown),
  causes: causesOf(thrown),
});

export const pinoJournal = (pino: Logger): Journal => ({
  answered({ route, method, status, ms, reference }) {
    pino.info({ route, method, status, ms: Math.round(ms * 10) / 10, reference }, 'answered');
  },
  broke({ reference, code, route, inward, causes }) {
    pino.error({ reference, code, route, inward, causes }, 'broke');
  },
});
