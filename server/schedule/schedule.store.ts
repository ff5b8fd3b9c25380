import type { Knex } from 'knex'
import { oneAtATime } from '../platform/one-at-a-time.js'
import type { CheckRecipients } from './recipients.js'
import type { Reference, Rhythm } from './slots.js'

/**
 * Why no check is made: somebody stopped it, whoever it reads for is no administrator any more, no connection, nobody comes,
 * the app has the service no longer.
 */
export type Paused = 'stopped' | 'owner-left' | 'unlinked' | 'unused' | 'not-offered'

/** What becomes of what a check finds: 知らせるだけ / 確認して同期 / 自動で同期. */
export type Mode = 'notify' | 'confirm' | 'auto'

/** Why 自動で同期 has ended by itself: a run that it started failed, or the connection is to another account. */
export type AutoOff = 'failed' | 'another-account'

/** 定期チェック of one flow. */
export interface Schedule extends Rhythm {
  id: string
  connector: string
  flow: string
  reference: Reference
  mode: Mode
  /** 対象範囲; null: everybody */
  scopeId: string | null
  recipients: CheckRecipients
  /** 自動で同期: since when, and into which account */
  autoSince: Date | null
  autoAccount: string | null
  autoOff: AutoOff | null
  /** whoever saved it: it is read with this administrator's authorisation, and started in this name */
  adminId: string
  adminName: string
  /** the time by the rule, and when it is tried */
  slotAt: Date
  nextAt: Date
  /** how often it was put off since */
  tries: number
  /** a run of the flow has ended since the last check */
  recountAt: Date | null
  paused: Paused | null
  pausedAt: Date | null
  toldFingerprint: string | null
  toldAt: Date | null
  /** checks that failed one after the other for the same cause */
  failures: number
}

/** What the page says. */
export interface Order extends Rhythm {
  reference: Reference
  mode: Mode
  scopeId: string | null
  recipients: CheckRecipients
}

/** Changed as a check comes and goes. */
export type Course = Partial<
  Pick<
    Schedule,
    | 'slotAt'
    | 'nextAt'
    | 'tries'
    | 'recountAt'
    | 'paused'
    | 'pausedAt'
    | 'toldFingerprint'
    | 'toldAt'
    | 'failures'
    | 'adminId'
    | 'mode'
    | 'autoSince'
    | 'autoAccount'
    | 'autoOff'
  >
>

const columns: Readonly<Record<keyof Schedule, string>> = {
  id: 'schedules.id',
  connector: 'schedules.connector',
  flow: 'schedules.flow',
  rule: 'schedules.rule',
  weekday: 'schedules.weekday',
  day: 'schedules.day',
  hour: 'schedules.hour',
  reference: 'schedules.reference',
  mode: 'schedules.mode',
  scopeId: 'schedules.scope_id',
  recipients: 'schedules.recipients',
  autoSince: 'schedules.auto_since',
  autoAccount: 'schedules.auto_account',
  autoOff: 'schedules.auto_off',
  adminId: 'schedules.admin_id',
  adminName: 'admins.name',
  slotAt: 'schedules.slot_at',
  nextAt: 'schedules.next_at',
  tries: 'schedules.tries',
  recountAt: 'schedules.recount_at',
  paused: 'schedules.paused',
  pausedAt: 'schedules.paused_at',
  toldFingerprint: 'schedules.told_fingerprint',
  toldAt: 'schedules.told_at',
  failures: 'schedules.failures',
}

const columnOf = (name: keyof Course): string => columns[name].replace('schedules.', '')

/** 定期チェック: one per flow. */
export function createScheduleStore(db: Knex, tenantId: string) {
  const rows = () =>
    db('schedules')
      .join('admins', 'admins.id', 'schedules.admin_id')
      .where({ 'schedules.tenant_id': tenantId })
      .select(columns)

  return {
    of: async (connector: string): Promise<Schedule[]> => (await rows().where({ connector })) as Schedule[],

    async ofFlow(connector: string, flow: string): Promise<Schedule | null> {
      const [schedule] = (await rows().where({ connector, flow })) as Schedule[]
      return schedule ?? null
    },

    async find(id: string): Promise<Schedule | null> {
      const [schedule] = (await rows().where({ 'schedules.id': id })) as Schedule[]
      return schedule ?? null
    },

    /** Those whose time has come, or whose figure is to be worked out again. */
    due: async (now: Date): Promise<Schedule[]> =>
      (await rows()
        .whereNull('schedules.paused')
        .where(due => due.where('schedules.next_at', '<=', now).orWhere('schedules.recount_at', '<=', now))
        .orderBy('schedules.next_at')) as Schedule[],

    /** One transaction at a time begins or ends a check of it. */
    async lock(id: string): Promise<Schedule | null> {
      await db('schedules').where({ tenant_id: tenantId, id }).forUpdate().first('id')
      return this.find(id)
    },

    /** … of a flow, while its page's form is taken; also where there is none to lock yet. */
    async lockFlow(connector: string, flow: string): Promise<Schedule | null> {
      await oneAtATime(db, 'schedules', tenantId, connector, flow)
      await db('schedules').where({ tenant_id: tenantId, connector, flow }).forUpdate().first('id')
      return this.ofFlow(connector, flow)
    },

    /** Saved anew it goes on, whatever had stopped it, in the name of whoever saves it. */
    async save(
      connector: string,
      flow: string,
      order: Order & { adminId: string; accountId: string; slotAt: Date; now: Date },
    ): Promise<void> {
      const isAuto = order.mode === 'auto'
      const values = {
        rule: order.rule,
        weekday: order.weekday,
        day: order.day,
        hour: order.hour,
        reference: order.reference,
        mode: order.mode,
        scope_id: order.scopeId,
        recipients: order.recipients,
        auto_since: isAuto ? order.now : null,
        auto_account: isAuto ? order.accountId : null,
        auto_off: null,
        admin_id: order.adminId,
        slot_at: order.slotAt,
        next_at: order.slotAt,
        tries: 0,
        paused: null,
        paused_at: null,
        failures: 0,
        updated_at: order.now,
      }
      await db('schedules')
        .insert({ tenant_id: tenantId, connector, flow, ...values })
        .onConflict(['tenant_id', 'connector', 'flow'])
        .merge(values)
    },

    async change(id: string, course: Course): Promise<void> {
      const values = Object.entries(course).map(([name, value]) => [columnOf(name as keyof Course), value] as const)
      if (values.length === 0) return
      await db('schedules').where({ tenant_id: tenantId, id }).update(Object.fromEntries(values))
    },

    /** When somebody of the company was here last. */
    async lastSignIn(): Promise<Date | null> {
      const row = (await db('admins').where({ tenant_id: tenantId }).max('signed_in_at as at').first()) as
        { at: Date | null } | undefined
      return row?.at ?? null
    },
  }
}

export type ScheduleStore = ReturnType<typeof createScheduleStore>
