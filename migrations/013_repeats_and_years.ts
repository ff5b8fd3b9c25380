import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table runs
      -- which of the people of retry_of this run is about: 'failed' or 'not_run'; null: both (runs of earlier releases)
      add column retry_outcome text,
      -- what a snapshot is for, where several of a flow are on offer side by side: the year; '' where there is one alone
      add column published_for text not null default '';
    drop index one_snapshot_per_flow;
    create unique index one_snapshot_per_flow on runs (connection_id, flow, published_for)
      where state = 'running' and published_at is not null;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    -- one snapshot of a flow stays on offer: the newest
    with ended as (
      update runs r set state = 'aborted', ended_at = now(), failure = '公開を終了しました。'
      where r.state = 'running' and r.published_at is not null and exists (
        select 1 from runs n where n.connection_id = r.connection_id and n.flow = r.flow and n.state = 'running'
          and n.published_at is not null and (n.published_at, n.id) > (r.published_at, r.id))
      returning r.id, r.tenant_id)
    update run_items i set outcome = 'not_run', reason = '公開を終了しました。' from ended
      where i.run_id = ended.id and i.tenant_id = ended.tenant_id and i.selected and i.outcome is null;
    drop index one_snapshot_per_flow;
    create unique index one_snapshot_per_flow on runs (connection_id, flow)
      where state = 'running' and published_at is not null;
    alter table runs drop column retry_outcome, drop column published_for;
  `)
}
