import { randomUUID } from 'node:crypto'
import type { Recorder } from '../audit/audit.store.js'
import type { Columns, FileContent, FileSource } from '../contract/contract.js'
import { declared } from '../contract/declared.js'
import type { ConnectionStore } from '../connections/connection.store.js'
import type { SettingsStore } from '../connections/settings.store.js'
import type { Clock } from '../platform/clock.js'
import type { InTenant } from '../platform/in-tenant.js'
import type { FileStore } from '../runs/file.store.js'
import type { FlowOf } from '../runs/flow-of.js'
import type { Blocked, Who } from '../runs/may-start.js'
import { contentOf } from '../runs/run-file.js'
import type { Run } from '../runs/run.js'
import type { SentFile } from '../web/upload.js'
import type { Beginning } from './begin.service.js'

/** A file became a run's, can't be taken (a sentence for its field), or no run can be begun now. */
export type Uploaded = { runId: string } | { fault: string } | { blocked: Blocked }

/** Bytes that are sealed and stored at a time: so much of a file is in memory, however large it is. */
const PART = 65_536

const BLANK = 'ファイルに何も入力されていません。従業員情報のファイルを選択してください。'
const FASTER = '別の画面で、ほかのファイルが選択されました。このファイルを使う場合は、もう一度選択してください。'

/** The bytes in parts of one length; the last one may be shorter. */
async function* inParts(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = []
  let length = 0
  for await (const chunk of bytes) {
    waiting.push(chunk)
    length += chunk.length
    if (length < PART) continue
    const all = Buffer.concat(waiting)
    let at = 0
    for (; all.length - at >= PART; at += PART) yield all.subarray(at, at + PART)
    waiting = [all.subarray(at)]
    length = all.length - at
  }
  if (length > 0) yield Buffer.concat(waiting)
}

/** A look through a file that is stored, and why it can't be taken, if so. */
async function lookThrough(
  source: FileSource,
  content: FileContent,
  { parts, isTooBig }: { parts: number; isTooBig: boolean },
) {
  if (isTooBig) return { fault: source.tooBig }
  return parts === 0 ? { fault: BLANK } : source.examine(content)
}

interface UploadStores {
  files: FileStore
  audit: Recorder
  connections: Pick<ConnectionStore, 'find'>
  settings: Pick<SettingsStore, 'find' | 'save'>
}

interface UploadDeps {
  inTenant: InTenant<UploadStores>
  clock: Clock
  flowOf: FlowOf
  beginning: Pick<Beginning, 'begin' | 'startFetch'>
}

/** The file becomes what a run reads: stored as it comes, looked through, and kept. */
const upload =
  ({ inTenant, flowOf, beginning }: UploadDeps) =>
  async (who: Who, at: { connector: string; flow: string }, sent: SentFile): Promise<Uploaded> => {
    const source = declared(flowOf(at.connector, at.flow).connector.file, 'file')
    const begun = await beginning.begin(who, at.connector, at.flow, {})
    if ('blocked' in begun) return begun
    const { runId } = begun
    const { tenantId } = who
    const file = randomUUID()
    let kept = false
    try {
      let parts = 0
      for await (const bytes of inParts(sent.bytes)) {
        await inTenant(tenantId, ({ files }) => files.addPart(runId, file, parts, bytes))
        parts += 1
      }
      const content = contentOf({ inTenant, tenantId, runId }, file, parts)
      const found = await lookThrough(source, content, { parts, isTooBig: sent.isTooBig() })
      if ('fault' in found) return found
      kept = await inTenant(tenantId, async ({ files, audit }) => {
        if (!(await files.keep(runId, { file, parts, ...found }))) return false
        await audit.add({ act: 'run.uploaded', connector: at.connector, runId, details: { rows: found.rows } })
        return true
      })
      return kept ? { runId } : { fault: FASTER }
    } finally {
      if (!kept) await inTenant(tenantId, ({ files }) => files.drop(runId, file))
    }
  }

/** What is kept of a choice: a column that no heading tells of and that is not taken says nothing about the next file. */
function worthRemembering(source: FileSource, chosen: Columns): Columns {
  const told = source.propose(Object.keys(chosen), {})
  return Object.fromEntries(Object.entries(chosen).filter(([name, field]) => field !== '' || told[name] !== ''))
}

/** Files that runs read, and what their columns hold. */
export const createUploading = (deps: UploadDeps) => ({
  upload: upload(deps),

  /** The run's file, and what its columns hold as far as is known; null: there is no file, or none any more. */
  columnsOf: ({ tenantId, id, connector, connectionId, settings: chosen }: Run, source: FileSource) =>
    deps.inTenant(tenantId, async ({ files, connections, settings }) => {
      const file = await files.find(id)
      const connection = await connections.find(connectionId)
      if (!file || !connection) return null
      const remembered = (await settings.find(connector, connection.accountId)) ?? {}
      const asked = file.columns.every(name => Object.hasOwn(chosen, name))
      return { file, chosen: asked ? chosen : source.propose(file.columns, remembered) }
    }),

  /** 次へ: both sides are read, and the choice is remembered for the next file. False: another page was faster. */
  async take(run: Run, adminId: string, source: FileSource, columns: Columns): Promise<boolean> {
    if (!(await deps.beginning.startFetch(run.tenantId, run.id, { columns }))) return false
    await deps.inTenant(run.tenantId, async ({ connections, settings }) => {
      const connection = await connections.find(run.connectionId)
      if (!connection) return
      const { accountId } = connection
      const before = (await settings.find(run.connector, accountId)) ?? {}
      const now = { ...before, ...worthRemembering(source, columns) }
      await settings.save(run.connector, accountId, { settings: now, adminId, now: deps.clock.now() })
    })
    return true
  },
})

export type Uploading = ReturnType<typeof createUploading>
