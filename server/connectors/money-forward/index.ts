import type { Connector, ImportFlow } from '../../contract/contract.js'
import { kept } from '../../contract/declared.js'
import { smarthrArticle } from '../../contract/help.js'
import { MAIL_SUPPORT, syncLabels } from '../../contract/words.js'
import { moneyForwardErrors, PRODUCT } from './errors.js'
import { help } from './help.js'
import { accessTokens, publicationMail, publications } from './publications.js'
import { keyForm, listPayrolls, openPayroll } from './payrolls.js'

/** 給与明細・賞与明細の取り込み */
const payslipsFlow: ImportFlow = {
  kind: 'import',
  id: 'payslips',
  direction: 'to-smarthr',
  dataset: 'payslips',
  words: {
    item: '従業員',
    counter: '名',
    key: '社員番号',
    name: '氏名',
    detail: '支給日',
    act: '取り込み',
    new: '取り込み',
    leftOut: null,
    empty: '対象の従業員はいません。取り込む明細を確認してください。',
  },
  steps: [
    {
      kind: 'area',
      heading: '取り込む明細の選択',
      label: '取り込む明細',
      given: ['データの取り込み方法', `${PRODUCT}から取り込む`],
      kinds: {
        label: '支給タイプ',
        options: [
          { value: 'salary', label: '給与' },
          { value: 'bonus', label: '賞与' },
        ],
      },
      lead: '支給タイプと、取り込む明細を選択してください。［取り込む］を押すと、明細を取得します。この時点では、SmartHRに書き込みません。',
      button: '取り込む',
      empty: `取り込める明細がありません。${PRODUCT}で給与計算を確定してください。`,
    },
    { kind: 'fetch', shownIn: 'wizard' },
    { kind: 'items' },
    {
      kind: 'confirm',
      dialog: {
        title: '給与明細の名前を確認してください',
        button: '登録',
        summary: `${PRODUCT}からSmartHRへ、{n}名の明細を取り込みます。`,
        started: 'SmartHRへ給与明細の取り込みを開始しました',
      },
    },
  ],
  panel: {
    title: '給与明細を取り込む',
    button: '取り込みを開始',
    lead: `${PRODUCT}で確定した給与明細・賞与明細を、SmartHRに取り込みます。`,
  },
  title: '給与明細の取り込み',
  historyLabel: '給与明細取り込み',
  includes: () => true,
  identity: 'key',
  payslips: {
    items: 'asked',
    names: (month, what) => `${month}${what}`,
    unknown: 'fails-one',
    unknownReason: `SmartHRに、同じ社員番号の従業員がいません。${PRODUCT}の従業員コードと、SmartHRの社員番号（先頭の0を含む）を確認してください。`,
  },
  notes: [
    '取り込んだ明細は、SmartHRで未確定の状態になります。内容を確認して、SmartHRで確定・公開してください。',
    `${PRODUCT}の従業員コードとSmartHRの社員番号が同じ従業員に、明細を取り込みます。同じ番号の従業員がいない明細は取り込みません。`,
    '差引支給額・支給合計・控除合計の3つの項目がSmartHRの給与明細項目に登録されていないと、取り込めません。',
    '値が空白の項目は、その従業員の明細に表示されません。',
  ],
  from: PRODUCT,
  to: 'SmartHR',
}

/** マネーフォワード クラウド給与. Sources and what is assumed: README.md beside this file. */
export const moneyForward: Connector = {
  id: 'money-forward',
  category: 'payroll',
  labels: {
    ...syncLabels(PRODUCT, { account: '事業者', accountCode: 'API KEY' }),
    summary: `${PRODUCT}の給与明細を取り込み、SmartHRの従業員情報と年末調整結果を公開します。`,
  },
  dashboard: {
    lead: '取り込む、または公開する情報を選んでください。書き込む前に、内容を確認できます。',
    recent: 'history',
    recentTitle: '履歴',
    alert: {
      text: `${PRODUCT}の従業員情報は、API KEYでは取り込めません。SmartHRに従業員を登録・更新する場合は、${PRODUCT}から従業員のCSVファイルを書き出し、CSVファイル連携か、SmartHRのCSV機能を利用してください。`,
      instead: { connector: 'csv', label: 'CSVファイル連携を開く' },
      links: [
        { label: '複数の従業員情報を一括で登録する', href: smarthrArticle('360026107234') },
        { label: '複数の従業員情報を一括で更新する', href: smarthrArticle('360026265333') },
      ],
    },
  },
  addresses: {
    prefix: 'MONEY_FORWARD',
    apiUrl: 'https://payroll.moneyforward.com/api/v2',
    client: 'none',
    identifier: true,
    tokenIn: 'path',
  },
  auth: {
    form: keyForm,
    texts: {
      settingsTitle: `${PRODUCT}連携の登録`,
      menu: '連携設定',
      lead: `${PRODUCT}のAPI KEYを登録します。登録しても、明細や従業員情報は連携されません。`,
      notice: `${PRODUCT}と連携していません。API KEYを登録すると、連携を始められます。`,
      confirmNotes: null,
      connected: `${PRODUCT}連携を登録しました`,
      disconnected: `${PRODUCT}との連携を解除しました`,
      disconnectNotes: [
        'SmartHRに取り込んだ給与明細は、削除されません。',
        '履歴は残ります。登録した給与明細の項目は、同じ事業者と連携し直すと、そのまま使えます。',
        '解除すると、API KEYは直ちに削除されます。発行したアクセストークンは無効になり、公開中の情報は公開を終了します。',
      ],
    },
  },
  settings: null,
  help,
  accessTokens,
  flows: [payslipsFlow, ...publications],
  // 60 calls a minute (assumed)
  limits: { perSecond: 1, concurrency: 1, callsPerPerson: { new: 0.02, changed: 0 } },
  maintenance: null,
  errors: moneyForwardErrors,
  mail: {
    support: MAIL_SUPPORT,
    subject: (flow, company, failed, stopped) =>
      flow.kind === 'publication'
        ? publicationMail.subject(flow, company, failed, stopped)
        : `${flow.from}から${flow.to}へ給与明細${failed ? 'の取り込みが失敗しました' : stopped ? 'の取り込みを中止しました' : 'を取り込みました'}｜${company}`,
    summary: (flow, failed) =>
      flow.kind === 'publication'
        ? publicationMail.summary(flow, failed)
        : failed
          ? `${flow.from}から${flow.to}への給与明細の取り込みに失敗しました。`
          : `${flow.from}から${flow.to}に給与明細の取り込み結果が出ました。`,
  },
  areas: ({ http }) => listPayrolls(http),
  open: ({ http, area }) => openPayroll({ http, payrollId: kept(area, 'area') }),
}
