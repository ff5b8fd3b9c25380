import { type Flow, stepOf } from '../contract/contract.js'
import { kept } from '../contract/declared.js'
import { paths } from '../paths.js'
import { fetchProgress, REFRESH_SECONDS, type FetchProgress } from '../runs/progress.view.js'
import type { Run } from '../runs/run.js'
import { fetchAgain, type FetchAgain } from '../runs/step-urls.js'
import type { PageLink } from '../web/page.js'
import { wizardPage, type WizardPage } from './steps.view.js'

/** The page that shows a fetch, and why it failed. */
export interface FetchPage extends WizardPage {
  progress: FetchProgress | null
  /** `first`: what has to be done before it is read once more, e.g. ［再連携する］ */
  failed: {
    bar: string
    reason: string
    first: PageLink | null
    again: FetchAgain
    chooseAgain: PageLink | null
  } | null
}

export function fetchPage(flow: Flow, run: Run, first: PageLink | null, now: Date): FetchPage {
  const heading = `${flow.words.item}情報の取得`
  const failed = run.state === 'failed'
  const area = stepOf(flow, 'area')
  return {
    ...wizardPage(flow, 'fetch', heading, run),
    title: failed ? `${heading}に失敗しました` : heading,
    ...(!failed && { refresh: REFRESH_SECONDS }),
    progress: failed ? null : fetchProgress(flow, run, now),
    failed: failed
      ? {
          bar: `${heading}に失敗しました。`,
          reason: kept(run.failure, 'failure'),
          first,
          again: fetchAgain(flow, run),
          chooseAgain: area
            ? { href: paths.step.to({ id: run.id, step: 'area' }), label: `${area.label}を選択し直す` }
            : null,
        }
      : null,
  }
}
