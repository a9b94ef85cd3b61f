import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newViewId } from '../../src/model/id.ts';
import { plain } from '../../src/model/plain.ts';
import { isRefusal } from '../../src/model/refusal.ts';
import { systemChance } from '../../src/platform/chance/system-chance.ts';
import type { ViewShown } from '../../src/workflows/reveal/ask.ts';
import { castWorld, field, goodReason, knownValue, type Person, read, type World } from './cast.ts';

const minuteMs = 60_000;

describe('a look at a customer', () => {
  let world: World;
  beforeEach(async () => {
    world = await castWorld();
  });
  afterEach(() => world.drop());

  const view = async (
    person: Person,
    caseKey: string,
  ): Promise<{ asker: Awaited<ReturnType<World['asker']>>; shown: ViewShown }> => {
    const asker = await world.asker(person);
    const shown = await world.looking.view(asker, { caseKey, customerId: undefined, reason: undefined });
    if (isRefusal(shown)) throw new Error(`refused: ${shown.refused}`);
    return { asker, shown };
  };
  const refusedTo = async (person: Person, caseKey: string): Promise<string> => {
    const answer = await world.looking.view(await world.asker(person), {
      caseKey,
      customerId: undefined,
      reason: undefined,
    });
    return isRefusal(answer) ? answer.refused : 'shown';
  };

  it('shows masks first, the asked field on a reason, and has an entry for each', async () => {
    await world.openCase('4711', { by: 'asha', about: 'rosa' });
    const { asker, shown } = await view('asha', '4711');
    const masks = Object.fromEntries(shown.fields.map((each) => [each.name, each.masked]));
    expect(JSON.stringify(masks)).not.toContain(knownValue('rosa', 'phone'));
    expect(JSON.stringify(masks)).not.toContain(knownValue('rosa', 'email'));
    const revealed = await world.looking.reveal(asker, {
      viewId: shown.viewId,
      fields: [field('phone')],
      reason: goodReason(),
    });
    if (isRefusal(revealed)) throw new Error(revealed.refused);
    expect(read(revealed.fields)).toEqual({ phone: knownValue('rosa', 'phone') });
    expect(await world.accesses()).toMatchObject([
      {
        seq: shown.seq,
        action: 'view',
        outcome: 'permitted',
        customerId: world.customerIds.rosa,
        viewId: shown.viewId,
        agentId: world.agentIds.asha,
      },
      {
        seq: revealed.seq,
        action: 'reveal',
        outcome: 'permitted',
        fields: ['phone'],
        viewId: shown.viewId,
        topic: 'account-access',
      },
    ]);
  });

  it('is refused without a case of that customer in this agent’s hands, and tells nobody whether there is one', async () => {
    await world.openCase('4711', { by: 'asha', about: 'rosa' });
    const stranger = await world.asker('mateo');
    const answers = [
      await world.looking.view(stranger, { caseKey: '4711', customerId: undefined, reason: undefined }),
      await world.looking.view(stranger, {
        caseKey: 'no-such-case',
        customerId: undefined,
        reason: undefined,
      }),
      await world.looking.view(stranger, {
        caseKey: '4711',
        customerId: world.customerIds.rosa,
        reason: undefined,
      }),
      await world.looking.view(stranger, {
        caseKey: undefined,
        customerId: world.customerIds.rosa,
        reason: undefined,
      }),
    ];
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ refused: 'not-yours' });
    const entries = await world.accesses();
    expect(entries).toHaveLength(4);
    expect(
      entries.every((entry) => entry.outcome === 'refused' && entry.agentId === world.agentIds.mateo),
    ).toBe(true);
    expect(entries[0]?.customerId).toBe(world.customerIds.rosa);
  });

  it('is refused for another customer than the one the case names', async () => {
    await world.openCase('4711', { by: 'asha', about: 'rosa' });
    const answer = await world.looking.view(await world.asker('asha'), {
      caseKey: '4711',
      customerId: world.customerIds.tomas,
      reason: undefined,
    });
    expect(answer).toMatchObject({ refused: 'not-yours' });
  });

  it('is refused once the case is closed, and the view that was open reveals nothing more', async () => {
    await world.openCase('4711', { by: 'asha', about: 'rosa' });
    const { asker, shown } = await view('asha', '4711');
    await world.tell('4711', 'closed');
    const reveal = await world.looking.reveal(asker, {
      viewId: shown.viewId,
      fields: [field('phone')],
      reason: goodReason(),
    });
    expect(reveal).toMatchObject({ refused: 'case-closed' });
    expect(await refusedTo('asha', '4711')).toBe('case-closed');
  });

  it('is refused once the case has moved to another agent; helpers may look while they help', async () => {
    await world.openCase('4711', { by: 'asha', about: 'rosa' });
    const { asker, shown } = await view('asha', '4711');
    await world.tell('4711', 'assigned', { by: 'ravi' });
    expect(
      await world.looking.reveal(asker, {
        viewId: shown.viewId,
        fields: [field('phone')],
        reason: goodReason(),
      }),
    ).toMatchObject({ refused: 'case-moved' });
    expect(await refusedTo('asha', '4711')).toBe('case-moved');
    world.clock.advance(1);
    await world.tell('4711', 'helper-joined', { by: 'asha' });
    expect(await refusedTo('asha', '4711')).toBe('shown');
    world.clock.advance(1);
    await world.tell('4711', 'helper-left', { by: 'asha' });
    expect(await refusedTo('asha', '4711')).toBe('case-moved');
  });

  it('is refused on a case where nothing has happened for days', async () => {
    await world.openCase('4711', { by: 'asha', about: 'rosa' });
    world.clock.advance(73 * 60 * minuteMs);
    expect(await refusedTo('asha', '4711')).toBe('case-quiet');
  });

  it.each([
    ['the agent is suspended', "update agent set state = 'suspended' where ref = 'asha'"],
    ['the team is suspended', "update team set state = 'suspended' where ref = 'avocet'"],
    ['the site is suspended', "update site set state = 'suspended' where ref = 'indore'"],
    ['the vendor is suspended', "update vendor set state = 'suspended' where ref = 'northwind'"],
  ])('is refused at the next request when %s', async (_what, sql) => {
    await world.openCase('4711', { by: 'asha', about: 'rosa' });
    const { asker, shown } = await view('asha', '4711');
    await world.db.pool.query(sql);
    const answer = await world.looking.reveal(asker, {
      viewId: shown.viewId,
      fields: [field('phone')],
      reason: goodReason(),
    });
    expect(answer).toMatchObject({ refused: expect.stringMatching(/account-suspended|session-ended/) });
  });

  it('is refused at the next request when the agent has moved to another team', async () => {
    await world.openCase('4711', { by: 'asha', about: 'rosa' });
    const { asker, shown } = await view('asha', '4711');
    await world.db.pool.query(
      "update agent set team_id = (select id from team where ref = 'heron'), standing_no = standing_no + 1 where ref = 'asha'",
    );
    expect(
      await world.looking.reveal(asker, {
        viewId: shown.viewId,
        fields: [field('phone')],
        reason: goodReason(),
      }),
    ).toMatchObject({ refused: 'session-ended' });
    const again = await world.asker('asha');
    expect(
      await world.looking.reveal(again, {
        viewId: shown.viewId,
        fields: [field('phone')],
        reason: goodReason(),
      }),
    ).toMatchObject({ refused: 'view-ended' });
  });

  it('does not lend one agent’s view to another, nor to the same agent’s other session', async () => {
    await world.openCase('4711', { by: 'asha', about: 'rosa' });
    const { shown } = await view('asha', '4711');
    const ask = { viewId: shown.viewId, fields: [field('phone')], reason: goodReason() };
    expect(await world.looking.reveal(await world.asker('mateo'), ask)).toMatchObject({
      refused: 'not-yours',
    });
    expect(await world.looking.reveal(await world.asker('asha'), ask)).toMatchObject({
      refused: 'view-ended',
    });
    expect(
      await world.looking.reveal(await world.asker('mateo'), { ...ask, viewId: newViewId(systemChance) }),
    ).toMatchObject({ refused: 'not-yours' });
  });

  it('is refused when the session has ended, idle or signed out, and the try is on the record', async () => {
    await world.openCase('4711', { by: 'asha', about: 'rosa' });
    const { asker, shown } = await view('asha', '4711');
    world.clock.advance(31 * minuteMs);
    expect(
      await world.looking.reveal(asker, {
        viewId: shown.viewId,
        fields: [field('phone')],
        reason: goodReason(),
      }),
    ).toMatchObject({ refused: 'session-ended' });
    expect((await world.accesses()).at(-1)).toMatchObject({
      refusal: 'session-ended',
      agentId: world.agentIds.asha,
    });
  });

  it('never shows a field that is secret, unknown or not needed by the topic', async () => {
    await world.openCase('4711', { by: 'asha', about: 'rosa' });
    const { asker, shown } = await view('asha', '4711');
    const reveal = async (name: string) =>
      world.looking.reveal(asker, { viewId: shown.viewId, fields: [field(name)], reason: goodReason() });
    expect(await reveal('national_id')).toMatchObject({ refused: 'field-unknown' });
    expect(await reveal('shoe_size')).toMatchObject({ refused: 'field-unknown' });
    expect(await reveal('balance')).toMatchObject({ refused: 'field-not-needed' });
  });

  it('wants a reason of substance, and not the same one on another case', async () => {
    await world.openCase('1', { by: 'asha', about: 'rosa' });
    await world.openCase('2', { by: 'asha', about: 'tomas' });
    const first = await view('asha', '1');
    const reveal = (
      asker: typeof first.asker,
      shown: ViewShown,
      reason: { code: string | undefined; text: string | undefined } | undefined,
    ) => world.looking.reveal(asker, { viewId: shown.viewId, fields: [field('phone')], reason });
    expect(await reveal(first.asker, first.shown, undefined)).toMatchObject({ refused: 'reason-missing' });
    expect(await reveal(first.asker, first.shown, { code: undefined, text: '.....' })).toMatchObject({
      refused: expect.stringMatching(/^reason-/),
    });
    const pasted = goodReason();
    expect(isRefusal(await reveal(first.asker, first.shown, pasted))).toBe(false);
    const second = await view('asha', '2');
    expect(await reveal(second.asker, second.shown, pasted)).toMatchObject({ refused: 'reason-repeated' });
  });

  it('answers a retry from the first entry, and refuses the key for another ask', async () => {
    await world.openCase('4711', { by: 'asha', about: 'rosa' });
    const { asker, shown } = await view('asha', '4711');
    const keyed = { ...asker, idempotencyKey: randomUUID() };
    const ask = { viewId: shown.viewId, fields: [field('phone')], reason: goodReason() };
    const [one, two] = [await world.looking.reveal(keyed, ask), await world.looking.reveal(keyed, ask)];
    expect(one).toMatchObject({ seq: (two as { seq: number }).seq });
    expect((await world.accesses()).filter((access) => access.action === 'reveal')).toHaveLength(1);
    await expect(world.looking.reveal(keyed, { ...ask, fields: [field('email')] })).rejects.toMatchObject({
      code: 'key-reused',
    });
    world.clock.advance(11 * minuteMs);
    await expect(world.looking.reveal(keyed, ask)).rejects.toMatchObject({ code: 'key-reused' });
  });

  it('repeats the same view id when a view is retried', async () => {
    await world.openCase('4711', { by: 'asha', about: 'rosa' });
    const asker = await world.asker('asha', randomUUID());
    const ask = { caseKey: '4711', customerId: undefined, reason: undefined };
    const [one, two] = [await world.looking.view(asker, ask), await world.looking.view(asker, ask)];
    expect(one).toMatchObject({ viewId: (two as ViewShown).viewId });
  });

  it('keeps protected customers for two: the look is refused without an approval', async () => {
    await world.openCase('9', { by: 'asha', about: 'edith' });
    expect(await refusedTo('asha', '9')).toBe('needs-second-person');
  });

  it('reaches the customer without showing the number, once even when retried', async () => {
    await world.openCase('4711', { by: 'asha', about: 'rosa' });
    const { asker, shown } = await view('asha', '4711');
    const keyed = { ...asker, idempotencyKey: randomUUID() };
    const answers = [1, 2].map(() =>
      world.looking.contact(keyed, { viewId: shown.viewId, field: field('phone') }),
    );
    const answered = await Promise.all(answers);
    expect(JSON.stringify(answered)).not.toContain(knownValue('rosa', 'phone'));
    expect(world.contacted).toEqual([{ by: 'call', to: knownValue('rosa', 'phone'), agentRef: 'asha' }]);
    expect(await world.looking.contact(asker, { viewId: shown.viewId, field: field('name') })).toMatchObject({
      refused: 'field-unknown',
    });
  });

  it('stops at the budget, also when sixty-four reveals are asked at once', async () => {
    await world.drop();
    const limits = {
      agent: { revealsPerHourMax: 5, revealsPerShiftMax: 50, customersPerShiftMax: 50, lookupsPerHourMax: 5 },
    };
    world = await castWorld({ limits });
    await world.openCase('4711', { by: 'asha', about: 'rosa' });
    const { asker, shown } = await view('asha', '4711');
    const answers = await Promise.all(
      Array.from({ length: 64 }, () =>
        world.looking.reveal(asker, {
          viewId: shown.viewId,
          fields: [field('phone')],
          reason: { code: 'restore-access', text: undefined },
        }),
      ),
    );
    expect(answers.filter((answer) => !isRefusal(answer))).toHaveLength(5);
    expect(answers.filter(isRefusal).every((answer) => answer.refused === 'budget-agent-hour')).toBe(true);
    world.clock.advance(62 * minuteMs);
    expect((await world.accesses()).filter((access) => access.action === 'reveal')).toHaveLength(64);
  });

  it('finds the customer of the case by what they say, and nobody else', async () => {
    await world.openCase('4711', { by: 'asha', about: 'rosa' });
    const asker = await world.asker('asha');
    const lookup = (value: string) =>
      world.looking.lookup(asker, { caseKey: '4711', by: 'email', value: plain(value) });
    expect(await lookup(' Rosa.Garcia@MAIL.example ')).toMatchObject({ customerId: world.customerIds.rosa });
    const somebodyElse = await lookup(knownValue('tomas', 'email'));
    const nobody = await lookup('nobody@mail.example');
    expect(somebodyElse).toEqual(nobody);
    expect(somebodyElse).toMatchObject({ refused: 'no-match' });
    expect((await world.accesses()).map((access) => [access.outcome, access.customerId])).toEqual([
      ['permitted', world.customerIds.rosa],
      ['refused', world.customerIds.tomas],
      ['refused', undefined],
    ]);
  });

  it('binds a case that names nobody to the one customer found, once', async () => {
    await world.tell('77', 'opened', { topic: 'card', initiatedBy: 'customer' });
    await world.tell('77', 'assigned', { by: 'asha' });
    const asker = await world.asker('asha');
    const lookup = (value: string) =>
      world.looking.lookup(asker, { caseKey: '77', by: 'phone', value: plain(value) });
    expect(
      await world.looking.view(asker, { caseKey: '77', customerId: undefined, reason: undefined }),
    ).toMatchObject({ refused: 'not-yours' });
    expect(await lookup('07406 336536')).toMatchObject({ customerId: world.customerIds.rosa });
    expect(await lookup('07406 336537')).toMatchObject({ refused: 'no-match' });
    expect(
      await world.looking.view(asker, { caseKey: '77', customerId: undefined, reason: undefined }),
    ).toMatchObject({ customerId: world.customerIds.rosa });
  });

  it('lets nobody take records out, and records the try', async () => {
    await world.openCase('4711', { by: 'asha', about: 'rosa' });
    expect(
      await world.looking.export(await world.asker('asha'), {
        caseKey: '4711',
        fields: [field('email')],
        reason: undefined,
      }),
    ).toMatchObject({ refused: 'export-closed' });
    expect((await world.accesses()).at(-1)).toMatchObject({ action: 'export', outcome: 'refused' });
  });

  it('has the entry before anything is opened: a field that then does not open is on the record all the same', async () => {
    await world.openCase('4711', { by: 'asha', about: 'rosa' });
    const { asker, shown } = await view('asha', '4711');
    await world.db.pool.query("update customer set sealed = '\\x00'");
    const ask = { viewId: shown.viewId, fields: [field('phone')], reason: goodReason() };
    await expect(world.looking.reveal(asker, ask)).rejects.toMatchObject({ code: 'vault-closed' });
    expect((await world.accesses()).at(-1)).toMatchObject({ action: 'reveal', outcome: 'permitted' });
  });

  it('shows nothing when the entry cannot be made durable', async () => {
    await world.openCase('4711', { by: 'asha', about: 'rosa' });
    const { asker, shown } = await view('asha', '4711');
    await world.db.pool.query('alter table entry rename to entry_gone');
    const reveal = world.looking.reveal(asker, {
      viewId: shown.viewId,
      fields: [field('phone')],
      reason: goodReason(),
    });
    await expect(reveal).rejects.toMatchObject({ name: 'Fault' });
    await world.db.pool.query('alter table entry_gone rename to entry');
  });
});
