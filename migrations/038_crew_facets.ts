import type { Knex } from 'knex'

/**
 * What a list of people is narrowed by besides its classes and fields: 部署 and 雇用形態 as SmartHR has them (the company's own
 * words; null: none, or nobody of SmartHR yet), and whether there is anything to look at (⚠). `runs.facets` says which values
 * occur and how often, of the plan with the revision it names: the release before fills neither, and its plans are offered
 * nothing to narrow by.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table run_items add column crew_department text, add column employment_type text,
      add column warned boolean not null default false;
    alter table runs add column facets jsonb;

    -- A small department of a big company: without them everybody is looked at, 100 ms for 100,000 people. The first names a
    -- value once for all its people and takes some 8 bytes of each.
    create index items_by_department on run_items (run_id, crew_department);
    create index items_warned on run_items (run_id, key, id) where warned;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index items_by_department;
    drop index items_warned;
    alter table runs drop column facets;
    alter table run_items drop column crew_department, drop column employment_type, drop column warned;
  `)
}
