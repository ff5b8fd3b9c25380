import type { FileContent, UploadedFile } from '../contract/contract.js'
import { FILE_GONE } from '../contract/file.js'
import { Conflict } from '../errors.js'
import type { InTenant } from '../platform/in-tenant.js'
import type { FileStore } from './file.store.js'

interface Kept {
  inTenant: InTenant<{ files: Pick<FileStore, 'find' | 'part'> }>
  tenantId: string
  runId: string
}

/** The bytes of a file that is kept in so many parts: one part at a time, each in a transaction of its own. */
export const contentOf = ({ inTenant, tenantId, runId }: Kept, file: string, parts: number): FileContent => ({
  async *bytes() {
    for (let part = 0; part < parts; part += 1) {
      const bytes = await inTenant(tenantId, ({ files }) => files.part(runId, file, part))
      if (!bytes) throw new Conflict(FILE_GONE)
      yield bytes
    }
  },
})

/** The run's file; null where it has none, or none any more. */
export async function fileOf(kept: Kept): Promise<UploadedFile | null> {
  const found = await kept.inTenant(kept.tenantId, ({ files }) => files.find(kept.runId))
  return found && { ...contentOf(kept, found.file, found.parts), rows: found.rows }
}
