import { Router } from 'express'
import { z } from 'zod'
import type { Connector } from '../contract/contract.js'
import { signedIn } from '../install/guard.js'
import { paths } from '../paths.js'
import type { Clock } from '../platform/clock.js'
import type { InTenant } from '../platform/in-tenant.js'
import type { Run, RunState } from '../runs/run.js'
import type { RunStore } from '../runs/run.store.js'
import { ASKED, runsPage, statesLike, UNCONFIRMED } from './run-list.view.js'

/** Runs per page of the report list. */
const ROWS = 20

const shownStates: readonly RunState[] = [
  'fetching',
  'ready',
  'queued',
  'running',
  'succeeded',
  'partly_failed',
  'failed',
  'aborted',
  'expired',
]

const place = z.object({ at: z.iso.datetime(), id: z.uuid() })

/** The page before's last run: its time and id. Nonsense leads to the first page. */
function decodeBefore(text: unknown): { createdAt: Date; id: string } | undefined {
  try {
    const { at, id } = place.parse(JSON.parse(Buffer.from(String(text), 'base64url').toString()))
    return { createdAt: new Date(at), id }
  } catch {
    return undefined
  }
}

const encodeBefore = (run: Run) =>
  Buffer.from(JSON.stringify({ at: run.createdAt.toISOString(), id: run.id })).toString('base64url')

/** 処理一覧: a connector's runs, newest first. */
export function runListRoutes({
  inTenant,
  clock,
  connectorOf,
}: {
  inTenant: InTenant<{ runs: Pick<RunStore, 'list'> }>
  clock: Clock
  connectorOf(id: string): Connector
}): Router {
  const router = Router()

  router.get(paths.runs.pattern, async (req, res) => {
    const connector = connectorOf(String(req.params.connector))
    const { tenant } = signedIn(res)
    const inState = shownStates.find(name => name === req.query.state)
    const state = [UNCONFIRMED, ASKED].find(name => name === req.query.state) ?? inState
    const flow = connector.flows.find(candidate => candidate.id === req.query.flow)?.id
    const before = decodeBefore(req.query.before)
    const filter = {
      ...(inState && { states: statesLike(connector, inState, shownStates) }),
      unconfirmed: state === UNCONFIRMED,
      asked: state === ASKED,
      ...(flow && { flow }),
      ...(before && { before }),
    }
    const runs = await inTenant(tenant.id, stores => stores.runs.list(connector.id, filter, ROWS + 1))
    const shown = runs.slice(0, ROWS)
    const last = shown.at(-1)
    const page = runsPage({
      connector,
      runs: shown,
      filter: { state: state ?? '', flow: flow ?? '' },
      states: shownStates,
      now: clock.now(),
      first: before ? paths.runs.to({ connector: connector.id }, { state, flow }) : null,
      next:
        runs.length > ROWS && last
          ? paths.runs.to({ connector: connector.id }, { state, flow, before: encodeBefore(last) })
          : null,
    })
    res.render('pages/runs', { connector, page })
  })

  return router
}
