import type { Connector, FileSource, Flow, UploadStep } from '../contract/contract.js'
import { paths } from '../paths.js'
import type { FieldErrors } from '../web/form.js'
import type { Field } from '../web/page.js'
import { wizardPage, type WizardPage } from './steps.view.js'

/** The name of the file's field. */
export const FILE = 'file'

/** The page on which the file is chosen. There is no run yet: its button makes the run. */
export interface UploadPage extends WizardPage {
  lead: string
  problem: string | null
  errors: FieldErrors
  action: string
  leave: string
  field: Field
  notes: readonly string[]
}

export function uploadPage(input: {
  connector: Pick<Connector, 'id'>
  flow: Flow
  step: UploadStep
  source: FileSource
  /** what is wrong with the file that was chosen */
  error: string | null
  problem: string | null
}): UploadPage {
  const { connector, flow, step, source, error, problem } = input
  return {
    ...wizardPage(flow, 'upload', step.heading),
    hasErrors: error !== null || problem !== null,
    lead: step.lead,
    problem,
    errors: error === null ? {} : { [FILE]: error },
    action: paths.newFile.to({ connector: connector.id }, { flow: flow.id }),
    leave: paths.dashboard.to({ connector: connector.id }),
    field: {
      id: FILE,
      label: step.label,
      kind: 'file',
      value: '',
      error: error ?? undefined,
      help: step.help,
      required: true,
      accept: source.accept,
    },
    notes: step.notes,
  }
}
