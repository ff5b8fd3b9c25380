import { z } from 'zod'
import type { Sealer } from './seal.js'

/** What is sealed of an authorisation. */
export interface Credentials {
  accessToken: string
  refreshToken: string | null
}

const shape = z.object({ accessToken: z.string(), refreshToken: z.string().nullable() })

/** Credentials ↔ one sealed column. `column` is `table.column`; the value opens only there and for this tenant. */
export const credentialsSealer = (sealer: Sealer, column: string) => ({
  seal: (tenantId: string, { accessToken, refreshToken }: Credentials) =>
    sealer.seal(JSON.stringify({ accessToken, refreshToken }), `${tenantId}|${column}`),
  open: (tenantId: string, sealed: string): Credentials =>
    shape.parse(JSON.parse(sealer.open(sealed, `${tenantId}|${column}`))),
})
