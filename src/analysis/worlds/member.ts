import type { SitePlan } from './desk-plan.ts';
import type { Matter } from './log-writer.ts';
import type { Topic } from './trade.ts';

/** A case as the simulated desk knows it. Times in milliseconds since 1970. */
export interface CaseFile extends Matter {
  readonly about: Topic;
  readonly openedAtMs: number;
  holder: Member;
  /** Not closed yet: positive infinity. */
  closedAtMs: number;
}

/** What someone is there for. `service` is a program with an account of its own. */
export type Post = 'agent' | 'lead' | 'quality' | 'fraud' | 'service';

export interface Team {
  readonly place: number;
  readonly number: number;
  /** Which of the trade's queues it works. */
  readonly queueAt: number;
  readonly sitePlan: SitePlan;
  readonly vendor: number;
  readonly site: number;
  /** Hour of the site's day at which work begins, by week when the site rotates. */
  readonly startHour: number;
  readonly members: Member[];
  /** The cases its people touched last, newest last. */
  readonly recent: CaseFile[];
}

/** One account at the desk: a person, or a program. */
export interface Member {
  readonly place: number;
  readonly post: Post;
  readonly teams: readonly { readonly fromDay: number; readonly team: Team }[];
  readonly shiftHours: number;
  /** Cases begun on an ordinary day. */
  readonly pace: number;
  /** Share of what a topic needs that this person unmasks. */
  readonly thorough: number;
  /** How often they unmask something that the topic does not need. */
  readonly stray: number;
  /** Share of their accesses that no case explains. */
  readonly loose: number;
  readonly joinsDay: number;
  readonly leavesDay: number;
  /** 1 for each day on which they work. */
  readonly present: Uint8Array;
  readonly device: number;
  /** Customers whom they know: written cases of these come to them. */
  readonly book: number[];
  /** What they worked on: the row of each view, and its case. */
  readonly touchRows: number[];
  readonly touchFiles: CaseFile[];
}

export interface Workforce {
  readonly teams: readonly Team[];
  readonly members: readonly Member[];
}
