import { Readable } from 'node:stream'
import { Router, type Request, type Response } from 'express'
import type { TableLists } from '../connections/table-lists.js'
import { tablesOf, type TableUse } from '../contract/value-tables.js'
import { AppError, NotFound, VendorClosed } from '../errors.js'
import { signedIn } from '../install/guard.js'
import { paths } from '../paths.js'
import { closedSentence } from '../runs/labels.js'
import { announceSheet, sendSheet } from '../runs/sheet.js'
import { one } from '../web/fields.js'
import { notChosen } from '../web/form.js'
import { flash } from '../web/session.js'
import { takeFile, type SentFile } from '../web/upload.js'
import type { BeginDeps } from './begin.routes.js'
import { headings, MOST_BYTES, tableRows } from './value-tables.csv.js'
import {
  carriedFields,
  filledByName,
  OP,
  ops,
  typedTable,
  NOTHING_SAVED,
  storedPairs,
  tableSince,
} from './value-tables.form.js'
import type { TableAt, ValueTables } from './value-tables.service.js'
import { FILE, fileName, valueTablesPage } from './value-tables.view.js'

export interface ValueTablesDeps extends Pick<BeginDeps, 'connectorOf' | 'clock'> {
  valueTables: ValueTables
}

/** `problem`: why they could not be read */
interface Read {
  lists: TableLists | null
  problem: string | null
}

type Typed = Partial<Pick<Parameters<typeof valueTablesPage>[0], 'typed' | 'notices' | 'errors' | 'changed' | 'kept'>>

const TOO_BIG = `ファイルが1MBを超えています。対応表は変更していません。必要のない行を削除して、選択し直してください。`

/** A file that was sent can't go along with a page. */
const FILE_UNREAD =
  '対応表の一覧を取得できなかったため、CSVファイルは取り込んでいません。画面を開き直して、もう一度選択してください。'

/** Values that stand there and go nowhere are told at once. */
const unusedText = (use: TableUse): string =>
  use === 'none' ? '。対応表を使う場合は、使い方を選択して［保存］を押してください' : ''

const takenText = ({ lines, cleared }: { lines: number; cleared: number }): string =>
  `対応表に${lines}件を取り込みました${cleared === 0 ? '' : `。このうち${cleared}件は、空欄のため選択を解除しました`}`

const pageOf = (req: Request): number => {
  const page = Number(one(req.query.page))
  return Number.isSafeInteger(page) && page > 0 && page <= 1_000 ? page : 1
}

const whole = async (file: SentFile): Promise<Buffer> => {
  const parts: Buffer[] = []
  for await (const part of file.bytes) parts.push(part)
  return Buffer.concat(parts)
}

/** What the routes of a table have in common. */
function tablePages({ connectorOf, clock, valueTables }: ValueTablesDeps) {
  return {
    /** The table that is asked for; null: there is no connection whose lists could be read, and the answer leads there. */
    async subject(req: Request, res: Response): Promise<TableAt | null> {
      const connector = connectorOf(String(req.params.connector))
      const tables = tablesOf(connector)
      const asked = one(req.query.table)
      const table = asked === '' ? tables[0] : tables.find(({ option }) => option.name === asked)
      if (!table) throw new NotFound()
      const { tenant, admin } = signedIn(res)
      const connection = await valueTables.connection(tenant.id, connector)
      if (connection) return { tenantId: tenant.id, adminId: admin.id, connector, connection, table }
      res.redirect(303, paths.connection.to({ connector: connector.id }))
      return null
    },

    /** Both lists; null: one of them can't be read now, and the page says so. */
    async read(at: TableAt, res: Response): Promise<Read> {
      try {
        return { lists: await valueTables.lists(at), problem: null }
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        res.status(error.status)
        const closed = error instanceof VendorClosed ? closedSentence(at.connector, clock.now()) : null
        return { lists: null, problem: closed ?? error.message }
      }
    },

    async show(req: Request, res: Response, at: TableAt, read: Read, shown: Typed = {}): Promise<void> {
      const { connector, table } = at
      const page = valueTablesPage({
        connector,
        table,
        tables: tablesOf(connector),
        ...read,
        ...(await valueTables.saved(at)),
        typed: null,
        notices: [],
        errors: {},
        kept: null,
        page: pageOf(req),
        changed: false,
        body: req.body as unknown,
        ...shown,
      })
      res.render('pages/value-tables', { connector, page })
    },

    backTo: ({ connector, table }: TableAt): string =>
      paths.valueTables.to({ connector: connector.id }, { table: table.option.name }),
  }
}

/** ［対応表］: which value of one side stands for which of the other. Both lists are asked while the page is drawn. */
function pageRoutes(deps: ValueTablesDeps): Router {
  const { valueTables } = deps
  const { subject, read, show, backTo } = tablePages(deps)
  const router = Router()

  router.get(paths.valueTables.pattern, async (req, res) => {
    const at = await subject(req, res)
    if (at) await show(req, res, at, await read(at, res))
  })

  router.post(paths.valueTables.pattern, async (req, res) => {
    const at = await subject(req, res)
    if (!at) return
    const op = one((req.body as Record<string, unknown> | undefined)?.[OP]) === ops.fill ? ops.fill : ops.save
    const now = await read(at, res)
    if (!now.lists) return show(req, res, at, now, { kept: { op, fields: carriedFields(req.body) } })
    if (op === ops.fill) {
      const { saved } = await valueTables.saved(at)
      const merged = tableSince(req.body, storedPairs(saved ?? NOTHING_SAVED, now.lists))
      if (merged) return show(req, res.status(422), at, now, { typed: merged, changed: true })
      const { typed, filled } = filledByName(now.lists, typedTable(req.body))
      const notice =
        filled > 0
          ? `同じ名前の値を${filled}件選択しました。内容を確認してください。［保存］を押すまで、対応表は変わりません。`
          : '同じ名前の値は見つかりませんでした。一覧から選択してください。'
      return show(req, res, at, now, { typed, notices: [notice] })
    }
    const parsed = await valueTables.save(at, now.lists, req.body)
    if (!parsed.ok) {
      res.status(422)
      return show(req, res, at, now, parsed)
    }
    flash(req, { kind: 'success', text: `対応表を保存しました${unusedText(parsed.use)}` })
    res.redirect(303, backTo(at))
  })

  return router
}

/** A table leaves as a file, and comes back as one. */
function fileRoutes(deps: ValueTablesDeps): Router {
  const { valueTables } = deps
  const { subject, read, show, backTo } = tablePages(deps)
  const router = Router()

  router.get(paths.valueTablesCsv.pattern, async (req, res) => {
    const at = await subject(req, res)
    if (!at) return
    const form = req.query.encoding === 'sjis' ? 'sjis' : 'utf8'
    const file = { stem: `${at.connector.labels.app}_${fileName(at.table)}`, id: 'renkei-values' }
    // Whoever asks for the head alone takes nothing away.
    if (req.method === 'HEAD') {
      announceSheet(res, file, form)
      res.end()
      return
    }
    const now = await read(at, res)
    if (!now.lists) return show(req, res, at, now)
    const { lists } = now
    const { saved } = await valueTables.saved(at)
    const rows = tableRows(lists, saved?.entries ?? {})
    await valueTables.exported(at, { form, rows: rows.length })
    const columns = headings(at.table).map(label => ({ label, width: 20 }))
    await sendSheet(res, { ...file, name: fileName(at.table), facts: [], columns, rows: Readable.from(rows) }, form)
  })

  // The address of a page with an error, asked for again.
  router.get(paths.valueTablesFile.pattern, async (req, res) => {
    const at = await subject(req, res)
    if (at) res.redirect(303, backTo(at))
  })

  router.post(paths.valueTablesFile.pattern, async (req, res) => {
    const at = await subject(req, res)
    if (!at) return
    const sent = await takeFile(req, { field: FILE, maxBytes: MOST_BYTES }, async file => ({
      bytes: await whole(file),
      isTooBig: file.isTooBig(),
    }))
    const now = await read(at, res)
    if (!now.lists) return show(req, res, at, now, { notices: [FILE_UNREAD] })
    const taken =
      sent === 'none'
        ? { fault: notChosen('CSVファイル') }
        : sent.isTooBig
          ? { fault: TOO_BIG }
          : await valueTables.take(at, now.lists, sent.bytes)
    if ('fault' in taken) {
      res.status(422)
      return show(req, res, at, now, { errors: { [FILE]: taken.fault } })
    }
    flash(req, { kind: 'success', text: `${takenText(taken)}${unusedText(taken.use)}` })
    res.redirect(303, backTo(at))
  })

  return router
}

/** The routes of ［対応表］. */
export const valueTablesRoutes = (deps: ValueTablesDeps): Router => Router().use(pageRoutes(deps), fileRoutes(deps))
