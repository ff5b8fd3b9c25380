import type { Flow, Words } from '../contract/contract.js'
import { paths } from '../paths.js'
import { amount } from './labels.js'
import type { Run } from './run.js'

/** How far a run is, as a bar and in words; the page asks at `url` for more. */
export interface ProgressBar {
  url: string
  state: string
  /** null: the whole is not known */
  max: number | null
  value: number
  text: string
}

/** A fetch that is under way. */
export interface FetchProgress {
  heading: string
  bar: ProgressBar
  waiting: string | null
}

export const fetchedSentence = ({ fetched, fetchTotal }: Run, { counter }: Pick<Words, 'counter'>): string =>
  fetchTotal
    ? `${amount(fetchTotal)}${counter}のうち${amount(fetched)}${counter}を取得しました。`
    : `${amount(fetched)}${counter}を取得しました。`

export const fetchProgress = ({ kind, words, from, to }: Flow, run: Run): FetchProgress => ({
  heading: `${kind === 'publication' ? from : `${from}と${to}`}から、${words.item}情報を取得しています`,
  bar: {
    url: paths.progress.to({ id: run.id }),
    state: run.state,
    max: run.fetchTotal || null,
    value: run.fetched,
    text: fetchedSentence(run, words),
  },
  waiting: run.waitingReason,
})
