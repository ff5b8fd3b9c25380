import type { Knex } from 'knex'

/** Where forget_people copies the reasons of a dropped day to run_outcomes. */
const COPIED = 'select tenant_id, run_id, id, class, source_id, target_id, outcome, reason, applied_at'

/** The same function with another text in it: the rest of it stays as migrations/018_run_days.ts says. */
async function replaceIn(knex: Knex, from: string, to: string): Promise<void> {
  const { rows } = await knex.raw<{ rows: { sql: string }[] }>(
    `select pg_get_functiondef('forget_people(timestamptz)'::regprocedure) as sql`,
  )
  const sql = rows[0]?.sql ?? ''
  if (!sql.includes(from)) throw new Error('forget_people is not as it was')
  // A question mark would be a binding.
  await knex.raw(sql.replace(from, to).replaceAll('?', '\\?'))
}

const KEPT = COPIED.replace(' reason,', ' reason_to_keep(reason, key, name, kana),')

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- A reason without what names a person: one that holds the person's own name or key, an address of mail or a long
    -- number is emptied. Reasons are sentences of ours, or a service's own words.
    create function reason_to_keep(reason text, key text, name text, kana text) returns text
      language sql immutable set search_path = pg_catalog, pg_temp as
      $$ select case
        when reason is null then null
        when strpos(reason, '@') > 0 or reason ~ '[0-9０-９]{5,}'
          or (key <> '' and strpos(' ' || regexp_replace(reason, '[^0-9A-Za-z_-]+', ' ', 'g') || ' ', ' ' || key || ' ') > 0)
          or exists (
            select from unnest(array[name, kana, translate(name, ' 　', ''), translate(kana, ' 　', '')]
              || regexp_split_to_array(name, '[ 　]+') || regexp_split_to_array(kana, '[ 　]+')) as part
            where length(part) > 1 and strpos(reason, part) > 0)
        then '個人を特定できる内容を含むため、保存期間の終了とともに理由を削除しました。'
        else reason end $$;
  `)
  await replaceIn(knex, COPIED, KEPT.replace('reason_to_keep', 'public.reason_to_keep'))
}

export async function down(knex: Knex): Promise<void> {
  await replaceIn(knex, KEPT.replace('reason_to_keep', 'public.reason_to_keep'), COPIED)
  await knex.raw('drop function reason_to_keep(text, text, text, text)')
}
