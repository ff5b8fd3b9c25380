import type { Change } from '../audit/acts.js'
import type { Recorder } from '../audit/audit.store.js'
import type { Connection, ConnectionStore } from '../connections/connection.store.js'
import type { ReadTableLists, TableLists } from '../connections/table-lists.js'
import type { TableHeads, ValueTableStore } from '../connections/value-tables.store.js'
import type { Connector } from '../contract/contract.js'
import type { SavedTable, TableEntries, TableUse, ValueTable } from '../contract/value-tables.js'
import type { Clock } from '../platform/clock.js'
import type { InTenant } from '../platform/in-tenant.js'
import { fileLabel } from '../runs/sheet.js'
import { NOTHING_STORED, readTable } from './value-tables.csv.js'
import {
  lacksValues,
  mergedEntries,
  NOTHING_SAVED,
  parseTable,
  storedPairs,
  tableSince,
  type Content,
  type ParsedTable,
} from './value-tables.form.js'
import { fileName, tableTitle, useLabels } from './value-tables.view.js'

interface TableStores {
  connections: Pick<ConnectionStore, 'current'>
  valueTables: ValueTableStore
  audit: Recorder
}

/** Who asks about which table of which connection. */
export interface TableAt {
  tenantId: string
  adminId: string
  connector: Connector
  connection: Connection
  table: ValueTable
}

const NOTHING_LEFT = `この内容を取り込むと、値が1つも選択されていません。${NOTHING_STORED}値を入力したファイルを選択し直すか、使い方に「${useLabels.none}」を選択して保存してから、取り込んでください。`

/** A file that was taken over: its lines, and how many of them took a choice back. */
type Taken = { fault: string } | { lines: number; cleared: number; use: TableUse }

/** What was saved and was different before, in the words of the page. */
function changesOf(table: ValueTable, { sources }: TableLists, before: Content, after: Content): Change[] {
  const title = tableTitle(table)
  const names = new Map(sources.map(({ value, name }) => [value, name]))
  const values = [...new Set([...Object.keys(before.entries), ...Object.keys(after.entries)])]
  const said = (entries: TableEntries, value: string) =>
    Object.hasOwn(entries, value) ? (entries[value]?.label ?? '') : ''
  return [
    ...(before.use === after.use
      ? []
      : [{ label: `${title}：使い方`, before: useLabels[before.use], after: useLabels[after.use] }]),
    ...values.flatMap(value => {
      const [was, is] = [said(before.entries, value), said(after.entries, value)]
      return was === is ? [] : [{ label: `${title}：${names.get(value) ?? value}`, before: was, after: is }]
    }),
  ]
}

/** 対応表 of a company: what is saved, and how it is changed by the page or by a file. */
export function createValueTables({
  inTenant,
  readLists,
  clock,
}: {
  inTenant: InTenant<TableStores>
  readLists: ReadTableLists
  clock: Clock
}) {
  const placeOf = ({ connector, connection, table }: TableAt) => ({
    connector: connector.id,
    accountId: connection.accountId,
    name: table.option.name,
  })

  /** One change after the other: each begins with what the one before has left. */
  const change = <T>(
    at: TableAt,
    lists: TableLists,
    work: (before: Content) => { after: Content | null; result: T; details?: { rows: number; file: string } },
  ): Promise<T> =>
    inTenant(at.tenantId, async ({ valueTables, audit }) => {
      const place = placeOf(at)
      await valueTables.oneAtATime(place)
      const saved = await valueTables.current(place.connector, place.accountId)
      const before = saved[place.name] ?? NOTHING_SAVED
      const { after, result, details } = work(before)
      if (after === null) return result
      await valueTables.save(place, { ...after, adminId: at.adminId, now: clock.now() })
      const changes = changesOf(at.table, lists, before, after)
      await audit.add({ act: 'value-tables.saved', connector: place.connector, details: { changes, ...details } })
      return result
    })

  return {
    connection: (tenantId: string, connector: Connector) =>
      inTenant(tenantId, ({ connections }) => connections.current(connector.id)),

    /** Throws what SmartHR or the service answers. */
    lists: ({ tenantId, adminId, connector, connection, table }: TableAt): Promise<TableLists> =>
      readLists({ tenantId, adminId }, { connector, connection, table }),

    /** What is saved, null: nothing; and how many people have each value, null: nobody has counted. */
    saved: (at: TableAt): Promise<{ saved: SavedTable | null; heads: TableHeads | null }> =>
      inTenant(at.tenantId, async ({ valueTables }) => {
        const { connector, accountId, name } = placeOf(at)
        return {
          saved: (await valueTables.current(connector, accountId))[name] ?? null,
          heads: await valueTables.heads({ connectionId: at.connection.id, flow: at.table.flow.id, name }),
        }
      }),

    /** ［保存］ */
    save: (at: TableAt, lists: TableLists, body: unknown): Promise<ParsedTable> =>
      change<ParsedTable>(at, lists, before => {
        const typed = tableSince(body, storedPairs(before, lists))
        if (typed) return { after: null, result: { ok: false, typed, errors: {}, changed: true } }
        const { entries } = before
        const parsed = parseTable(lists, entries, body)
        return { after: parsed.ok ? { use: parsed.use, entries: parsed.entries } : null, result: parsed }
      }),

    /** A file's lines are taken over, all of them or none. */
    take: (at: TableAt, lists: TableLists, bytes: Buffer): Promise<Taken> =>
      change<Taken>(at, lists, ({ use, entries }) => {
        const read = readTable(bytes, at.table, lists)
        if ('fault' in read) return { after: null, result: read }
        const after = { use, entries: mergedEntries(entries, lists, read.changes) }
        if (lacksValues(after)) return { after: null, result: { fault: NOTHING_LEFT } }
        const lines = read.changes.size
        const cleared = [...read.changes].filter(([value, to]) => to === null && Object.hasOwn(entries, value)).length
        return { after, result: { lines, cleared, use }, details: { rows: lines, file: fileName(at.table) } }
      }),

    /** Told before the file leaves. */
    exported: (at: TableAt, as: { form: 'utf8' | 'sjis'; rows: number }): Promise<void> =>
      inTenant(at.tenantId, ({ audit }) =>
        audit.add({
          act: 'export.value-tables',
          connector: at.connector.id,
          details: { file: fileLabel(fileName(at.table), as.form), rows: as.rows },
        }),
      ),
  }
}

export type ValueTables = ReturnType<typeof createValueTables>
