import type { Recorder } from '../audit/audit.store.js'
import type { AccountRef, Connection } from '../connections/connection.store.js'
import { goesByLinks, type Connector, type Entry, type SyncFlow } from '../contract/contract.js'
import { ruledMapping } from '../contract/field-rules.js'
import { Conflict, NotFound, VendorClosed, VendorRefused, type Reason } from '../errors.js'
import type { Clock } from '../platform/clock.js'
import type { InTenant } from '../platform/in-tenant.js'
import { difference } from '../runs/difference.js'
import { folded, searchable } from '../runs/folding.js'
import type { LinkStore } from '../runs/link.store.js'
import { ownerOf, type Who } from '../runs/may-start.js'
import { closedSentence } from '../runs/labels.js'
import { peopleFlows, type PersonStore } from '../runs/person.store.js'
import type { RunFailures } from '../runs/run-failures.js'
import { keyNow, rulesNow, settingsNow } from '../runs/run-settings.js'
import type { Change, Run } from '../runs/run.js'
import type { RunStore } from '../runs/run.store.js'
import type { OpenSides, Sides } from '../runs/sides.js'
import type { BeginStores } from './begin.service.js'

export interface PairStores extends Pick<BeginStores, 'connections' | 'settings' | 'fieldRules' | 'flowKeys'> {
  audit: Recorder
  people: PersonStore
  links: LinkStore
  runs: Pick<RunStore, 'active' | 'list'>
}

/** A record of the service that the person may be paired with. */
export interface Candidate extends Pick<Entry, 'id' | 'key' | 'name' | 'kana' | 'detail'> {
  /** SmartHR's id of whom it is paired with; null: of nobody */
  of: string | null
}

/** A person's pair in a service. */
export interface Pairing {
  connector: Connector
  connection: Connection
  /** flows that go by remembered pairs */
  flows: readonly SyncFlow[]
  /** the service's id; null: the person has no pair there */
  serviceId: string | null
}

/** Records of a search, and listing pages that are asked for where no run has kept them. */
const FOUND = 50
const PAGES = 10

const taken = (by: string) =>
  `この登録は、すでに別の従業員${by}と紐付いているため、紐付けられません。先に、その従業員の紐付けを直してください。`

/** The record is somebody else's: whose, as SmartHR's id of the person. */
export class PairTaken extends Conflict {
  constructor(
    reason: Reason,
    readonly crewId: string | null,
  ) {
    super(reason)
  }
}
const BUSY = '同期を実行しているため、紐付けを直せません。終わってから、やり直してください。'
const STALE = 'ほかの操作で紐付けが変わったため、変更していません。今の紐付けを確認してから、やり直してください。'
const NEVER_READ = 'この連携では従業員をまだ取得していないため、検索できません。一度取得してから、やり直してください。'

const gone = ({ labels }: Connector): string =>
  `${labels.product}で、この登録を確認できなかったため、紐付けられません。削除されたか、在籍していない可能性があります。${labels.product}を確認してから、選び直してください。`

export interface PairDeps {
  inTenant: InTenant<PairStores>
  clock: Clock
  connectorOf(id: string): Connector
  openSides: OpenSides
  failures: Pick<RunFailures, 'asking'>
}

/** The flows of a service that go by remembered pairs, and can be asked for one person. */
export const pairedFlows = ({ flows }: Connector): SyncFlow[] =>
  flows.filter(
    (flow): flow is SyncFlow =>
      flow.kind === 'sync' && flow.dataset === 'employees' && goesByLinks(flow) && flow.onePerson === true,
  )

/** The pair of a person; throws NotFound for a service that is not connected, or remembers no pairs. */
const finder =
  ({ connectorOf }: Pick<PairDeps, 'connectorOf'>) =>
  async (stores: PairStores, who: Who, crewId: string, connectorId: string): Promise<Pairing> => {
    const connector = connectorOf(connectorId)
    const flows = pairedFlows(connector)
    const connection =
      flows.length > 0 && (await stores.connections.current(connector.id, ownerOf(connector, who.adminId)))
    if (!connection) throw new NotFound()
    const [link] = (
      await stores.links.of({ connector: connector.id, accountId: connection.accountId }, 'smarthr', [crewId])
    ).filter(({ dead }) => !dead)
    return { connector, connection, flows, serviceId: link?.serviceId ?? null }
  }

/** Asks both sides something, as a run of the connection would. */
async function askBoth<T>(
  { inTenant, clock, openSides, failures }: Pick<PairDeps, 'inTenant' | 'clock' | 'openSides' | 'failures'>,
  who: Who,
  { connector, connection, flows }: Pairing,
  work: (sides: Sides, run: Run) => Promise<T>,
): Promise<T> {
  const run = await inTenant(who.tenantId, async stores => {
    const own = flows.find(({ direction }) => direction === 'to-service')
    const last = (await stores.runs.list(connector.id, { ...(own && { flow: own.id }) }, 1)).find(
      ({ connectionId }) => connectionId === connection.id,
    )
    if (!last || !own) throw new Conflict(NEVER_READ)
    const account = { connector, flow: own, accountId: connection.accountId }
    const [rules, key] = [await rulesNow(stores, account), await keyNow(stores, account)]
    return { ...last, adminId: who.adminId, ruled: rules, keyed: key, settings: await settingsNow(stores, account) }
  })
  return failures.asking(run, async () => {
    const sides = await openSides(run)
    try {
      return await work(sides, run)
    } catch (error) {
      const closed = error instanceof VendorClosed && closedSentence(connector, clock.now())
      throw closed ? new VendorClosed(closed, error.retryAt, { cause: error }) : error
    } finally {
      await sides.close()
    }
  })
}

/** SmartHR's id of whom a record is paired with; null: of nobody. */
const ownerOfRecord = async ({ links }: PairStores, account: AccountRef, serviceId: string): Promise<string | null> =>
  (await links.of(account, 'service', [serviceId])).find(({ dead }) => !dead)?.smarthrId ?? null

/** That a record is somebody else's, and whose: number and name as the service's runs have seen the person last. */
async function takenBy({ people }: PairStores, { connector }: Pairing, crewId: string | null): Promise<PairTaken> {
  const seen = crewId === null ? null : await people.latest(crewId, peopleFlows([connector]))
  const who = seen && [seen.key && `社員番号${seen.key}`, seen.name].filter(Boolean).join('、')
  return new PairTaken(who ? { shown: taken(`（${who}）`), kept: taken('') } : taken(''), crewId)
}

/** A record of the service; null where it has none, or refuses what can be no id. */
async function recordOf({ one }: Sides['target'], id: string, today: string): Promise<Entry | null> {
  // Dots alone would lead to another address of the service.
  if (!one || /^\.+$/.test(id)) return null
  try {
    return await one(id, today)
  } catch (error) {
    if (error instanceof VendorRefused) return null
    throw error
  }
}

interface Looked {
  entry: Entry
  changes: Change[]
  /** 社員番号 as it may be told of the pair, of the record and of the one of before */
  keys: { beforeKey: string | null; afterKey: string | null }
}

/**
 * Asks both sides for a person and a record, and how they differ; `before`: another record whose 社員番号 is asked, too.
 * Throws Conflict where one of them is not there.
 */
const looking =
  (deps: PairDeps) =>
  (who: Who, pairing: Pairing, crewId: string, serviceId: string, before: string | null = null): Promise<Looked> =>
    askBoth(deps, who, pairing, async ({ source, target, flow }, run) => {
      const today = deps.clock.today()
      const [own, entry] = [await source.one?.(crewId, today), await recordOf(target, serviceId, today)]
      if (!entry || !own || flow.kind !== 'sync') throw new Conflict(gone(pairing.connector))
      const { ofKnown } = ruledMapping(flow, run.ruled)
      const context = { today, settings: run.settings }
      const { changes } = difference(ofKnown, flow.direction, own.values, entry.values, context)
      const old = before === null ? null : await recordOf(target, before, today)
      // An address stands in no clear column.
      const keyTold = (of: Entry | null) => (flow.key?.personal ? null : (of?.key ?? null))
      return { entry, changes, keys: { beforeKey: keyTold(old), afterKey: keyTold(entry) } }
    })

/** People of the service's own list; `more`: it goes on. */
const listing = (deps: PairDeps) => (who: Who, pairing: Pairing, words: string) =>
  askBoth(deps, who, pairing, async ({ target }) => {
    const found: Entry[] = []
    let pages = 0
    for await (const { people } of target.list(deps.clock.today())) {
      found.push(...people.filter(one => searchable([one.key ?? '', one.name, one.kana]).includes(words)))
      pages += 1
      if (pages === PAGES || found.length > FOUND) return { found, more: true }
    }
    return { found, more: false }
  })

/**
 * Keeps the pair, by the id that the service itself gives. `before`: the one that was looked at. Throws Conflict where
 * it can't be. False: it was the person's all along, and stays as it was made.
 */
const saver = (deps: PairDeps) => {
  const { inTenant } = deps
  const find = finder(deps)
  const look = looking(deps)
  return async (
    who: Who,
    crewId: string,
    connectorId: string,
    order: { before: string | null; serviceId: string },
  ): Promise<boolean> => {
    const standing = async (stores: PairStores): Promise<Pairing> => {
      const pairing = await find(stores, who, crewId, connectorId)
      if (await stores.runs.active(pairing.connection.id)) throw new Conflict(BUSY)
      if (![order.before, order.serviceId].includes(pairing.serviceId)) throw new Conflict(STALE)
      return pairing
    }
    const looked = await inTenant(who.tenantId, standing)
    const { entry, keys } = await look(who, looked, crewId, order.serviceId, looked.serviceId)
    return inTenant(who.tenantId, async stores => {
      const { connector, connection, serviceId } = await standing(stores)
      if (connection.id !== looked.connection.id) throw new Conflict(STALE)
      const account = { connector: connector.id, accountId: connection.accountId }
      const pair = { smarthrId: crewId, serviceId: entry.id }
      const isOther = entry.id !== serviceId
      // The button was pressed twice: the first press has done it.
      if (!isOther && serviceId !== order.before) return true
      const changed = { adminId: who.adminId, at: deps.clock.now(), ...keys }
      if (isOther && !(await stores.links.replace(account, pair, changed)))
        throw await takenBy(stores, looked, await ownerOfRecord(stores, account, entry.id))
      const change = { label: `${connector.labels.product}のID`, before: serviceId ?? '', after: entry.id }
      await stores.audit.add({
        act: 'pair.replaced',
        connector: connector.id,
        about: crewId,
        details: { crew: crewId, changes: isOther ? [change] : [] },
      })
      return isOther
    })
  }
}

/** ［紐付けを直す］: the pair of a person is another one from the next run on. */
export function createPairing(deps: PairDeps) {
  const { inTenant } = deps
  const find = finder(deps)
  const listed = listing(deps)
  const look = looking(deps)

  return {
    find: (who: Who, crewId: string, connectorId: string): Promise<Pairing> =>
      inTenant(who.tenantId, stores => find(stores, who, crewId, connectorId)),

    /** Records of the service whose number or name holds what was typed. */
    async search(who: Who, pairing: Pairing, typed: string): Promise<{ found: Candidate[]; more: boolean }> {
      const words = folded(typed)
      const { connector, connection } = pairing
      const flows = pairing.flows.filter(({ direction }) => direction === 'to-smarthr').map(({ id }) => id)
      const kept = await inTenant(who.tenantId, ({ people }) =>
        people.records({ connectionId: connection.id, flows }, words, FOUND + 1),
      )
      const { found, more } = kept
        ? { found: kept.map(item => ({ ...item, id: item.sourceId })), more: kept.length > FOUND }
        : await listed(who, pairing, words)
      const shown = found.slice(0, FOUND)
      const account = { connector: connector.id, accountId: connection.accountId }
      const ids = shown.map(({ id }) => id)
      const links = await inTenant(who.tenantId, stores => stores.links.of(account, 'service', ids))
      return {
        found: shown.map(({ id, key, name, kana, detail }) => ({
          id,
          key,
          name,
          kana,
          detail,
          of: links.find(link => !link.dead && link.serviceId === id)?.smarthrId ?? null,
        })),
        more,
      }
    },

    /** Who the record is, and what would change of it by the next run. Throws Conflict where it can't be the person's. */
    async preview(
      who: Who,
      pairing: Pairing,
      crewId: string,
      serviceId: string,
    ): Promise<{ entry: Entry; changes: Change[] }> {
      const found = await look(who, pairing, crewId, serviceId)
      const { connector, connection } = pairing
      const account = { connector: connector.id, accountId: connection.accountId }
      await inTenant(who.tenantId, async stores => {
        const owner = await ownerOfRecord(stores, account, found.entry.id)
        if (owner !== null && owner !== crewId) throw await takenBy(stores, pairing, owner)
      })
      return found
    },

    save: saver(deps),
  }
}

export type Pairings = ReturnType<typeof createPairing>
