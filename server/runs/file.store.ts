import type { Knex } from 'knex'
import type { Sealer } from '../platform/seal.js'

/** Which row a sealed value belongs to. */
const rowOf = (runId: string, file: string, part: number | string): string => `${runId}|${file}|${part}`

/** The file of a run, whole and looked through. */
export interface RunFile {
  file: string
  parts: number
  rows: number
  columns: readonly string[]
}

interface FileRow {
  file: string
  parts: number
  rows: number
  sealed: string
}

/** The files that runs read, in sealed parts. They go when the run ends: see migrations/041_files.ts. */
export function createFileStore(db: Knex, tenantId: string, sealer: Sealer) {
  const place = (table: string) => `${tenantId}|${table}.sealed`
  const parts = (runId: string) => db('run_file_parts').where({ tenant_id: tenantId, run_id: runId })

  return {
    /** A part of a file that is being uploaded. Bytes are kept as text of one sign each. */
    async addPart(runId: string, file: string, part: number, bytes: Buffer): Promise<void> {
      const row = rowOf(runId, file, part)
      const sealed = sealer.sealPacked(bytes.toString('latin1'), place('run_file_parts'), row)
      await db('run_file_parts').insert({ run_id: runId, tenant_id: tenantId, file, part, sealed })
    },

    async part(runId: string, file: string, part: number): Promise<Buffer | null> {
      const row = (await parts(runId).where({ file, part }).first('sealed')) as { sealed: string } | undefined
      if (!row) return null
      return Buffer.from(sealer.open(row.sealed, place('run_file_parts'), rowOf(runId, file, part)), 'latin1')
    },

    /** A file that was broken off or can't be taken. */
    async drop(runId: string, file: string): Promise<void> {
      await parts(runId).where({ file }).delete()
    },

    /** The file is the run's from now on, and no other is. False: parts of it are gone, since another was faster. */
    async keep(runId: string, { file, parts: all, rows, columns }: RunFile): Promise<boolean> {
      const there = (await parts(runId).where({ file }).count('* as n').first()) as { n: string }
      if (Number(there.n) !== all) return false
      await parts(runId).whereNot({ file }).delete()
      const sealed = sealer.seal(JSON.stringify(columns), place('run_files'), rowOf(runId, file, 'columns'))
      await db('run_files')
        .insert({ run_id: runId, tenant_id: tenantId, file, parts: all, rows, sealed })
        .onConflict('run_id')
        .merge()
      return true
    },

    async find(runId: string): Promise<RunFile | null> {
      const row = (await db('run_files')
        .where({ tenant_id: tenantId, run_id: runId })
        .first('file', 'parts', 'rows', 'sealed')) as FileRow | undefined
      if (!row) return null
      const { sealed, ...file } = row
      const columns = sealer.open(sealed, place('run_files'), rowOf(runId, file.file, 'columns'))
      return { ...file, columns: JSON.parse(columns) as string[] }
    },
  }
}

export type FileStore = ReturnType<typeof createFileStore>
