import { Forbidden } from '../../errors.js'
import { blanksNote } from '../../contract/blanks.js'
import type { Connector, SyncFlow } from '../../contract/contract.js'
import type { ServiceErrors } from '../../calls/call.js'
import { syncDashboard, syncLabels, syncMail, syncOfPeople, syncTexts } from '../../contract/words.js'
import { check, columns, propose } from './columns.js'
import { examine, openFile } from './directory.js'
import { employees } from './employees.mapping.js'
import { help } from './help.js'
import { MOST_ROWS } from './rows.js'

const PRODUCT = 'CSVファイル'
const BUTTON = 'ファイルを選択'

const MEGABYTE = 1_048_576
const MOST_MEGABYTES = 20
const ROWS = MOST_ROWS.toLocaleString('ja-JP')

const usual = syncOfPeople(PRODUCT, 'to-smarthr', BUTTON)

const toSmarthr: SyncFlow = {
  ...usual,
  words: {
    ...usual.words,
    detail: '行',
    leftOut: null,
    empty: '対象の従業員はいません。CSVファイルに、従業員の行があるか確認してください。',
  },
  // Who is in the file was chosen by whoever made it.
  includes: () => true,
  identity: 'key',
  mapping: employees,
  steps: [
    {
      kind: 'upload',
      heading: 'CSVファイルの選択',
      lead: '従業員情報のCSVファイルを選択してください。［次へ］を押すと、ファイルを読み取ります。この時点では、SmartHRに書き込みません。',
      label: PRODUCT,
      help: `文字コードはUTF-8またはShift_JIS、${MOST_MEGABYTES}MB以内、${ROWS}行以内のファイルを選択できます。`,
      notes: [
        '1行目に列の見出し、2行目から従業員を1名ずつ入力したファイルを選択してください。社員番号の列が必要です。',
        '日付は、2020/04/01、2020年4月1日、令和2年4月1日、R2.4.1などの形を読み取れます。',
        'ファイルは暗号化して保存し、同期が終わると削除します。同期しないまま24時間が過ぎた場合も、削除します。',
      ],
    },
    {
      kind: 'columns',
      heading: '列の確認',
      lead: 'ファイルの列を、SmartHRのどの項目に取り込むかを確認してください。見出しから判断できた列は、選択されています。選択した内容は、次のファイルでも使われます。',
      notes: [
        '「取り込まない」を選択した列の値は、SmartHRに書き込みません。',
        '氏名が1つの列にある場合は、「氏名（姓と名）」を選択すると、空白で姓と名に分けます。',
      ],
    },
    { kind: 'fetch', shownIn: 'wizard' },
    { kind: 'select', button: '確認' },
    { kind: 'confirm' },
  ],
  notes: [
    '社員番号が一致する従業員を更新し、一致しない従業員を新しく登録します。ファイルにいない従業員は変更しません。',
    '読み取れない値がある行の従業員は、行番号と理由を表示し、同期しません。',
    blanksNote({ mapping: employees, direction: 'to-smarthr', from: PRODUCT, to: 'SmartHR' }),
    '退職年月日を取り消す場合は、SmartHRの従業員情報で変更してください。',
  ],
  settings: 'none',
}

/** Nothing is asked over the network. */
const errors: ServiceErrors = {
  side: 'service',
  product: PRODUCT,
  rules: [],
  read: () => ({ codes: [], messages: [] }),
  rates: () => [],
}

/** CSVファイル: for services that hand nobody over but by a file. What is assumed: README.md beside this file. */
export const csv: Connector = {
  id: 'csv',
  category: 'file',
  labels: {
    ...syncLabels(PRODUCT, { account: '書き出し元のサービス', accountCode: '形式' }),
    summary: 'ほかのサービスから書き出したCSVファイルの従業員情報を、SmartHRに登録・更新します。',
  },
  dashboard: {
    ...syncDashboard(BUTTON),
    lead: `［${BUTTON}］を押して、CSVファイルを選択してください。同期する前に、変更内容を確認できます。`,
  },
  help,
  addresses: null,
  auth: {
    form: {
      title: '書き出し元のサービス',
      lead: 'CSVファイルを書き出すサービスの名前を入力してください。画面に表示するための名前です。',
      fields: [
        {
          name: 'source',
          label: 'サービスの名前',
          help: '例：マネーフォワード クラウド給与',
          secret: false,
          max: 50,
          shows: 'accountName',
        },
      ],
      button: '登録',
      edit: '編集',
      check({ source = '' }) {
        if (source.trim() === '') throw new Forbidden('サービスの名前が入力されていません。入力してください。')
        // One account, whatever it is called: what was said of columns stays.
        return Promise.resolve({ account: { id: 'csv', code: 'CSV', name: source.trim() }, token: null })
      },
    },
    texts: {
      ...syncTexts(PRODUCT, [
        '連携レポートは残ります。列について選択した内容も残り、登録し直すと、そのまま使えます。',
        '選択したファイルのうち、同期が終わっていないものは、直ちに削除されます。',
      ]),
      lead: 'CSVファイルを書き出すサービスの名前を登録すると、ファイルを選択できるようになります。登録しても、従業員情報は同期されません。',
      notice: 'CSVファイルを書き出すサービスが登録されていません。登録すると、ファイルを選択できます。',
      connected: 'CSVファイル連携を登録しました',
      disconnected: 'CSVファイル連携を解除しました',
    },
  },
  settings: null,
  flows: [toSmarthr],
  limits: { concurrency: 1, callsPerPerson: { new: 0, changed: 0 } },
  maintenance: null,
  errors,
  mail: syncMail,
  file: {
    maxBytes: MOST_MEGABYTES * MEGABYTE,
    tooBig: `ファイルが${MOST_MEGABYTES}MBを超えています。必要のない列を削除するか、ファイルを分けてください。`,
    accept: '.csv,text/csv',
    examine,
    fields: columns,
    propose,
    check,
  },
  open: ({ file, settings }) => openFile(file, settings),
}
