import type { Caller, Http } from '../calls/call.js'
import { keyOf } from '../contract/keys.js'
import { openScope, pathsOf, type ScopeConditions, type ScopeList } from '../contract/scope.js'
import { ReconnectNeeded, VendorUnavailable } from '../errors.js'
import type { SignedIn } from '../install/guard.js'
import type { Tenant } from '../install/tenant.store.js'
import type { Clock } from '../platform/clock.js'
import type { InTenant } from '../platform/in-tenant.js'
import type { GrantStore } from '../smarthr/grant.store.js'
import { crewsByNumber, readScopeLists, scopedCrews, type ScopeLists } from '../smarthr/scope-lists.js'

/** A page waits for it: what takes longer is given up. */
const PATIENCE_MS = 20_000
/** The same for names beside what is shown anyway. */
const NAMES_MS = 4_000

/** A head-count looks at so many people, or for so long; then it says how far it has come. */
const MOST_COUNTED = 2_000
const COUNT_MS = 8_000

const TOO_SLOW = 'SmartHRからの応答に時間がかかっているため、中断しました。時間をおいて、やり直してください。'

const ALL_LISTS = ['departments', 'employmentTypes', 'establishments'] as const satisfies ScopeList[]

export interface HeadCount {
  inside: number
  counted: number
  /** as SmartHR says; null: it does not */
  total: number | null
}

export interface ScopeServiceDeps {
  inTenant: InTenant<{ grants: Pick<GrantStore, 'markReconnectNeeded'> }>
  smarthrOf(company: Tenant, adminId: string, caller?: Caller): Http
  clock: Clock
}

/** What the pages of 対象範囲 ask SmartHR while they are drawn. Everything throws like any call there. */
export function createScopeService({ inTenant, smarthrOf, clock }: ScopeServiceDeps) {
  const asking = async <T>(
    { tenant, admin }: SignedIn,
    ask: (http: Http) => Promise<T>,
    patienceMs = PATIENCE_MS,
  ): Promise<T> => {
    const signal = AbortSignal.timeout(patienceMs)
    try {
      return await ask(smarthrOf(tenant, admin.id, { signal }))
    } catch (error) {
      if (error instanceof ReconnectNeeded)
        await inTenant(tenant.id, ({ grants }) => grants.markReconnectNeeded(admin.id))
      if (signal.aborted) throw new VendorUnavailable(TOO_SLOW, clock.now(), { cause: error })
      throw error
    }
  }

  return {
    /** Those that conditions are chosen from. */
    lists: (who: SignedIn): Promise<ScopeLists> => asking(who, http => readScopeLists(http, ALL_LISTS)),

    /** The ones that are needed to name what conditions say: a page that can do without them waits a moment only. */
    names: (who: SignedIn, needed: readonly ScopeList[]): Promise<ScopeLists> =>
      asking(who, http => readScopeLists(http, needed), NAMES_MS),

    /** Who the people with these numbers are; those that nobody has, or several have, are missing. */
    people: (who: SignedIn, numbers: readonly string[]): Promise<Map<string, string>> =>
      asking(who, async http => {
        const found = new Map<string, string>()
        for (const number of new Set(numbers)) {
          const [id, ...others] = await crewsByNumber(http, keyOf(number) ?? number)
          if (id !== undefined && others.length === 0) found.set(number, id)
        }
        return found
      }),

    /** How many people of SmartHR are inside; of a big company the first ones. */
    count: (who: SignedIn, conditions: ScopeConditions, lists: ScopeLists): Promise<HeadCount> =>
      asking(who, async http => {
        const judge = openScope(conditions, lists)
        const [today, until] = [clock.today(), performance.now() + COUNT_MS]
        let [inside, counted, all] = [0, 0, null as number | null]
        for await (const { crews, total } of scopedCrews(http, lists, pathsOf(conditions))) {
          inside += crews.filter(crew => judge({ crew, key: null }, today) === null).length
          counted += crews.length
          all = total
          if (counted >= MOST_COUNTED || performance.now() > until) break
        }
        return { inside, counted, total: all }
      }),
  }
}

export type ScopeService = ReturnType<typeof createScopeService>
