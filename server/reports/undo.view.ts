import type { Flow } from '../contract/contract.js'
import { paths } from '../paths.js'
import { amount, at } from '../runs/labels.js'
import type { Run } from '../runs/run.js'
import type { PageLink } from '../web/page.js'
import type { UndoLook } from '../wizard/undo.service.js'

/** ［この同期を取り消す］ on a report. */
export interface UndoSection {
  title: string
  /** what the button does, or why there is none */
  texts: string[]
  button: { action: string; label: string } | null
  /** to the run that has taken this one back */
  undoneBy: PageLink | null
}

export function undoSection({ to, words }: Flow, run: Run, look: UndoLook | null): UndoSection | null {
  if (look === null) return null
  const { why, written, undoneBy } = look
  const title = `この${words.act}の取り消し`
  const link = undoneBy && {
    href: paths.report.to({ id: undoneBy.id }),
    label: `${at(undoneBy.queuedAt)}の取り消しの結果を見る`,
  }
  if (why !== null) return { title, texts: [why], button: null, undoneBy: link }
  const registered =
    written.registered > 0
      ? [
          `新しく登録した${amount(written.registered)}${words.counter}は、取り消せません。不要な場合は、${to}の画面で削除してください。`,
        ]
      : []
  return {
    title,
    texts: [
      `変更した${amount(written.changed)}${words.counter}の項目を、${words.act}の前の値に戻します。${words.act}の後に変更された項目は、戻しません。内容を確認してから、実行できます。`,
      ...registered,
    ],
    button: { action: paths.undoRun.to({ id: run.id }), label: `この${words.act}を取り消す` },
    undoneBy: link,
  }
}
