import type { Request } from 'express'

const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1'])

/** Whether a call comes from this machine. */
export const isFromHere = (req: Request): boolean => LOOPBACK.has(req.socket.remoteAddress ?? '')
