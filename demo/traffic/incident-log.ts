import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';

/** One event of the UCI 498 log, as far as the replay needs it. `?` in the file is undefined here. */
export interface IncidentEvent {
  readonly at: number;
  readonly number: string;
  readonly state: string;
  readonly caller: string | undefined;
  readonly actor: string;
  readonly assignedTo: string | undefined;
  readonly group: string | undefined;
  readonly category: string | undefined;
  readonly byMail: boolean;
  readonly reopenCount: number;
}

/** The file's automation: it closes cases and looks at nobody. */
export const automation = 'Updated by 908';

const known = (text: string | undefined): string | undefined =>
  text === undefined || text === '?' ? undefined : text;

/** `29/2/2016 01:23`, without a zone: read as UTC. */
const readTime = (text: string): number => {
  const [day = 0, month = 0, year = 0, hour = 0, minute = 0] = text.split(/[/ :]/).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute);
};

const needed = [
  'number',
  'incident_state',
  'caller_id',
  'sys_updated_by',
  'sys_updated_at',
  'assigned_to',
  'assignment_group',
  'category',
  'contact_type',
  'reopen_count',
];

/**
 * Reads the log in the order in which things happened.
 * @throws Error with one line when the file is not that log
 */
export const readIncidentLog = async (file: string, eventsMax: number): Promise<IncidentEvent[]> => {
  const source = createReadStream(file);
  const unpacked = file.endsWith('.gz') ? source.pipe(createGunzip()) : source;
  const rows = unpacked.pipe(parse({ columns: true, max_record_size: 10_000 }));
  const fail = (cause: Error) => rows.destroy(new Error(`${file}: ${cause.message}`));
  source.on('error', fail);
  if (unpacked !== source) unpacked.on('error', fail);
  const events: IncidentEvent[] = [];
  for await (const row of rows as AsyncIterable<Record<string, string | undefined>>) {
    const missing = events.length === 0 ? needed.find((name) => row[name] === undefined) : undefined;
    if (missing)
      throw new Error(
        `${file} has no column ${missing}: give incident_event_log.csv of the UCI data set 498`,
      );
    events.push({
      at: readTime(row['sys_updated_at'] ?? ''),
      number: row['number'] ?? '',
      state: row['incident_state'] ?? '',
      caller: known(row['caller_id']),
      actor: row['sys_updated_by'] ?? '',
      assignedTo: known(row['assigned_to']),
      group: known(row['assignment_group']),
      category: known(row['category']),
      byMail: row['contact_type'] === 'Email',
      reopenCount: Number(row['reopen_count'] ?? 0),
    });
  }
  events.sort((a, b) => a.at - b.at);
  return eventsMax > 0 ? events.slice(0, eventsMax) : events;
};

/**
 * The log names whoever a case is assigned to and whoever acts on it by different anonymous ids. Who resolves a
 * case is most often who it is assigned to, so an id that is resolved by one actor in nine of ten cases, and in
 * three or more, is that actor. Answers actor by assigned id.
 */
export const matchAssignees = (events: readonly IncidentEvent[]): ReadonlyMap<string, string> => {
  const counts = new Map<string, Map<string, number>>();
  for (const { state, assignedTo, actor } of events) {
    if (state !== 'Resolved' || !assignedTo || actor === automation) continue;
    const byActor = counts.get(assignedTo) ?? new Map<string, number>();
    byActor.set(actor, (byActor.get(actor) ?? 0) + 1);
    counts.set(assignedTo, byActor);
  }
  const matched = new Map<string, string>();
  for (const [assignedTo, byActor] of counts) {
    const total = [...byActor.values()].reduce((sum, count) => sum + count, 0);
    const [actor, count] = [...byActor].sort((a, b) => b[1] - a[1])[0] ?? ['', 0];
    if (count >= 3 && count / total >= 0.9) matched.set(assignedTo, actor);
  }
  return matched;
};
