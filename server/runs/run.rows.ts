import type { Knex } from 'knex'
import type { Run, RunState } from './run.js'

/** Where each part of a run stands in the database. */
const columns: Readonly<
  Record<
    Exclude<
      keyof Run,
      | 'counts'
      | 'chosen'
      | 'omitted'
      | 'rules'
      | 'ruled'
      | 'tables'
      | 'tabled'
      | 'key'
      | 'keyed'
      | 'unasked'
      | 'scoped'
      | 'pulledWith'
      | 'undoneAt'
      | 'undoes'
      | 'person'
      | 'differingOnly'
      | 'approval'
    >,
    string
  >
> = {
  id: 'runs.id',
  tenantId: 'runs.tenant_id',
  connectionId: 'runs.connection_id',
  connector: 'runs.connector',
  flow: 'runs.flow',
  adminId: 'runs.admin_id',
  adminName: 'admins.name',
  adminEmail: 'admins.email',
  state: 'runs.state',
  revision: 'runs.revision',
  referenceDate: 'runs.reference_date',
  retryOf: 'runs.retry_of',
  retryOutcome: 'runs.retry_outcome',
  undoOf: 'runs.undo_of',
  takenBackAt: 'runs.taken_back_at',
  fetched: 'runs.fetched',
  fetchTotal: 'runs.fetch_total',
  planned: 'runs.planned',
  sourceListed: 'runs.source_listed',
  selectedCount: 'runs.selected_count',
  succeededCount: 'runs.succeeded_count',
  failedCount: 'runs.failed_count',
  unconfirmedCount: 'runs.unconfirmed_count',
  attempts: 'runs.attempts',
  waitingUntil: 'runs.waiting_until',
  waitingReason: 'runs.waiting_reason',
  cancelRequestedAt: 'runs.cancel_requested_at',
  failure: 'runs.failure',
  createdAt: 'runs.created_at',
  fetchBegunAt: 'runs.fetch_begun_at',
  fetchedAt: 'runs.fetched_at',
  settings: 'runs.settings',
  options: 'runs.options',
  omit: 'runs.omit',
  scope: 'runs.scope',
  area: 'runs.area',
  period: 'runs.period',
  groupId: 'runs.group_id',
  newItems: 'runs.new_items',
  shortfalls: 'runs.shortfalls',
  tallies: 'runs.tallies',
  atOnce: 'runs.at_once',
  automatic: 'runs.automatic',
  publishedAt: 'runs.published_at',
  pulledCount: 'runs.pulled_count',
  pulledAt: 'runs.pulled_at',
  queuedAt: 'runs.queued_at',
  startedAt: 'runs.started_at',
  endedAt: 'runs.ended_at',
  peopleDeletedAt: 'runs.people_deleted_at',
}

const counts = `json_build_object('new', runs.new_count, 'changed', runs.changed_count, 'same', runs.same_count,
  'excluded', runs.excluded_count, 'leftOut', runs.left_out_count) as counts`

/** The release before keeps a number of its own in `ticked` with every tick. */
export const KEPT_CHOICE = 'case when runs.ticked is null then runs.chosen end as chosen'

const omitted = `case when runs.omitted_revision = runs.revision then runs.omitted else '{}' end as omitted`

const rules = `case when runs.field_rules_of = runs.revision then runs.field_rules end as rules`
const ruled = `case when runs.field_rules_of = runs.revision
  and (runs.ruled_revision = runs.revision or runs.tabled_revision = runs.revision) then runs.field_rules end as ruled`

const tables = `case when runs.value_tables_of = runs.revision then runs.value_tables end as tables`
const tabled = `case when runs.value_tables_of = runs.revision and runs.tabled_revision = runs.revision
  then runs.value_tables end as tabled`

const key = `case when runs.key_of = runs.revision then runs.key_by end as key`
const keyed = `case when runs.key_of = runs.revision and runs.keyed_revision = runs.revision
  then runs.key_by end as keyed`
const unasked = `json_build_object('rules', runs.field_rules_of is distinct from runs.revision,
  'key', runs.key_of is distinct from runs.revision) as unasked`
const scoped = 'case when runs.scoped_revision = runs.revision then runs.scope end as scoped'
const differingOnly = `coalesce(runs.differing_revision = runs.revision, false) as "differingOnly"`

const pulledWith = '(select t.name from access_tokens t where t.id = runs.pulled_with) as "pulledWith"'

const undoneAt = '(select u.queued_at from runs u where u.id = runs.undo_of) as "undoneAt"'

const undoes = 'coalesce(runs.undo_of is not null and runs.undone_revision = runs.revision, false) as undoes'

const person = 'case when runs.source_listed is null then runs.person end as person'

const approval = `(select json_build_object('state', a.state, 'requestedBy', a.requested_by, 'requestedByName', asker.name,
    'decidedByName', decider.name)
  from approvals a join admins asker on asker.id = a.requested_by left join admins decider on decider.id = a.decided_by
  where a.run_id = runs.id order by a.requested_at desc limit 1) as approval`

/** A company's runs, each as a `Run`; to be narrowed by the caller. */
export const runRows = (db: Knex, tenantId: string): Knex.QueryBuilder<object, Run[]> =>
  db<object>('runs')
    .join<object>('admins', 'admins.id', 'runs.admin_id')
    .where('runs.tenant_id', tenantId)
    .select(
      columns,
      db.raw(counts),
      db.raw(KEPT_CHOICE),
      ...[
        omitted,
        rules,
        ruled,
        tables,
        tabled,
        key,
        keyed,
        unasked,
        scoped,
        pulledWith,
        undoneAt,
        undoes,
        person,
        differingOnly,
        approval,
      ].map(part => db.raw(part)),
    )

/** Runs that are being read, or were begun since then and wait for their selection: a button pressed once more gives them. */
export const openSince =
  (since: Date) =>
  (open: Knex.QueryBuilder): void =>
    void open
      .where({ state: 'fetching' })
      .orWhere((read: Knex.QueryBuilder) => void read.where({ state: 'ready' }).where('runs.created_at', '>', since))

/** Changes a run that stands in one of these states; false: it stands elsewhere by now, and nothing is changed. */
export const changeIn =
  (db: Knex, tenantId: string) =>
  async (id: string, from: readonly RunState[], values: Readonly<Record<string, unknown>>): Promise<boolean> =>
    (await db('runs').where({ tenant_id: tenantId, id }).whereIn('state', from).update(values)) === 1
