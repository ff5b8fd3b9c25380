import { type Connector, createOptionsOf, type Flow } from '../../server/contract/contract.js'
import { runsPage } from '../../server/dashboard/run-list.view.js'
import { undoSection } from '../../server/reports/undo.view.js'
import type { UndoLook } from '../../server/wizard/undo.service.js'
import { reportPage } from '../../server/reports/report.view.js'
import type { OutcomeFilter } from '../../server/reports/result.view.js'
import type { ItemPage } from '../../server/runs/item.rows.js'
import { firstView, type Facets, type ItemWithContent, type Run, type SelectionView } from '../../server/runs/run.js'
import type { PageLink } from '../../server/web/page.js'
import { smarthrLimits } from '../../server/smarthr/limits.js'
import { areaPage } from '../../server/wizard/area.view.js'
import { confirmPage } from '../../server/wizard/confirm.view.js'
import { datePage } from '../../server/wizard/date.view.js'
import type { ScopeAsked } from '../../server/wizard/scope-choice.js'
import { askingOf } from '../../server/wizard/steps.view.js'
import { fetchPage } from '../../server/wizard/fetch.view.js'
import { optionsPage } from '../../server/wizard/options.view.js'
import { selectPage } from '../../server/wizard/select.view.js'
import { fail, flow, type Picture } from './pictures.js'
import {
  anEndedRun,
  aPage,
  areal,
  areas,
  aRun,
  connector,
  EVIL,
  linked,
  LONG,
  pulling,
  theStep,
  toService,
  waiting,
} from './samples.js'

const NOW = new Date('2026-01-31T15:02:00Z')

export const select = (
  items: ItemWithContent[],
  input: {
    flow?: Flow
    run?: Run
    view?: Partial<SelectionView>
    facets?: Facets
    warned?: string[]
    page?: Partial<ItemPage>
    number?: number
    total?: number
    selectable?: number
    selected?: number
    error?: string
    settings?: { text: string; changed: boolean }
  } = {},
): Picture => {
  const run = input.run ?? aRun()
  const shown = input.flow ?? flow
  const page = selectPage({
    connector,
    flow: shown,
    run,
    view: { ...firstView(shown), ...input.view },
    place: { cursor: null, page: input.number ?? 1 },
    page: aPage(items, input.page),
    total: input.total ?? items.length,
    selectable: input.selectable ?? items.length,
    ownTicks: 2,
    warned: input.warned ?? [],
    selected: input.selected ?? 0,
    facets: input.facets ?? null,
    site: 'https://midori.smarthr.jp',
    at: '',
    error: input.error ?? null,
    settings: input.settings ?? null,
  })
  return { view: 'pages/wizard/select', locals: { connector, flow, run, page } }
}

export const confirm = (
  items: ItemWithContent[],
  total = items.length,
  page: Partial<ItemPage> = {},
  asked: Partial<Parameters<typeof confirmPage>[0]> = {},
): Picture => {
  const run = aRun()
  const selected = { total, new: 1, changed: total - 1 }
  return {
    view: 'pages/wizard/confirm',
    locals: {
      connector,
      flow,
      run,
      page: confirmPage({
        connector,
        flow,
        run,
        limits: smarthrLimits,
        selected,
        page: aPage(items, page),
        mark: 'd41d8cd9',
        repeated: 0,
        left: null,
        now: new Date('2026-01-31T15:02:00Z'),
        ...asked,
      }),
    },
  }
}

export const report = (
  run: Run,
  input: {
    items?: ItemWithContent[]
    page?: Partial<ItemPage>
    failures?: ItemWithContent[]
    counts?: Partial<Record<OutcomeFilter, number>>
    filter?: OutcomeFilter
    connector?: Connector
    first?: PageLink
    unwritable?: { failed: number; all: number }
    undo?: UndoLook
  } = {},
): Picture => {
  const { succeededCount: succeeded, failedCount: failed, unconfirmedCount: unconfirmed } = run
  const counts = { succeeded, failed, unconfirmed, not_run: 0, pending: 0, ...input.counts }
  const shown = input.connector ?? connector
  const flow = shown.flows.find(candidate => candidate.direction === 'to-service') ?? toService
  const page = reportPage({
    site: 'https://midori.smarthr.jp',
    connector: shown,
    flow,
    run,
    counts,
    filter: input.filter ?? null,
    page: aPage(input.items ?? [], input.page),
    failures: aPage(input.failures ?? []),
    unconfirmed: aPage((input.items ?? []).filter(item => item.outcome === 'unconfirmed')),
    payroll: null,
    first: input.first ?? null,
    undo: input.undo ? undoSection(flow, run, input.undo) : null,
    now: NOW,
    left: { items: [], total: 0 },
    remarks: 0,
    unwritable: input.unwritable ?? { failed: 0, all: 0 },
  })
  return { view: 'pages/report', locals: { connector: shown, flow, run, page } }
}

export const date = (error: string | null, typed: string, scope?: ScopeAsked): Picture => ({
  view: 'pages/wizard/date',
  locals: {
    connector,
    flow,
    run: aRun({ state: 'draft' }),
    page: datePage({
      flow,
      step: theStep(flow, 'date'),
      asking: askingOf(aRun({ state: 'draft' }), 'date'),
      typed,
      error,
      problem: null,
      ...(scope && { scope }),
      today: '2026-01-31',
    }),
  },
})

export const fetching = (changes: Partial<Run>, first: PageLink | null = null): Picture => {
  const run = aRun({ state: 'fetching', ...changes })
  return { view: 'pages/wizard/fetch', locals: { connector, run, page: fetchPage(flow, run, first, NOW) } }
}

export const runs = (list: readonly Run[], state = '', shown: Connector = connector): Picture => ({
  view: 'pages/runs',
  locals: {
    connector: shown,
    page: runsPage({
      connector: shown,
      runs: list,
      filter: { state, flow: '' },
      states: ['failed'],
      first: null,
      now: NOW,
      next: list.length > 0 ? `/${shown.id}/runs?before=x` : null,
    }),
  },
})

const waitingFlow = waiting.flows.find(candidate => candidate.direction === 'to-service') ?? toService

export const options = (input: {
  empty?: boolean
  error?: string
  problem?: string
  typed?: Record<string, string>
}): Picture => ({
  view: 'pages/wizard/options',
  locals: {
    connector: waiting,
    flow: waitingFlow,
    run: aRun(),
    page: optionsPage({
      flow: waitingFlow,
      step: theStep(waitingFlow, 'options'),
      run: aRun(),
      newcomers: 3,
      options: input.problem
        ? []
        : createOptionsOf(waitingFlow).map((option, index) => ({
            ...option,
            choices: input.empty && index === 0 ? [] : [{ value: '1000', label: `1000 ${index === 0 ? LONG : EVIL}` }],
          })),
      typed: input.typed ?? {},
      errors: input.error ? { working_type: input.error } : {},
      problem: input.problem ?? null,
    }),
  },
})

/** A snapshot that waits to be fetched. */
export const aPublication = (changes: Partial<Run> = {}) =>
  aRun({
    connector: pulling.id,
    flow: pulling.flows.find(candidate => candidate.kind === 'publication')?.id ?? fail('publication'),
    state: 'running',
    selectedCount: 62,
    publishedAt: new Date('2026-01-31T15:05:00Z'),
    queuedAt: new Date('2026-01-31T15:05:00Z'),
    ...changes,
  })

export const arealFlow = areal.flows.find(candidate => candidate.direction === 'to-service') ?? toService

export const area = (input: Partial<Parameters<typeof areaPage>[0]> = {}): Picture => {
  const run = aRun({ connector: areal.id, flow: arealFlow.id, state: 'draft' })
  const page = areaPage({
    flow: arealFlow,
    step: theStep(arealFlow, 'area'),
    run,
    areas,
    kind: null,
    last: null,
    error: null,
    problem: null,
    ...input,
  })
  return { view: 'pages/wizard/area', locals: { connector: areal, flow: arealFlow, run, page } }
}

export const linkedRuns = linked.flows.flatMap(({ id }) => [
  anEndedRun({ connector: linked.id, flow: id, referenceDate: null, adminName: LONG }),
  anEndedRun({ connector: linked.id, flow: id, referenceDate: null, state: 'succeeded', failedCount: 0 }),
  aRun({ connector: linked.id, flow: id, referenceDate: null, state: 'failed', failure: EVIL, adminName: EVIL }),
  aRun({ connector: linked.id, flow: id, referenceDate: null, state: 'fetching' }),
  aRun({ connector: linked.id, flow: id, referenceDate: null, state: 'ready', atOnce: true }),
])
