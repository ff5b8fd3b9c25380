import {
  peopleWords,
  type AccessTokens,
  type DateStep,
  type DialogWords,
  type EntryOf,
  type Flow,
  type FeedPermission,
  type PlainDate,
  type Publication,
  type PublicationFlow,
  type Published,
  type Steps,
} from '../../contract/contract.js'
import type { CrewDocument, YearEndResult } from '../../contract/documents.js'
import { inService } from '../../contract/employment.js'
import { titleSubject } from '../../contract/mail.js'
import { employeeChanges, employeeOf, employeeProblems, type FeedEmployee } from './employees.feed.js'
import { PRODUCT } from './errors.js'
import { limited } from './feed.permission.js'
import { declarationAttributes, declarationSchema, employeeAttributes, employeeSchema } from './feed.schema.js'
import { declarationChanges, declarationOf, exclusionOf, type FeedDeclaration } from './year-end.feed.js'

/** Where year-end results go: クラウド給与's own function was closed in 2021 (reference §1). */
const YEAR_END_PRODUCT = 'マネーフォワード クラウド年末調整'

/** How long a snapshot may wait to be fetched. */
const DAYS = 7

/** Why Money Forward did not take a person; its own words when it gave any. */
const refusal =
  (product: string, source: string): Publication['refusal'] =>
  (status, message) => {
    const what = status === 'skipped' ? '取り込みの対象になりませんでした' : '取り込めませんでした'
    const why = message === null ? '理由は通知されていません。' : `「${message}」`
    return `${product}で${what}。${why}${product}の画面とSmartHRの${source}を確認し、修正してから、もう一度公開してください。`
  }

const employeeRecord = ({ payload: { crew, dependents } }: EntryOf<CrewDocument>): Published => {
  const notes: string[] = []
  const record = employeeOf(crew, dependents, notes)
  return { record, changes: employeeChanges(record), problems: employeeProblems(record), notes, excluded: null }
}

const declarationRecord = ({ payload: result }: EntryOf<YearEndResult>, { asOf }: { asOf: PlainDate }): Published => {
  const excluded = exclusionOf(result, Number(asOf.slice(0, 4)))
  if (excluded !== null) return { record: {}, changes: [], problems: [], notes: [], excluded }
  const notes: string[] = []
  const record = declarationOf(result, notes)
  return { record, changes: declarationChanges(record), problems: [], notes, excluded: null }
}

const date: DateStep = {
  kind: 'date',
  heading: '情報取得基準日',
  lead: `公開する従業員を決める基準日を指定してください。［次へ］を押すと、SmartHRから従業員情報を取得します。この時点では、${PRODUCT}に公開されません。`,
  help: '指定した日付の時点で在籍している従業員が、公開の対象です。',
  notes: ['入社年月日が基準日より後の従業員と、退職年月日が基準日より前の従業員は、対象になりません。'],
}

const words = { ...peopleWords, act: '公開', new: '公開' }

const stepsFrom = (asked: DateStep, dialog: DialogWords): Steps => [
  asked,
  { kind: 'fetch', shownIn: 'wizard' },
  { kind: 'select', button: '確認' },
  { kind: 'confirm', dialog },
]

const common = {
  kind: 'publication',
  direction: 'to-service',
  from: 'SmartHR',
} as const

/** 従業員情報: Money Forward fetches it and offers no choice of people (reference §3.2), so people are chosen here. */
const employees: PublicationFlow = {
  ...common,
  id: 'employees',
  dataset: 'crew-documents',
  words,
  panel: {
    title: '従業員情報を公開する',
    button: '公開を開始',
    lead: `${PRODUCT}が取り込めるように、SmartHRの従業員情報を公開します。取り込みは${PRODUCT}の画面で行ないます。`,
  },
  steps: stepsFrom(date, {
    title: '従業員情報を公開しますか？',
    button: '公開',
    summary: `{n}名の従業員情報を、${PRODUCT}が取り込めるように公開します。`,
    started: `従業員情報を公開しました。${PRODUCT}の画面で取り込んでください`,
  }),
  title: '従業員情報の公開',
  historyLabel: '従業員情報公開',
  includes: inService('counts'),
  publication: {
    resource: 'employees',
    list: 'employees',
    record: { name: 'Employee', schema: employeeSchema },
    publish: employeeRecord,
    limited: (record: object, permission: FeedPermission) => limited(record as FeedEmployee, permission),
    days: DAYS,
    next: [
      `${PRODUCT}にログインし、［従業員情報］＞［従業員を追加］＞［SmartHRから従業員データを取り込む］を開きます。`,
      '［取り込む］を押します。登録済みの従業員は、［更新］で取り込みます。',
      '取り込んだ従業員の［一般情報］を確認します。',
    ],
    refusal: refusal(PRODUCT, '従業員情報'),
  },
  notes: [
    `公開しただけでは、${PRODUCT}に登録されません。公開後に、${PRODUCT}の［従業員情報］＞［従業員を追加］＞［SmartHRから従業員データを取り込む］で取り込んでください。`,
    `公開した内容は、${DAYS}日後に期限切れになります。公開した後にSmartHRで変更した内容は、もう一度公開するまで反映されません。`,
    `${PRODUCT}に同じ従業員コード（社員番号）の従業員がいる場合は上書きされ、いない場合は新しく登録されます。`,
    `誤って取り込んだ従業員は、このアプリでは削除できません。${PRODUCT}のサポートに問い合わせてください。`,
    'アクセストークンで参照を許可していない項目は、取り込まれません。',
  ],
  to: PRODUCT,
}

/** 年末調整結果 */
const yearEnd: PublicationFlow = {
  ...common,
  id: 'year-end',
  dataset: 'year-end-results',
  words: { ...words, leftOut: null, empty: '対象の従業員はいません。年度を確認してください。' },
  panel: {
    title: '年末調整結果を公開する',
    button: '公開を開始',
    lead: `${YEAR_END_PRODUCT}が取り込めるように、SmartHRの年末調整結果を公開します。取り込みは${YEAR_END_PRODUCT}の画面で行ないます。`,
  },
  steps: stepsFrom(
    {
      kind: 'date',
      heading: '年度',
      unit: 'year',
      lead: `公開する年末調整の年度を選択してください。［次へ］を押すと、SmartHRから年末調整結果を取得します。この時点では、${YEAR_END_PRODUCT}に公開されません。`,
      help: 'SmartHRで年末調整を行なった年度を選択してください。',
      notes: [
        'SmartHRの依頼一覧の［対象外］に、「対象外」または「対象外候補」と表示されている従業員は、公開できません。',
      ],
    },
    {
      title: '{date}の年末調整結果を公開しますか？',
      button: '公開',
      summary: `{n}名の{date}の年末調整結果を、${YEAR_END_PRODUCT}が取り込めるように公開します。`,
      started: `{date}の年末調整結果を公開しました。${YEAR_END_PRODUCT}の画面で取り込んでください`,
    },
  ),
  title: '年末調整結果の公開',
  historyLabel: '年末調整結果公開',
  includes: () => true,
  publication: {
    resource: 'year_end_adjustments',
    list: 'declarations',
    record: { name: 'Declaration', schema: declarationSchema },
    publish: declarationRecord,
    limited: (record: object, permission: FeedPermission) => limited(record as FeedDeclaration, permission),
    days: DAYS,
    next: [
      `先に、従業員情報を${PRODUCT}に取り込みます。登録されていない従業員の年末調整結果は、取り込まれません。`,
      `${YEAR_END_PRODUCT}に、全権管理者・一般管理者・管理者（代理①）のいずれかでログインし、［従業員一覧］と［手続き一覧］で、SmartHRのデータを取り込みます。`,
      '給与収入および所得は取り込まれないため、マネーフォワードの画面で入力します。',
    ],
    refusal: refusal(YEAR_END_PRODUCT, '年末調整結果'),
  },
  notes: [
    `公開しただけでは、取り込まれません。公開後に、${YEAR_END_PRODUCT}の［従業員一覧］と［手続き一覧］で取り込んでください。`,
    `公開した内容は、${DAYS}日後に期限切れになります。公開した後にSmartHRで変更した内容は、もう一度公開するまで反映されません。`,
    '給与以外の収入および所得は公開されます。給与収入および所得は公開されません。マネーフォワードが把握している金額を使うためです。',
    '前職の情報は、前職の情報としてだけ公開されます。給与収入に合算されず、二重に計上されません。',
    '対象外の従業員を取り込むには、SmartHRで収集情報のCSVファイルをダウンロードし、マネーフォワードのサポートに問い合わせてください。',
  ],
  to: YEAR_END_PRODUCT,
}

export const publications: readonly PublicationFlow[] = [employees, yearEnd]

export const accessTokens: AccessTokens = {
  title: 'アクセストークン',
  lead: `${PRODUCT}が、公開した従業員情報と年末調整結果を取り込むときに使います。アクセストークンを知っている人は、公開中の情報を取得できます。取り扱いに注意してください。家族情報、または年末調整結果の配偶者の項目を許可していないアクセストークンでは、婚姻の状況がわかる項目（世帯主との続柄、寡婦区分、ひとり親区分）も出力しません。`,
  guide: {
    title: `${PRODUCT}での登録のしかた`,
    steps: [
      'アクセストークンの一覧の［+新規発行］で、アクセストークンを発行します。',
      '発行したアクセストークンを［コピー］します。アクセストークンは、発行したときの画面にだけ表示されます。',
      `${PRODUCT}の［連携設定］で、「SmartHR」の［連携する］を開きます。`,
      '［接続文字列］にアクセストークンを貼り付け、サブドメインと接続先URLを入力して、［登録する］を押します。',
    ],
    url: '接続先URL',
    subdomain: 'サブドメイン',
  },
  example: PRODUCT,
  resources: [
    { value: 'employees', label: '従業員情報' },
    { value: 'dependents', label: '家族情報' },
    { value: 'bank_accounts', label: '口座情報' },
    { value: 'year_end_adjustments', label: '年末調整結果' },
  ],
  attributes: [
    { label: '従業員情報', items: employeeAttributes },
    { label: '年末調整結果', items: declarationAttributes },
  ],
  missing: `アクセストークンが発行されていません。公開した情報を${PRODUCT}が取り込むには、アクセストークンが必要です。［アクセストークン］で発行してください。`,
}

/** The result mail of a publication. */
export const publicationMail = {
  subject: titleSubject,
  summary: (flow: Flow, failed: boolean) =>
    failed
      ? `${flow.title}が終了しましたが、${flow.to}に取り込まれた従業員はいません。`
      : `${flow.title}が終了しました。`,
}
