import type { Flow } from '../contract/contract.js'
import { MOST } from '../runs/undo.store.js'
import { paths } from '../paths.js'
import { amount, at } from '../runs/labels.js'
import type { Run } from '../runs/run.js'
import type { Checkbox, Fact, Page, PageLink } from '../web/page.js'
import { namesOf, NAME_LABELS } from '../payslips/payroll-names.js'
import type { UndoLook } from '../wizard/undo.service.js'

/** ［この同期を取り消す］ on a report. */
export interface UndoSection {
  title: string
  /** what the button does, or why there is none */
  texts: string[]
  button: { action: string; label: string } | null
  /** … or the page that asks first */
  asking: PageLink | null
  /** to the run that has taken this one back */
  undoneBy: PageLink | null
}

const many = (count: number, { counter }: Flow['words']): string =>
  count > MOST ? `${amount(MOST)}${counter}以上` : `${amount(count)}${counter}`

export function undoSection(flow: Flow, run: Run, look: UndoLook | null): UndoSection | null {
  const { to, words } = flow
  if (look === null) return null
  const { why, written, undoneBy } = look
  const title = `この${words.act}の取り消し`
  const link = undoneBy && {
    href: paths.report.to({ id: undoneBy.id }),
    label: `${at(undoneBy.queuedAt)}の取り消しの結果を見る`,
  }
  if (why !== null) return { title, texts: [why], button: null, asking: null, undoneBy: link }
  if (flow.kind === 'import') {
    const text = `SmartHRから、この取り込みで作成した給与と給与明細${many(written.registered, words)}を削除します。SmartHRで確定する前に取り消せます。`
    const asking = { href: paths.undoRun.to({ id: run.id }), label: `この${words.act}を取り消す` }
    return { title, texts: [text], button: null, asking, undoneBy: null }
  }
  const registered =
    written.registered > 0
      ? [
          `新しく登録した${many(written.registered, words)}は、取り消せません。不要な場合は、${to}の画面で削除してください。`,
        ]
      : []
  return {
    title,
    texts: [
      `変更した${many(written.changed, words)}のうち、元に戻せる項目がある${words.item}を、${words.act}の前の値に戻します。${words.act}の後に変更された項目と、${to}で空白に戻せない項目は、戻しません。元に戻せる${words.item}の数と内容を確認してから、実行できます。`,
      ...registered,
    ],
    button: { action: paths.undoRun.to({ id: run.id }), label: `この${words.act}を取り消す` },
    asking: null,
    undoneBy: link,
  }
}

export interface TakeBackPage extends Page {
  heading: string
  question: string
  facts: Fact[]
  notes: readonly string[]
  sure: Checkbox
}

/** ［この取り込みを取り消す］: asked once more, since a payroll that is removed does not come back. */
export function takeBackPage(
  { words }: Flow,
  run: Run,
  { look, error }: { look: UndoLook; error: string | null },
): TakeBackPage {
  const names = namesOf(run)
  const title = `${words.act}の取り消し`
  return {
    title,
    hasErrors: error !== null,
    heading: title,
    dialog: {
      title,
      content: '取り消す内容',
      action: paths.undoRun.to({ id: run.id }),
      hidden: {},
      cancel: paths.report.to({ id: run.id }),
      button: '取り込みを取り消す',
      dangerous: true,
      hasErrors: error !== null,
    },
    question: `SmartHRから、この取り込みで作成した給与と給与明細を削除しますか？`,
    facts: [
      ...(names ? [[NAME_LABELS.admin, names.admin] as const] : []),
      ['給与明細', many(look.written.registered, words)],
    ],
    notes: [
      '削除した給与と給与明細は、元に戻せません。必要な場合は、もう一度取り込んでください。',
      'SmartHRで確定された給与と、このアプリ以外で給与明細を追加した給与は、削除しません。',
    ],
    sure: {
      name: 'sure',
      boxId: 'sure',
      value: 'yes',
      label: '削除することを確認しました',
      checked: false,
      error: error ?? undefined,
      focus: error !== null,
    },
  }
}
