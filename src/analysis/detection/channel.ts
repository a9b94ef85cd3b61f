import type { AccessColumnName } from '../../model/access-columns.ts';
import type { AlertKind } from './detection.ts';

/**
 * What is counted of each agent each day, and compared with peers. The stakes are shares of the betting money, dealt
 * out among the channels that are on: what one channel loses, no other has to win back.
 */
export interface Channel {
  readonly name: string;
  readonly kind: AlertKind;
  readonly stake: number;
  /** A day counts for at most this: one odd day, however odd, is one odd day. */
  readonly dayMax: number;
  /** Days differ by at least this overdispersion: what comes rarely comes in bursts, long before a log shows it. */
  readonly spreadMin: number;
  /** Also watched in agents who are no case workers: what no role makes ordinary from one day to the next. */
  readonly everyRole: boolean;
  /** What one day's chances are counted in. */
  readonly per: 'visit' | 'hour' | 'own';
  readonly needsCases: boolean;
  /** Needs a case file or at least the case that an access names. */
  readonly needsPurpose: boolean;
  /** Access columns without which the channel is silent; a list within means any of these. */
  readonly needs: readonly (AccessColumnName | readonly AccessColumnName[])[];
  /** The noun phrase of the check, and of the figure: "12 looks at customers with no reason". */
  readonly counted: string;
}

const visitChannel = <Name extends string>(
  name: Name,
  kind: AlertKind,
  told: Pick<Channel, 'stake' | 'counted'> &
    Partial<Pick<Channel, 'needsCases' | 'needsPurpose' | 'needs' | 'dayMax' | 'spreadMin' | 'everyRole'>>,
): Channel & { readonly name: Name } => ({
  name,
  kind,
  per: 'visit',
  stake: told.stake,
  counted: told.counted,
  needsCases: told.needsCases ?? false,
  needsPurpose: told.needsPurpose ?? false,
  needs: told.needs ?? [],
  dayMax: told.dayMax ?? Number.POSITIVE_INFINITY,
  spreadMin: told.spreadMin ?? 0.08,
  everyRole: told.everyRole ?? false,
});

/** Channels in the order of their columns. `joint` is all of the others at once. */
export const channels = [
  visitChannel('unexplained', 'unexplained-looks', {
    stake: 0.2,
    everyRole: true,
    counted: 'customers looked at without any reason',
    needsPurpose: true,
  }),
  visitChannel('stranger', 'unexplained-looks', {
    stake: 0.12,
    everyRole: true,
    counted: 'customers looked at who had no live case with anybody',
    needsCases: true,
  }),
  visitChannel('colleague', 'unexplained-looks', {
    stake: 0.05,
    counted: 'customers looked at whose case a colleague held',
    needsCases: true,
  }),
  visitChannel('after-closing', 'looks-after-closing', {
    stake: 0.09,
    counted: 'customers looked at more than an hour after the agent’s own case had closed',
    needsCases: true,
  }),
  visitChannel('waiting', 'unexplained-looks', {
    stake: 0.01,
    dayMax: 2,
    counted: 'customers looked at while their case still waited and was then not taken',
    needsCases: true,
  }),
  visitChannel('self-made', 'self-made-cases', {
    stake: 0.06,
    counted: 'customers looked at under a case that the agent had opened himself',
    needs: ['initiated_by'],
  }),
  {
    ...visitChannel('fields', 'over-revealing', {
      stake: 0.07,
      counted: 'fields shown',
      needs: ['fields'],
    }),
    per: 'own' as const,
  },
  {
    ...visitChannel('rare-fields', 'over-revealing', {
      stake: 0.08,
      counted: 'fields shown that colleagues seldom need for the topic',
      needs: ['fields'],
    }),
    per: 'own' as const,
  },
  visitChannel('export', 'export', { stake: 0.07, everyRole: true, counted: 'exports', needs: ['action'] }),
  visitChannel('refused', 'probing', {
    stake: 0.04,
    everyRole: true,
    spreadMin: 1,
    counted: 'refused tries',
    needs: ['action'],
  }),
  visitChannel('empty-lookup', 'probing', {
    stake: 0.04,
    spreadMin: 0.5,
    counted: 'look-ups after which nothing was opened',
    needs: ['action'],
  }),
  {
    ...visitChannel('volume', 'surge', {
      stake: 0.05,
      everyRole: true,
      spreadMin: 0.2,
      counted: 'customers opened',
    }),
    per: 'hour' as const,
  },
  visitChannel('odd-hour', 'odd-hours', {
    stake: 0.04,
    dayMax: 3,
    spreadMin: 8,
    counted: 'customers opened at hours at which the agent never works',
  }),
  visitChannel('rhythm', 'odd-pace', {
    stake: 0.02,
    dayMax: 4,
    spreadMin: 4,
    counted: 'customers opened after exactly the same pause as the one before',
  }),
  visitChannel('haste', 'odd-pace', {
    stake: 0.02,
    spreadMin: 2,
    counted: 'customers opened within seconds of another one',
  }),
  {
    ...visitChannel('long-dwell', 'odd-pace', {
      stake: 0.02,
      dayMax: 8,
      counted: 'records left on the screen longer than colleagues need',
      needs: ['dwell_ms'],
    }),
    per: 'own' as const,
  },
  visitChannel('elsewhere', 'cherry-picking', {
    stake: 0.03,
    counted: 'customers opened who belong to other queues',
    needs: ['queue'],
  }),
  visitChannel('busy-customer', 'cherry-picking', {
    stake: 0.02,
    counted: 'customers opened of the kind that contacts the desk most',
  }),
  visitChannel('repeat', 'unexplained-looks', {
    stake: 0.02,
    needsPurpose: true,
    counted: 'customers looked at again on a third day or later without a reason',
  }),
  visitChannel('login', 'shared-login', {
    stake: 0.02,
    dayMax: 1,
    spreadMin: 8,
    counted: 'changes of device, site or session that one person does not make',
    needs: [['device', 'session', 'site']],
  }),
  visitChannel('shared-target', 'campaign', {
    stake: 0.08,
    needsPurpose: true,
    dayMax: 12,
    counted: 'customers looked at without a reason whom another agent had looked at so as well',
  }),
  visitChannel('joint', 'unexplained-looks', { stake: 0.16, counted: 'all signs together' }),
] as const satisfies readonly Channel[];

export type ChannelName = (typeof channels)[number]['name'];

export const channelCount = channels.length;

/** Places of the channels. */
export const channelAt = Object.fromEntries(channels.map(({ name }, at) => [name, at])) as {
  readonly [name in ChannelName]: number;
};

export interface KnownColumns {
  readonly accessColumns: ReadonlySet<AccessColumnName>;
  readonly caseChanges: boolean;
}

/** Whether a channel has what it needs. */
export const isChannelOn = (channel: Channel, known: KnownColumns): boolean =>
  (!channel.needsCases || known.caseChanges) &&
  (!channel.needsPurpose || known.caseChanges || known.accessColumns.has('case')) &&
  channel.needs.every((need) =>
    typeof need === 'string'
      ? known.accessColumns.has(need)
      : need.some((column) => known.accessColumns.has(column)),
  );
