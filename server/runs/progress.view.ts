import type { Flow, Words } from '../contract/contract.js'
import { paths } from '../paths.js'
import { amount, duration, type Label } from './labels.js'
import { endStates, type Run, type RunState } from './run.js'

/** What a run is at; its pages are drawn anew when that changes. Comparing is a part of 取得中. */
export type Phase = RunState | 'planning'

export const phaseOf = ({ state, planned }: Pick<Run, 'state' | 'planned'>): Phase =>
  state === 'fetching' && planned !== null ? 'planning' : state

/** A run that moves by itself: it is read, planned or written. */
export const moves = ({ state, publishedAt }: Pick<Run, 'state' | 'publishedAt'>): boolean =>
  publishedAt === null && ['fetching', 'queued', 'running'].includes(state)

/** How often a page that waits for a run is asked for anew where no script asks how far the run is. */
export const REFRESH_SECONDS = 10

/** How far a run has got, as figures and in words; polled by the page. */
export interface Progress {
  state: RunState
  phase: Phase
  ended: boolean
  done: number
  total: number
  succeeded: number
  failed: number
  text: string
  /** why nothing moves just now, and when it goes on */
  waiting: string | null
}

/** How far a run is, as a bar and in words; the page asks at `url` for more. */
export interface ProgressBar {
  url: string
  phase: Phase
  /** null: the whole is not known */
  max: number | null
  value: number
  text: string
  waiting: string | null
}

/** A fetch that is under way. */
export interface FetchProgress {
  label: Label
  heading: string
  bar: ProgressBar
}

/** Too early to tell how long the rest takes. */
const FIRST_MS = 5_000

/** 「残り約3分です。」 at the pace so far; empty where nobody can tell. */
function restSentence(done: number, total: number, since: Date | null, now: Date): string {
  const passed = since === null ? 0 : now.getTime() - since.getTime()
  if (done === 0 || total <= done || passed < FIRST_MS) return ''
  const rest = duration((passed / done) * (total - done))
  return rest.endsWith('未満') ? `残り${rest}です。` : `残り約${rest}です。`
}

interface Steps {
  done: number
  total: number
  /** what of `total` is done, as a sentence */
  what: string
  /** since when it goes on; null: nobody can tell from that how long it takes */
  since: Date | null
}

function stepsOf(run: Run, { counter }: Pick<Words, 'counter'>): Steps {
  const of = (total: number, done: number, what: string) =>
    `${amount(total)}${counter}のうち${amount(done)}${counter}${what}。`
  if (phaseOf(run) === 'planning') {
    const [done, total] = [run.planned ?? 0, run.sourceListed ?? 0]
    return { done, total, what: of(total, done, 'の差分を確認しました'), since: null }
  }
  if (run.queuedAt === null || run.state === 'fetching') {
    const [done, total] = [run.fetched, run.fetchTotal ?? 0]
    const what = total > 0 ? of(total, done, 'を取得しました') : `${amount(done)}${counter}を取得しました。`
    return { done, total, what, since: run.fetchBegunAt }
  }
  const done = run.succeededCount + run.failedCount + run.unconfirmedCount
  const total = run.selectedCount
  const what = of(total, done, run.publishedAt ? 'の取り込み結果が届きました' : 'の処理が終わりました')
  return { done, total, what, since: run.startedAt }
}

/** How far a run has got. */
export function progressOf(run: Run, words: Pick<Words, 'counter'>, now: Date): Progress {
  const ended = endStates.includes(run.state)
  const { done, total, what, since } = stepsOf(run, words)
  const rest = moves(run) && run.waitingReason === null ? restSentence(done, total, since, now) : ''
  return {
    state: run.state,
    phase: phaseOf(run),
    ended,
    done,
    total,
    succeeded: run.succeededCount,
    failed: run.failedCount,
    text: what + rest,
    waiting: run.waitingReason,
  }
}

/** The same as a bar that follows it. */
export function progressBar(run: Run, words: Pick<Words, 'counter'>, now: Date): ProgressBar {
  const { phase, done, total, text, waiting } = progressOf(run, words, now)
  return { url: paths.progress.to({ id: run.id }), phase, max: total || null, value: done, text, waiting }
}

export function fetchProgress({ kind, words, from, to }: Flow, run: Run, now: Date): FetchProgress {
  const bar = progressBar(run, words, now)
  if (bar.phase === 'planning') {
    const heading = `${words.item}情報の${kind === 'sync' ? '差分' : '内容'}を確認しています`
    return { label: { label: '差分を確認中', look: 'st-blue' }, heading, bar }
  }
  const heading = `${kind === 'publication' ? from : `${from}と${to}`}から、${words.item}情報を取得しています`
  return { label: { label: '取得中', look: 'st-blue' }, heading, bar }
}
