import type { Flow } from '../contract/contract.js'
import { paths } from '../paths.js'
import { amount, at, classLabels, type Label } from '../runs/labels.js'
import { fetchProgress, progressBar, type FetchProgress, type ProgressBar } from '../runs/progress.view.js'
import { endsAt } from '../runs/publications.js'
import { endStates, isFollowUp, isPublished, type Run } from '../runs/run.js'
import { fetchAgain, type FetchAgain } from '../runs/step-urls.js'
import { actOf } from '../runs/undoing.words.js'
import type { PageLink } from '../web/page.js'

/** A run before 同期: what a fetch found. */
export interface Plan {
  /** the fetch is under way; nothing else is shown then */
  fetching: FetchProgress | null
  heading: string
  failure: string | null
  /** what has to be done before it is read once more, e.g. ［再連携する］ */
  first: PageLink | null
  counts: Label[]
  text: string
  again: FetchAgain | null
  cancellable: boolean
  /** ［同期を開始→］; null: nothing to go on to */
  go: PageLink | null
}

function planHeading(flow: Flow, run: Run, go: PageLink | null): string {
  if (go !== null) return `${actOf(flow, run)}の準備ができました`
  return run.failure !== null ? `${flow.words.item}情報の取得に失敗しました` : '取得が終わりました'
}

/** Nobody is registered by a run that takes another one back. */
const UNDO_CLASSES = ['changed', 'same', 'excluded'] as const
const CLASSES = ['new', ...UNDO_CLASSES] as const

export function planOf(flow: Flow, run: Run, first: PageLink | null, now: Date): Plan | null {
  if (run.queuedAt !== null || !['fetching', 'ready', 'failed'].includes(run.state)) return null
  const { counts } = run
  const fetching = run.state === 'fetching'
  const ready = run.state === 'ready'
  const hasPeople = counts.new + counts.changed + counts.same + counts.excluded > 0
  const go =
    ready && hasPeople
      ? { href: paths.step.to({ id: run.id, step: 'select' }), label: run.undoneAt ? '内容を確認→' : '同期を開始→' }
      : null
  return {
    fetching: fetching ? fetchProgress(flow, run, now) : null,
    heading: planHeading(flow, run, go),
    failure: run.failure,
    first,
    counts: ready
      ? (run.undoneAt ? UNDO_CLASSES : CLASSES).map(name => ({
          look: classLabels[name].look,
          label: `${classLabels[name].label} ${amount(counts[name])}${flow.words.counter}`,
        }))
      : [],
    text: ready
      ? hasPeople
        ? `${at(run.fetchedAt)}に取得しました。取得から24時間以内に、${run.undoneAt ? '元に戻す' : '同期する'}${flow.words.item}を選択してください。`
        : flow.words.empty
      : '',
    again: fetching || isFollowUp(run) ? null : fetchAgain(flow, run),
    cancellable: !endStates.includes(run.state),
    go,
  }
}

/** A snapshot on offer: what to do in the service, and until when. */
export interface OnOffer {
  until: string
  steps: readonly string[]
  /** the service has fetched some of it, or has yet to */
  pulled: string
}

const onOfferOf = (flow: Flow, run: Run): OnOffer | null =>
  flow.kind === 'publication' && isPublished(run)
    ? {
        until: `公開期限：${at(endsAt(run, flow.publication))}（期限を過ぎると、取り込めなくなります）`,
        steps: flow.publication.next,
        pulled:
          run.pulledAt === null
            ? 'まだ取得されていません。'
            : `${amount(run.selectedCount)}${flow.words.counter}のうち${amount(run.pulledCount)}${flow.words.counter}が取得されました（最終アクセス：${at(run.pulledAt)}）。`,
      }
    : null

/** A run at work, or a snapshot that waits to be fetched. */
export interface Running {
  heading: string
  bar: ProgressBar
  onOffer: OnOffer | null
  /** 中止しています, once the button was pressed */
  stopping: string | null
  stop: { title: string; text: string; button: string }
}

/** What the button that stops a run does, asked before it is pressed. */
function stopOf(flow: Flow, run: Run, published: boolean): Running['stop'] {
  const { words } = flow
  const { item } = words
  const name = actOf(flow, run)
  if (run.undoneAt)
    return {
      title: `${name}の中止`,
      text: `${name}を中止しますか？　すでに元に戻した${item}は、元に戻したままです。処理していない${item}は、未実行になります。`,
      button: `${name}を中止`,
    }
  const [act, done, open] = published
    ? ['公開', `すでに取り込まれた${item}の情報`, `取り込まれていない${item}`]
    : [words.act, `すでに処理が終わった${item}の変更`, `処理していない${item}`]
  return {
    title: `${act}の中止`,
    text: `${act}を中止しますか？　${done}は、元に戻りません。${open}は、未実行になります。`,
    button: `${act}を中止`,
  }
}

export function runningOf(flow: Flow, run: Run, now: Date): Running {
  const onOffer = onOfferOf(flow, run)
  return {
    heading: onOffer ? `${flow.to}での取り込みを待っています` : `${actOf(flow, run)}の実行状況`,
    bar: progressBar(run, flow.words, now),
    onOffer,
    stopping:
      run.cancelRequestedAt === null ? null : `中止しています。処理中の${flow.words.item}が終わりしだい、停止します。`,
    stop: stopOf(flow, run, onOffer !== null),
  }
}
