import { FILE_GONE } from '../../contract/file.js'
import { smarthrArticle, type ConnectorHelp } from '../../contract/help.js'
import { choiceFaults, faults, noDigits } from './columns.js'
import { HEADING, NOBODY, TOO_MANY } from './directory.js'
import { OTHERS, UNREADABLE } from './encoding.js'
import { AGAIN, FORMULA, LINES, NO_NUMBER, WIDTH } from './people.js'
import { namedTwice, NO_COMMAS, QUOTES, TOO_WIDE } from './rows.js'

/** Titles and numbers of SmartHR's articles: reference on Money Forward, sources. */
export const help: ConnectorHelp = {
  terms: [
    { smarthr: '社員番号', service: '従業員番号、従業員コードなど', note: '列の見出しから判断します' },
    { smarthr: '入社年月日', service: '入社日' },
    { smarthr: '退職年月日', service: '退職日' },
  ],
  manuals: [
    { label: '複数の従業員情報を一括で登録する', href: smarthrArticle('360026107234') },
    { label: '複数の従業員情報を一括で更新する', href: smarthrArticle('360026265333') },
  ],
  reasons: {
    reading: [
      ...OTHERS.map(([, fault]) => fault),
      UNREADABLE,
      NO_COMMAS,
      HEADING,
      NOBODY,
      TOO_MANY,
      TOO_WIDE,
      namedTwice(['…']),
      `…行目の付近で、${QUOTES}`,
      FILE_GONE,
      ...choiceFaults,
    ],
    planning: [
      ...[WIDTH, NO_NUMBER].map(fault => `…行目：${fault}${AGAIN}`),
      ...[FORMULA, LINES, ...Object.values(faults), noDigits(7, true), noDigits(11)].map(
        fault => `…行目：「…」${fault}${AGAIN}`,
      ),
    ],
  },
  pages: {
    connection: ['登録するのは、画面に表示する名前だけです。IDやパスワードは必要ありません。'],
    select: [
      '読み取れない値がある行は「対象外」として、行番号と理由を表示します。ファイルを修正し、選択し直してください。',
    ],
    report: [
      '同期が終わるとファイルを削除するため、失敗した対象だけの再実行はできません。理由を確認して修正し、ファイルを選択し直してください。',
      '［ダウンロード］の一覧には、ファイルのすべての行があります。対象外、未選択、差分なしの行も、行番号と理由を確認できます。',
    ],
  },
}
