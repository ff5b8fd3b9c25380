import express, { Router, type NextFunction, type Request, type Response } from 'express'
import { differingTwin, madeUpPeople } from '../people.js'
import type { ReceivedMail } from '../inbox/inbox.js'
import type { SandboxClock } from './clock.js'
import type { Faults } from './faults.js'
import { isFromHere } from './loopback.js'
import type { createRequestLog } from './request-log.js'
import type { StandIn } from './stand-in.js'

export interface ControlDeps {
  standIns: readonly StandIn[]
  clock: SandboxClock
  faults: Faults
  log: ReturnType<typeof createRequestLog>
  inbox: { mails(): readonly ReceivedMail[]; clear(): void }
}

/** The control API (design §8): everything a test needs, for this machine only. */
export function controlRouter({ standIns, clock, faults, log, inbox }: ControlDeps): Router {
  const router = Router()
  const named = (name: unknown): StandIn => {
    const found = standIns.find(standIn => standIn.name === name)
    if (!found)
      throw new Error(`there is no service ${JSON.stringify(name)}; there are ${standIns.map(s => s.name).join(', ')}`)
    return found
  }
  const share = (value: unknown, otherwise: number): number => {
    if (value === undefined) return otherwise
    if (typeof value !== 'number' || value < 0 || value > 1) throw new Error('a share is a number from 0 to 1')
    return value
  }

  router.use((req, res, next) => {
    if (isFromHere(req)) next()
    else res.status(403).json({ error: 'the control API answers this machine only' })
  })
  router.use(express.json({ limit: '10mb' }))

  const bodyOf = (req: Request) => (req.body ?? {}) as Record<string, unknown>

  router.post('/reset', (_req, res) => {
    clock.reset()
    faults.clear()
    log.clear()
    inbox.clear()
    for (const standIn of standIns) standIn.reset()
    res.json({ ok: true })
  })

  router.post('/populate', (req, res) => {
    const { service, employees, seed, overlap, differing, with: counterpart } = bodyOf(req)
    const side = named(service)
    const other = named(counterpart ?? (side.name === 'smarthr' ? 'freee' : 'smarthr'))
    const count = Number(employees)
    if (!Number.isSafeInteger(count) || count < 0) throw new Error('employees is a whole number')
    const from = typeof seed === 'number' ? seed : 1
    const people = madeUpPeople({ count, seed: from })
    const shared = people.slice(0, Math.round(count * share(overlap, 0)))
    const differ = Math.round(shared.length * share(differing, 0))
    side.populate(people)
    other.populate(shared.map((person, index) => (index < differ ? differingTwin(person, from + index) : person)))
    res.json({ [side.name]: people.length, [other.name]: shared.length, differing: differ })
  })

  // The way back from GET /state: exactly these people, in the service's own words, past its API's checks.
  router.post('/people', (req, res) => {
    const { service, people } = bodyOf(req)
    const isRecord = (entry: unknown) => typeof entry === 'object' && entry !== null && !Array.isArray(entry)
    if (!Array.isArray(people) || !people.every(isRecord)) throw new Error('people is a list of objects')
    named(service).people(people as Record<string, unknown>[])
    res.json({ people: people.length })
  })

  router.post('/faults', (req, res) => {
    res.status(201).json({ id: faults.add(bodyOf(req)).id })
  })
  router.get('/faults', (_req, res) => {
    res.json(faults.list())
  })
  router.delete('/faults', (_req, res) => {
    faults.clear()
    res.json({ ok: true })
  })

  router.put('/limits', (req, res) => {
    const { service, ...patch } = bodyOf(req)
    named(service).limits(patch)
    res.json({ ok: true })
  })
  router.put('/switches', (req, res) => {
    const { service, ...patch } = bodyOf(req)
    named(service).switches(patch)
    res.json({ ok: true })
  })
  router.put('/clock', (req, res) => {
    clock.set(String(bodyOf(req).now))
    res.json({ now: clock.now().toISOString() })
  })
  router.put('/record', (req, res) => {
    log.record(bodyOf(req).responses === true)
    res.json({ ok: true })
  })
  router.get('/requests', (req, res) => {
    const { service } = req.query
    res.json(log.of(typeof service === 'string' ? service : undefined))
  })
  router.get('/state', (req, res) => {
    const { service } = req.query
    if (service !== undefined) res.json(named(service).state())
    else res.json(Object.fromEntries(standIns.map(standIn => [standIn.name, standIn.state()])))
  })
  router.get('/mails', (_req, res) => {
    res.json(inbox.mails())
  })

  router.use((_req, res) => {
    res.status(404).json({ error: 'the control API has no such call' })
  })
  router.use((error: unknown, _req: Request, res: Response, _next: NextFunction) => {
    res.status(400).json({ error: error instanceof Error ? error.message : String(error) })
  })
  return router
}
