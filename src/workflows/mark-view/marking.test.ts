import { describe, expect, it } from 'vitest';
import { MemoryLedger } from '../../../test/support/memory-ledger.ts';
import { type FieldName, findField } from '../../model/field.ts';
import { newId, newViewId } from '../../model/id.ts';
import { instantOf } from '../../model/instant.ts';
import { plain } from '../../model/plain.ts';
import { seededChance } from '../../platform/chance/seeded-chance.ts';
import { keySealer } from '../../platform/keys/subject-key.ts';
import type { Alert } from '../../records/alert/alert.ts';
import { drawField } from './draw-field.ts';
import type { MarkingPorts } from './marking-ports.ts';
import { type AbsenceTold, reportAbsence } from './report-absence.ts';
import { viewTile } from './view-tile.ts';

const chance = seededChance('marking');
const [own, other] = [newId('session', chance), newId('session', chance)];
const viewId = newViewId(chance);
const agentId = newId('agent', chance);
const openedAt = Date.UTC(2026, 10, 22, 9);

const field = (name: string, rendering: 'text' | 'pixels') => ({
  name: name as FieldName,
  label: name,
  class: 'sensitive' as const,
  mask: 'hidden' as const,
  topics: [],
  lookup: undefined,
  contact: undefined,
  rendering,
  charsMax: 200,
});

const setUp = (ageMs = 60_000) => {
  const ledger = new MemoryLedger();
  const alerts: Omit<Alert, 'deliveredAt'>[] = [];
  const ports: MarkingPorts = {
    clock: { now: () => instantOf(openedAt + ageMs) },
    chance,
    ledger,
    catalogue: { version: 'a', fields: [field('balance', 'pixels'), field('email', 'text')] },
    viewMaxMs: 3_600_000,
    views: {
      isShownIn: async (id, session, since) => id === viewId && session === own && openedAt > since,
    },
    alerts: { add: async (alert) => void alerts.push(alert) },
    outbox: { send: async () => true },
    whoAsks: async (sessionId) => ({
      sessionId,
      sessionLive: true,
      agentId,
      agentRef: 'a-1',
      role: 'agent',
      active: true,
      teamId: undefined,
      siteId: undefined,
      vendorId: undefined,
      shift: undefined,
    }),
    agentSealer: async () => keySealer(chance.bytes(32), chance),
  };
  const report = (told: Partial<AbsenceTold>) =>
    reportAbsence(ports, own, { viewId, reason: 'removed', restoredCount: 1, ...told });
  return { ports, ledger, alerts, report };
};

describe('the mark of a view', () => {
  it('is for the session that the view was opened in, while the view may be worked in', async () => {
    const ask = { viewId, theme: 'light' } as const;
    expect((await viewTile(setUp().ports, own, ask)).subarray(1, 4)).toEqual(
      new Uint8Array(Buffer.from('PNG')),
    );
    for (const [ports, session] of [
      [setUp().ports, other],
      [setUp(3_600_000).ports, own],
    ] as const)
      await expect(viewTile(ports, session, ask)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('that was away is on record, with who sat there', async () => {
    const { ledger, alerts, report } = setUp();
    await report({});
    expect(ledger.drafts).toMatchObject([
      {
        kind: 'mark-absence/v1',
        by: { disclosures: { agent: agentId, detail: { view: viewId, reason: 'removed', restored: 1 } } },
      },
    ]);
    expect(alerts).toEqual([]);
  });

  it('that is taken away again and again makes one alert, which says what it may innocently be', async () => {
    const { alerts, report } = setUp();
    for (const restoredCount of [1, 2, 3, 4]) await report({ restoredCount });
    expect(alerts).toMatchObject([{ kind: 'mark-absence', agentId, seq: 2 }]);
    expect(alerts[0]?.reasons.join(' ')).toContain('browser extension');
    await report({ reason: 'contested', restoredCount: 41 });
    expect(alerts).toHaveLength(2);
  });

  it('cannot be told to be away by a session that never had the view', async () => {
    const { ports, ledger } = setUp();
    const told = { viewId, reason: 'removed', restoredCount: 1 } as const;
    await expect(reportAbsence(ports, other, told)).rejects.toMatchObject({ code: 'not-found' });
    expect(ledger.drafts).toEqual([]);
  });
});

describe('a revealed field', () => {
  it('is drawn when the catalogue says pixels, and is text when it says text', async () => {
    const { ports } = setUp();
    const draw = (name: string) =>
      drawField(ports, { name: name as FieldName, value: plain('1,204.50 EUR'), viewId, theme: 'dark' });
    expect(findField(ports.catalogue, 'balance')?.rendering).toBe('pixels');
    expect((await draw('balance'))?.png.length).toBeGreaterThan(100);
    expect(await draw('email')).toBeUndefined();
  });
});
