import type { NextFunction, Request, Response } from 'express'

/** A misbehaviour of the next matching calls (control API). */
export interface Fault {
  id: number
  service: string
  method?: string
  path?: RegExp
  times: number
  after: number
  probability: number
  status?: number
  body?: unknown
  headers: Record<string, string>
  delayMs: number
  hang: boolean
  drop: boolean
  truncate: boolean
  duplicatePage: boolean
  /** before the answer somebody leaves from the front of every list, and somebody else joins at the end */
  moves: boolean
  applyFirst: boolean
}

const KNOWN = new Set(
  'service method path times after probability status body headers delayMs hang drop truncate duplicatePage moves applyFirst'.split(
    ' ',
  ),
)

/** The same random numbers in every run (mulberry32). */
function createRandom(seed: number) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const number = (value: unknown, otherwise: number): number => {
  if (value === undefined) return otherwise
  if (typeof value !== 'number' || !(value >= 0)) throw new Error(`${JSON.stringify(value)} is not a number from 0`)
  return value
}

export function createFaults() {
  let faults: Fault[] = []
  let random = createRandom(1)
  let nextId = 1

  return {
    /** Throws with a sentence when the description makes no sense. */
    add(description: Record<string, unknown>): Fault {
      for (const key of Object.keys(description)) if (!KNOWN.has(key)) throw new Error(`a fault has no "${key}"`)
      const { service, method, path, status, body, headers } = description
      if (typeof service !== 'string') throw new Error('a fault needs a service')
      const fault: Fault = {
        id: nextId++,
        service,
        ...(typeof method === 'string' && { method: method.toUpperCase() }),
        ...(typeof path === 'string' && { path: new RegExp(path) }),
        times: number(description.times, Number.POSITIVE_INFINITY),
        after: number(description.after, 0),
        probability: number(description.probability, 1),
        ...(status !== undefined && { status: number(status, 500) }),
        body,
        headers: (headers ?? {}) as Record<string, string>,
        delayMs: number(description.delayMs, 0),
        hang: description.hang === true,
        drop: description.drop === true,
        truncate: description.truncate === true,
        duplicatePage: description.duplicatePage === true,
        moves: description.moves === true,
        applyFirst: description.applyFirst === true,
      }
      faults.push(fault)
      return fault
    },

    clear() {
      faults = []
      random = createRandom(1)
    },

    list: () => faults.map(fault => ({ ...fault, path: fault.path?.source })),

    /** The first fault that strikes this call; strikes are counted off. */
    strike(service: string, method: string, path: string): Fault | null {
      for (const fault of faults) {
        if (fault.service !== service || fault.times <= 0) continue
        if (fault.method !== undefined && fault.method !== method) continue
        // below the service's prefix or with it, whichever the pattern was written for
        if (fault.path && !fault.path.test(path) && !fault.path.test(`/${service}${path}`)) continue
        if (fault.after > 0) {
          fault.after -= 1
          continue
        }
        if (fault.probability < 1 && random() >= fault.probability) continue
        fault.times -= 1
        return fault
      }
      return null
    },
  }
}

export type Faults = ReturnType<typeof createFaults>

/** The status alone, or with a body: JSON, or text that starts with `<` as HTML. */
function answerFault(res: Response, fault: Fault): void {
  if (fault.hang) return
  if (fault.drop) {
    res.socket?.destroy()
    return
  }
  res.removeHeader('Content-Length')
  res.set(fault.headers)
  res.status(fault.status ?? 500)
  if (typeof fault.body === 'string') res.type(fault.body.startsWith('<') ? 'html' : 'text').end(fault.body)
  else if (fault.body === undefined) res.end()
  else res.type('json').end(JSON.stringify(fault.body))
}

/** Whether the stand-in itself has to answer before the fault does its work. */
const needsAnswer = (fault: Fault) => fault.applyFirst || fault.truncate

/** page=3 → page=2, offset=200 → offset=100: the page before once more. */
function previousPage(req: Request): void {
  const url = new URL(req.url, 'http://sandbox.invalid')
  const page = Number(url.searchParams.get('page') ?? 0)
  const offset = Number(url.searchParams.get('offset') ?? 0)
  const limit = Number(url.searchParams.get('limit') ?? 50)
  if (page > 1) url.searchParams.set('page', String(page - 1))
  if (offset > 0) url.searchParams.set('offset', String(Math.max(0, offset - limit)))
  req.url = url.pathname + url.search
  Object.defineProperty(req, 'query', { value: Object.fromEntries(url.searchParams), configurable: true })
}

/** Lets a fault act on a call: instead of the stand-in, or on its answer. `move`: see Fault.moves. */
export function actOut(fault: Fault, req: Request, res: Response, next: NextFunction, move: () => void): void {
  const act = () => {
    if (fault.moves) move()
    if (fault.duplicatePage) {
      previousPage(req)
      next()
      return
    }
    if (!needsAnswer(fault)) {
      // Only a delay: the stand-in answers late but rightly.
      const misbehaves = fault.status !== undefined || fault.hang || fault.drop
      if (misbehaves) answerFault(res, fault)
      else next()
      return
    }
    const end = res.end.bind(res)
    res.end = ((chunk?: unknown) => {
      res.end = end
      if (fault.truncate) {
        const whole = Buffer.isBuffer(chunk) ? chunk.toString() : typeof chunk === 'string' ? chunk : ''
        const half = whole.slice(0, Math.floor(whole.length / 2))
        res.set('Content-Length', String(Buffer.byteLength(half)))
        res.end(half)
      } else {
        answerFault(res, fault)
      }
      return res
    }) as Response['end']
    next()
  }
  if (fault.delayMs > 0) setTimeout(act, fault.delayMs)
  else act()
}
