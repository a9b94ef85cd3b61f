import { sql } from 'kysely';
import { newId } from '../../model/id.ts';
import type { Chance } from '../../model/ports.ts';
import type { ToldAgent } from './told-directory.ts';
import { type Kind, type Tx, type Written, write } from './write-rows.ts';

const agentTeam = sql`case when t.team_said then tm.id else u.team_id end`;
const agentSubject = sql`case when t.subject_said then t.subject else u.subject end`;
const agentState = sql`case when t.state is null or (u.state = 'suspended' and t.state = 'active') then u.state else t.state end`;
const agentChanges = sql`(u.role, u.team_id, u.subject, u.state)
  is distinct from (t.role, ${agentTeam}, ${agentSubject}, ${agentState})`;
const agentRow = sql`(id text, ref text, name text, role text, team_said boolean, team_ref text, subject_said boolean,
  subject text, state text)`;

const agentRowOf = (agent: ToldAgent, chance: Chance) => ({
  id: newId('agent', chance),
  ref: agent.ref,
  name: agent.name,
  role: agent.role,
  team_said: agent.teamRef !== undefined,
  team_ref: agent.teamRef ?? null,
  subject_said: agent.subject !== undefined,
  subject: agent.subject ?? null,
  state: agent.state,
});

const agents = (rows: readonly object[]): Kind => ({
  rows,
  update: (chunk) => sql`
    update agent u set name = t.name, role = t.role, team_id = ${agentTeam}, subject = ${agentSubject},
      state = ${agentState}, standing_no = u.standing_no + case when ${agentChanges} then 1 else 0 end
    from json_to_recordset(${chunk}::json) as t ${agentRow} left join team tm on tm.ref = t.team_ref
    where u.ref = t.ref and (u.name <> t.name or ${agentChanges})`,
  insert: (chunk) => sql`
    insert into agent (id, ref, subject, name, role, team_id, state)
    select t.id, t.ref, t.subject, t.name, t.role, tm.id, coalesce(t.state, 'active')
    from json_to_recordset(${chunk}::json) as t ${agentRow} left join team tm on tm.ref = t.team_ref
    where not exists (select 1 from agent u where u.ref = t.ref)`,
});

export const writeAgents = async (tx: Tx, told: readonly ToldAgent[], chance: Chance): Promise<Written> => {
  // Two people may swap how they sign in: the subjects need only be unique once all rows are written.
  await sql`set constraints agent_subject_key deferred`.execute(tx);
  const written = await write(tx, agents(told.map((agent) => agentRowOf(agent, chance))));
  await sql`set constraints agent_subject_key immediate`.execute(tx);
  return written;
};

/** Gives everyone in these teams and sites another standing number. */
export const endStandingsUnder = async (
  tx: Tx,
  { teamRefs, siteRefs }: { readonly teamRefs: readonly string[]; readonly siteRefs: readonly string[] },
): Promise<void> => {
  if (teamRefs.length + siteRefs.length === 0) return;
  await sql`
    update agent u set standing_no = u.standing_no + 1
    from team t join site si on si.id = t.site_id
    where u.team_id = t.id and (t.ref = any (${teamRefs}::text[]) or si.ref = any (${siteRefs}::text[]))`.execute(
    tx,
  );
};
