import type { Connector, Flow, Step, StepKind } from '../contract/contract.js'
import { paths } from '../paths.js'
import type { Run } from '../runs/run.js'
import { undoLabel } from '../runs/undoing.words.js'
import type { Page } from '../web/page.js'

/** A page of the wizard as its head shows it. */
export interface Stage {
  label: string
  /** its number, or a tick once it is done */
  mark: string
  state: 'done' | 'current' | 'open'
}

function labelOf(step: Step, { words }: Flow, { undoneAt }: Pick<Run, 'undoneAt'>): string {
  switch (step.kind) {
    case 'upload':
    case 'columns':
    case 'period':
    case 'date':
      return step.heading
    case 'area':
      return step.label
    case 'fetch':
      return `${words.item}情報の取得`
    case 'items':
      return '項目の登録'
    case 'select':
      return `${words.item}の選択`
    case 'options':
      return '新規登録の設定'
    case 'confirm':
      return step.dialog || undoneAt ? '内容の確認' : '同期内容の確認'
  }
}

/** A page of the wizard: above its content stand the flow, the heading and the steps. */
export interface WizardPage extends Page {
  wizard: { eyebrow: string; heading: string; steps: Stage[] }
}

/**
 * What a flow's first pages send where, and whereto キャンセル leads. Before there is a run the page belongs to the flow:
 * its button makes the run.
 */
export interface Asking {
  action: string
  hidden: Readonly<Record<string, string>>
  /** null: キャンセル ends the run */
  leave: string | null
}

/** … of a run. */
export const askingOf = (run: Pick<Run, 'id'>, step: StepKind): Asking => ({
  action: paths.step.to({ id: run.id, step }),
  hidden: {},
  leave: null,
})

/** … of a flow, whose run is yet to be made. */
export const askingFirst = (connector: Pick<Connector, 'id'>, flow: Pick<Flow, 'id'>): Asking => ({
  // The flow stands in the address, too: a page with an error can be asked for again.
  action: paths.newRun.to({ connector: connector.id }, { flow: flow.id }),
  hidden: { flow: flow.id, how: 'steps' },
  leave: paths.dashboard.to({ connector: connector.id }),
})

/** The head of a step's page; what is no step of its own belongs to the one before. */
export function wizardPage(
  flow: Flow,
  current: StepKind,
  heading: string,
  run: Pick<Run, 'undoneAt'> = { undoneAt: null },
): WizardPage {
  // Neither reading nor 項目登録, which few runs need, is a step of its own: the same number of pages is counted on each.
  // Nobody is registered by a run that takes another one back.
  const counts = ({ kind }: Step) =>
    kind !== 'fetch' && kind !== 'items' && !(kind === 'options' && run.undoneAt !== null)
  const shown = flow.steps.filter(counts)
  const upToHere = flow.steps.slice(0, flow.steps.findIndex(({ kind }) => kind === current) + 1).filter(counts)
  const at = Math.max(0, upToHere.length - 1)
  const place = `（${at + 1}/${shown.length}）`
  const steps = shown.map((step, index): Stage => {
    const state = index < at ? 'done' : index === at ? 'current' : 'open'
    return {
      label: labelOf(step, flow, run),
      mark: state === 'done' ? '✓' : String(index + 1),
      state,
    }
  })
  return { title: heading + place, wizard: { eyebrow: undoLabel(flow.title, run) + place, heading, steps } }
}
