import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseLogMap } from './log-map.ts';
import { openLogTables } from './log-tables.ts';

const projectDir = fileURLToPath(new URL('../../..', import.meta.url));
const maps = join(projectDir, 'formats', 'maps');
const uci = join(projectDir, '..', 'shared', 'data', 'uci498_servicenow', 'incident_event_log.csv.gz');

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maps-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

const read = async (map: string, file: string, content?: string) => {
  const path = content === undefined ? file : join(folder, file);
  if (content !== undefined) await writeFile(path, content);
  const tables = await openLogTables({ accesses: [path], map: join(maps, map) });
  let rows = 0;
  const told: unknown[] = [];
  for await (const chunk of tables.accesses()) {
    rows += chunk.rows;
    for (let at = 0; at < Math.min(chunk.rows, 3 - told.length); at += 1)
      told.push([
        new Date(chunk.atMs[at] ?? 0).toISOString(),
        tables.names.agents[chunk.agent[at] ?? 0],
        tables.names.customers[chunk.customer[at] ?? 0],
        tables.names.cases[chunk.case[at] ?? 0],
        chunk.action[at],
      ]);
  }
  const account = tables.account();
  await tables.close();
  return { rows, told, account, names: tables.names };
};

describe('a shipped map', () => {
  it('reads a Salesforce event log file', async () => {
    const content =
      '"EVENT_TYPE","TIMESTAMP_DERIVED","USER_ID","PAGE_ENTITY_ID","PAGE_ENTITY_TYPE","SESSION_KEY","EFFECTIVE_PAGE_TIME"\n' +
      '"LightningPageView","2026-03-01T09:00:00.000Z","005A","001B","Account","s","1200"\n' +
      '"LightningPageView","2026-03-01T09:00:01.000Z","005A","","","s",""\n' +
      '"LightningPageView","2026-03-01T09:00:02.000Z","005A","a0X","Report","s",""\n';
    const { told, account } = await read('salesforce-event-log.yaml', 'sf.csv', content);
    expect(told[0]).toEqual(['2026-03-01T09:00:00.000Z', '005A', '001B', '', 2]);
    expect(account.files[0]).toMatchObject({ used: 2, setAside: 1 });
  });

  it('reads a Zendesk access log, with the customer and the case from the address', async () => {
    const line = (url: string, method = 'GET') =>
      `{"id":"x","timestamp":"2026-03-01T09:00:00Z","user_id":"77","ip_address":"192.0.2.1","method":"${method}","url":"${url}"}\n`;
    const content =
      line('/api/v2/users/42.json?x=1') + line('/api/v2/tickets/9/comments.json') + line('/', 'POST');
    const { told, account } = await read('zendesk-access-log.yaml', 'zd.json', content);
    expect(told).toEqual([
      ['2026-03-01T09:00:00.000Z', '77', '42', '', 2],
      ['2026-03-01T09:00:00.000Z', '77', '', '9', 2],
    ]);
    expect(account.files[0]).toMatchObject({ used: 2, setAside: 1 });
  });

  it('reads OCSF API activity', async () => {
    const content = `${JSON.stringify({
      class_uid: 6003,
      activity_id: 2,
      time: 1_772_355_600_000,
      actor: { user: { uid: 'u1' }, session: { uid: 's' } },
      api: { operation: 'GetCustomer' },
      resources: [{ uid: 'c1' }],
      src_endpoint: { ip: '192.0.2.1' },
    })}\n`;
    const { told } = await read('ocsf-api-activity.yaml', 'ocsf.json', content);
    expect(told).toEqual([['2026-03-01T09:00:00.000Z', 'u1', 'c1', '', 2]]);
  });

  it('is checked: unknown keys, columns, formats, zones and expressions are named with their fix', () => {
    const tries: [string, RegExp][] = [
      ['columns: [', /m\.yaml: line \d+: is not YAML/],
      ['', /holds no map/],
      ['colums: {}', /m\.yaml: colums: is not known here; use accesses/],
      ['columns: { agnet: x }', /accesses\.columns\.agnet: is none of our columns: at, agent/],
      ['columns: { agent: { column: a, constant: b } }', /needs either column: or constant:/],
      [
        'columns: { agent: { column: a, match: "x(" } }',
        /agent\.match: is a regular expression with one group/,
      ],
      ['time: { zone: Mars }', /time\.zone: is no zone; write UTC/],
      ['accesses: { time: "%H" }', /time\.format: is not known/],
      ['columns: { dwell_ms: { column: a, times: x } }', /dwell_ms\.times: is the number/],
    ];
    for (const [text, line] of tries)
      expect(() => parseLogMap('m.yaml', text.startsWith('time') ? `${text}\naccesses: {}` : text)).toThrow(
        line,
      );
  });

  it.skipIf(!existsSync(uci))(
    'reads the ServiceNow log of UCI 498 whole (skipped where the file is not there)',
    async () => {
      const { rows, account, names } = await read('servicenow-incidents.yaml', uci);
      expect(account.files[0]).toMatchObject({ read: 141_712, setAside: 0, unknownWords: [] });
      expect(rows + (account.duplicates.accesses ?? 0)).toBe(141_712);
      // Place 0 of each list is nobody; so is "?".
      expect([names.agents.length, names.customers.length, names.cases.length]).toEqual([847, 5246, 24_919]);
    },
  );
});
