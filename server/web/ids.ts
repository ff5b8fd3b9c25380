import { z } from 'zod'

/** Whether an id from an address can be one of ours: nothing else is asked of the database. */
export const isUuid = (value: unknown): value is string => z.uuid().safeParse(value).success
