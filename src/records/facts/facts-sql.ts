/**
 * The one question asked of the database before a decision: who asks, from where, under which case, about whom,
 * under which view, and what else lets them. It reads the tables of several rooms and writes none. Many asks are
 * answered together, all from one snapshot, so a case that closed, an agent who moved or a vendor that was suspended
 * counts at once.
 *
 * Each parameter is an array with one value an ask: session · now · case key (our id or the help desk's reference) ·
 * view · customer asked for · views older than this are over · reasons older than this are forgotten · mark of the
 * reason given · sessions not seen since this are over.
 *
 * What only has to exist is asked for with a limit and not by `exists`: the planner may answer `exists` by reading
 * the whole table into a hash, and a plan made while that table was empty would keep doing so.
 *
 * An answer is one text and three byte strings: a row of sixty columns costs more to take apart than to find. An ask
 * under no session at all has no text.
 */
export const factsSql = `
select f.told, f.masks, f.sealed, f.wrapped
from unnest($1::text[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[],
  $8::text[], $9::timestamptz[]) with ordinality as q (session_id, at_now, case_key, view_id, customer_id, views_since,
  reasons_since, mark, seen_since, place)
left join lateral (
  with asker as (
    select s.id as session_id,
      (s.ended_at is null and s.ends_at > q.at_now and s.seen_at > q.seen_since and s.standing_no = a.standing_no) as session_live,
      a.id as agent_id, a.ref as agent_ref, a.role,
      t.id as team_id, si.id as site_id, v.id as vendor_id,
      (a.state = 'active' and coalesce(t.state, 'active') = 'active' and coalesce(si.state, 'active') = 'active'
        and coalesce(v.state, 'active') = 'active') as standing_active,
      sh.starts_at::text as shift_starts_at, sh.ends_at::text as shift_ends_at, sh.time_zone as shift_time_zone
    from session s
    join agent a on a.id = s.agent_id
    left join team t on t.id = a.team_id
    left join site si on si.id = t.site_id
    left join vendor v on v.id = si.vendor_id
    left join shift sh on sh.id = t.shift_id
    where s.id = q.session_id
  ), viewed as (
    select seq, at, agent_id, session_id, team_id, customer_id, case_id
    from shown_view
    where view_id = q.view_id and at > q.views_since
  ), matter as (
    select c.* from support_case c where c.id = coalesce((select case_id from viewed), q.case_key) and (q.case_key is not null or q.view_id is not null)
    union all
    select c.* from support_case c where c.ref = q.case_key and not exists (select 1 from support_case d where d.id = q.case_key)
    limit 1
  ), named as materialized (
    select coalesce(
      (select cu.id from matter m join customer cu on cu.ref_hash = m.customer_ref_hash),
      (select m.found_customer_id from matter m where m.customer_ref_hash is null)
    ) as case_customer_id
  )
  select json_build_object(
      'session', json_build_array(asker.session_id, asker.session_live),
      'agent', json_build_array(asker.agent_id, asker.agent_ref, asker.role, asker.standing_active),
      'place', json_build_array(asker.team_id, asker.site_id, asker.vendor_id),
      'shift', json_build_array(asker.shift_starts_at, asker.shift_ends_at, asker.shift_time_zone),
      'view', case when viewed.agent_id = asker.agent_id then json_build_array(viewed.seq,
        viewed.session_id = asker.session_id and viewed.team_id is not distinct from asker.team_id
          -- a case that now names someone else, or that changed hands and came back, ends the view
          and (viewed.case_id is null or viewed.customer_id is not distinct from named.case_customer_id)
          and (viewed.case_id is null or m.held_since is null or m.holder_ref is distinct from asker.agent_ref or m.held_since <= viewed.at)) end,
      'case', case when m.id is not null then json_build_array(m.id, m.ref, m.open, case
          when m.holder_ref = asker.agent_ref then 'holder'
          when asker.agent_ref = any (m.helper_refs) then 'helper'
          when (select true from case_change cc where cc.case_ref = m.ref and cc.agent_ref = asker.agent_ref limit 1) then 'former'
          else 'none'
        end, m.customer_ref_hash is not null or m.found_customer_id is not null, m.queue_ref, m.topic, m.channel, m.initiated_by,
        floor(extract(epoch from m.last_change_at) * 1000)) end,
      'customer', json_build_array(named.case_customer_id, cu.id, cu.protected is not null, cu.catalogue_version, ck.wrapping_key_id),
      'approved', (select json_agg(ap.fields) from approval ap where ap.asked_by = asker.agent_id and ap.case_id = m.id
        and ap.customer_id = cu.id and ap.granted and ap.ends_at > q.at_now),
      'break_glass', (select true from break_glass b where b.agent_id = asker.agent_id and b.customer_id = cu.id
        and b.ended_at is null and b.ends_at > q.at_now limit 1) is true,
      'reason_repeated', q.mark is not null and (select true from access ra where ra.agent_id = asker.agent_id
        and ra.at > q.reasons_since and ra.reason_mark = q.mark and ra.case_id is distinct from m.id limit 1) is true
    )::text as told, cu.masks, cu.sealed, ck.wrapped
  from asker
  left join viewed on true
  left join matter m on true
  cross join named
  left join customer cu on cu.id = coalesce((select customer_id from viewed), q.customer_id, named.case_customer_id)
  left join keys.customer_key ck on ck.customer_id = cu.id
) f on true
order by q.place`;
