import type { StepKind } from '../contract/contract.js'
import { paths } from '../paths.js'
import type { Clock } from '../platform/clock.js'
import { closedSentence } from '../runs/labels.js'
import type { LoadRun, Loaded } from '../runs/load-run.js'
import type { Run } from '../runs/run.js'
import type { Approving } from './approving.service.js'
import type { Beginning } from './begin.service.js'
import type { Cancel } from './cancel.service.js'
import type { Choices } from './choices.service.js'
import type { Dialog } from './dialog.service.js'
import type { Guard } from './guard.service.js'
import type { ItemRegistration } from './items.service.js'
import type { PlanFiles } from './plan-file.service.js'
import type { Selecting } from './select.service.js'
import type { Starting } from './start.service.js'
import type { Uploading } from './upload.service.js'

/** What the wizard's pages are made with; each asks for its own part. */
export interface WizardDeps {
  loadRun: LoadRun
  clock: Clock
  beginning: Beginning
  uploading: Uploading
  choices: Choices
  itemRegistration: ItemRegistration
  selecting: Selecting
  planFiles: PlanFiles
  dialog: Dialog
  starting: Starting
  approving: Approving
  guard: Guard
  cancel: Cancel
  /** a company's SmartHR as its people see it */
  siteOf(company: { subdomain: string | null }): string
}

/** The address of a page, for a router. */
export const pathOf = (step: StepKind): string => paths.step.pattern.replace(':step', step)

/** What is asked before the fetch may still be answered anew. */
export const mayBeAsked = (run: Pick<Run, 'state' | 'queuedAt'>): boolean =>
  ['draft', 'ready'].includes(run.state) || (run.state === 'failed' && run.queuedAt === null)

/** Why the service can't be reached at this hour; null while it is open. */
export const closedNow = ({ connector }: Pick<Loaded, 'connector'>, clock: Clock): string | null =>
  closedSentence(connector, clock.now())

/** Another page was faster. */
export const FETCHED_ELSEWHERE =
  '別の画面で、すでに取得が始まっています。この画面で指定した内容は使われていません。取得の結果を確認し、必要な場合は指定し直してください。'
