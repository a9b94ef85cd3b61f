/**
 * The one question asked of the database before a decision: who asks, from where, under which case, about whom,
 * under which view, and what else lets them. It reads the tables of several rooms and writes none, so that every
 * ask sees one snapshot: a case that closed, an agent who moved or a vendor that was suspended counts at once.
 *
 * $1 session id · $2 now · $3 case key (our id or the help desk's reference) · $4 view id · $5 customer asked for
 * · $6 views older than this are over · $7 reasons older than this are forgotten · $8 mark of the reason given
 */
export const factsSql = `
with asker as (
  select s.id as session_id, s.standing_no as session_standing_no, s.seen_at, s.ends_at, s.ended_at,
    a.id as agent_id, a.ref as agent_ref, a.role, a.standing_no,
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
  where s.id = $1
), viewed as (
  select seq, at, agent_id, session_id, team_id, customer_id, case_id
  from access
  where view_id = $4 and action = 'view' and outcome = 'permitted' and at > $6
  limit 1
), matter as (
  select c.* from support_case c where c.id = coalesce((select case_id from viewed), $3) and ($3 is not null or $4 is not null)
  union all
  select c.* from support_case c where c.ref = $3 and not exists (select 1 from support_case d where d.id = $3)
  limit 1
), named as (
  select coalesce(
    (select cu.id from matter m join customer cu on cu.ref_hash = m.customer_ref_hash),
    (select m.found_customer_id from matter m where m.customer_ref_hash is null)
  ) as case_customer_id
)
select asker.*,
  viewed.seq as view_seq, viewed.at as view_at, viewed.agent_id as view_agent_id, viewed.session_id as view_session_id,
  viewed.team_id as view_team_id, viewed.customer_id as view_customer_id,
  m.id as case_id, m.ref as case_ref, m.open as case_open, m.queue_ref, m.topic, m.channel, m.initiated_by,
  m.last_change_at, m.held_since,
  (m.customer_ref_hash is not null or m.found_customer_id is not null) as case_names_someone,
  case
    when m.holder_ref = asker.agent_ref then 'holder'
    when asker.agent_ref = any (m.helper_refs) then 'helper'
    when exists (select 1 from case_change cc where cc.case_ref = m.ref and cc.agent_ref = asker.agent_ref) then 'former'
    else 'none'
  end as hands,
  named.case_customer_id,
  cu.id as customer_id, cu.protected, cu.catalogue_version, cu.masks, cu.sealed,
  ck.wrapping_key_id as customer_wrapping_key_id, ck.wrapped as customer_wrapped,
  exists (
    select 1 from approval ap where ap.asked_by = asker.agent_id and ap.case_id = m.id and ap.customer_id = cu.id
      and ap.granted and ap.ends_at > $2
  ) as approved,
  (select coalesce(array_agg(distinct f), '{}') from approval ap, unnest(ap.fields) f
    where ap.asked_by = asker.agent_id and ap.case_id = m.id and ap.customer_id = cu.id and ap.granted and ap.ends_at > $2
  ) as approved_fields,
  exists (
    select 1 from break_glass b where b.agent_id = asker.agent_id and b.customer_id = cu.id
      and b.ended_at is null and b.ends_at > $2
  ) as break_glass,
  ($8::text is not null and exists (
    select 1 from access ra where ra.agent_id = asker.agent_id and ra.at > $7 and ra.reason_mark = $8
      and ra.case_id is distinct from m.id
  )) as reason_repeated
from asker
left join viewed on true
left join matter m on true
cross join named
left join customer cu on cu.id = coalesce((select customer_id from viewed), $5, named.case_customer_id)
left join keys.customer_key ck on ck.customer_id = cu.id`;
