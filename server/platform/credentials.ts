import { z } from 'zod'
import type { Sealer } from './seal.js'

/** What is sealed of an authorisation. */
export interface Credentials {
  /** empty where the service is logged in to with `fields` */
  accessToken: string
  refreshToken: string | null
  /** what was typed, for services that every run logs in to */
  fields?: Readonly<Record<string, string>>
}

const shape = z.object({
  accessToken: z.string(),
  refreshToken: z.string().nullable(),
  fields: z.record(z.string(), z.string()).default({}),
})

/** Credentials ↔ one sealed column. `column` is `table.column`; the value opens only in its row, there and for this tenant. */
export const credentialsSealer = (sealer: Sealer, column: string) => ({
  seal: (tenantId: string, row: string, { accessToken, refreshToken, fields = {} }: Credentials) =>
    sealer.seal(JSON.stringify({ accessToken, refreshToken, fields }), `${tenantId}|${column}`, row),
  open: (tenantId: string, row: string, sealed: string): Credentials =>
    shape.parse(JSON.parse(sealer.open(sealed, `${tenantId}|${column}`, row))),
})
