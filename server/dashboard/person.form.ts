import type { Request, Response } from 'express'
import { z } from 'zod'
import { NotFound } from '../errors.js'
import { signedIn } from '../install/guard.js'
import { id as number } from '../runs/id-place.js'
import type { Who } from '../runs/may-start.js'
import type { StoryPlace } from '../runs/person.store.js'
import { one } from '../web/fields.js'

/** Ids of SmartHR are shorter, and hold no sign that the database has no room for. */
const crewId = z.string().regex(/^[\w.~-]{1,100}$/)

/** Words of a search, and ids of a service. */
export const LONGEST = 100

const place = z.tuple([z.coerce.number().int().min(0).max(8.64e15), number])

/** Nonsense leads to the first page. */
export function placeIn(text: unknown): StoryPlace | null {
  const read = place.safeParse(one(text).split('-'))
  return read.success ? { at: new Date(read.data[0]), item: read.data[1] } : null
}

export const placeText = ({ at, item }: StoryPlace): string => `${at.getTime()}-${item}`

/** Whose page it is; throws NotFound for what can be nobody's id. */
export function crewIn({ params }: Request): string {
  const read = crewId.safeParse(params.crew)
  if (!read.success) throw new NotFound()
  return read.data
}

/** Who asks, as runs know them. */
export function whoAsks(res: Response): Who {
  const { tenant, admin } = signedIn(res)
  return { tenantId: tenant.id, adminId: admin.id }
}
