import { peopleWords, type Connector, type SyncFlow } from '../../contract/contract.js'
import { blanksNote } from '../../contract/blanks.js'
import { syncLabels } from '../../contract/words.js'
import { titleSubject } from '../../contract/mail.js'
import { departmentErrors, departments, examineDepartments } from './departments.js'
import { ALSO_READS, CUSTOM_ITEM, employeeErrors, employees, examineEmployees, inScope } from './employees.js'
import { mikiwameErrors } from './errors.js'
import { help } from './help.js'
import { codeKey, emailKey, identifyCompany, openStore } from './store.js'

const PRODUCT = 'ミキワメ'
const GROUP = 'ミキワメカテゴリー'

/** The request form of the help centre (reference §8); its path is Zendesk's usual one, inferred. */
const SUPPORT_URL = 'https://mikiwame-client.zendesk.com/hc/ja/requests/new'

const common = {
  kind: 'sync',
  direction: 'to-service',
  steps: [{ kind: 'fetch', shownIn: 'wizard' }, { kind: 'select', button: '確認' }, { kind: 'confirm' }],
  identity: 'key',
  settings: 'none',
  from: 'SmartHR',
  to: PRODUCT,
} as const satisfies Partial<SyncFlow>

const oneClick = (section: string) => ({
  section,
  button: 'SmartHRと同期',
  preview: '同期前に内容を確認する',
  accepted: '同期処理を開始しました。',
})

const departmentsFlow: SyncFlow = {
  ...common,
  id: 'departments-from-smarthr',
  dataset: 'departments',
  words: {
    item: '部署',
    counter: '件',
    key: '部署コード',
    name: '部署名',
    act: '同期',
    new: '新規登録',
    leftOut: '部署コードのない部署（{n}件）は、同期しないため、表示していません。',
    empty: '対象の部署はありません。SmartHRで部署と部署コードを登録してください。',
  },
  key: { path: 'code', normalise: codeKey, otherwise: { label: '部署名', path: 'name' } },
  atOnce: oneClick('一括操作'),
  panel: {
    title: '部署を管理する',
    button: 'SmartHRと同期',
    lead: 'SmartHRの部署を、ミキワメに登録・更新します。社員の同期より先に実行してください。',
  },
  title: '部署情報の同期（SmartHR）',
  historyLabel: '部署情報の同期（SmartHR）',
  // A department without a code can't be known again and is left alone (D1).
  includes: ({ values }) => codeKey(values.code) !== null,
  mapping: departments,
  examiner: examineDepartments,
  // A parent may be new and its child known.
  inOrder: true,
  errorFile: departmentErrors,
  notes: [
    '部署コードが一致する部署を更新し、一致しない部署を新しく登録します。部署コードのない部署は、同期しません。',
    'ミキワメだけにある部署は、変更も削除もしません。',
    blanksNote({ mapping: departments, ...common }),
  ],
}

const employeesFlow: SyncFlow = {
  ...common,
  id: 'employees-from-smarthr',
  dataset: 'employees',
  words: {
    ...peopleWords,
    key: 'メールアドレス',
    leftOut: `「${CUSTOM_ITEM}」が「連携しない」の従業員（{n}名）は、同期しないため、表示していません。`,
    empty: `対象の従業員はいません。SmartHRの従業員と、「${CUSTOM_ITEM}」の設定を確認してください。`,
  },
  key: { path: 'email', normalise: emailKey, otherwise: { label: '社員番号', path: 'emp_code' }, personal: true },
  atOnce: oneClick('社員情報を一括操作'),
  panel: {
    title: '自社社員管理',
    button: 'SmartHRと同期',
    lead: 'SmartHRの従業員を、ミキワメに登録・更新します。部署の同期を先に実行してください。',
  },
  title: '社員情報の同期（SmartHR）',
  historyLabel: '社員情報の同期（SmartHR）',
  includes: inScope,
  mapping: employees,
  examiner: examineEmployees,
  alsoReads: ALSO_READS,
  errorFile: employeeErrors,
  notes: [
    'メールアドレスが一致する社員を更新し、一致しない社員を新しく登録します。SmartHRでメールアドレスを変更すると、別の社員として登録されます。',
    'ビジネスネームが登録されている場合は、ビジネスネームを連携します。所属部署と役職は、部署1と役職1だけを連携します。',
    blanksNote({ mapping: employees, ...common }),
    `「${CUSTOM_ITEM}」が「連携しない」の従業員は、同期しません。`,
  ],
}

/** ミキワメ. Sources and what is assumed: README.md beside this file. */
export const mikiwame: Connector = {
  id: 'mikiwame',
  category: 'assessment',
  labels: {
    ...syncLabels(PRODUCT, { account: '企業', accountCode: '企業コード' }),
    summary: 'SmartHRの部署と従業員の情報を、ミキワメに同期します。',
  },
  dashboard: {
    lead: '部署を同期してから、社員を同期してください。同期は自動では行なわれません。',
    recent: 'reports',
    recentTitle: '最近の処理',
    allTitle: '処理一覧',
    states: { fetching: '処理中', queued: '待機中', running: '処理中' },
    advice: [
      {
        title: `カスタム項目「${CUSTOM_ITEM}」を削除しないでください`,
        text: `SmartHRのカテゴリー「${GROUP}」と項目「${CUSTOM_ITEM}」は、連携しない従業員を判別するために使います。削除すると、社員を同期できなくなり、「連携しない」の設定も失われます。削除した場合は、［設定］>［外部ツールとの連携］で作り直せます。`,
      },
      {
        title: '誤って社員を同期したとき',
        text: `SmartHRで、その従業員の「${CUSTOM_ITEM}」を「連携しない」に変更してから、ミキワメの削除機能で社員を削除してください。「連携しない」にしても、同期済みの社員は削除されません。社員数によって、ミキワメの基本料金が変わることがあります。`,
      },
      {
        title: 'お問い合わせ',
        text: 'ミキワメのサポートにお問い合わせください（平日9:00〜18:00）。',
        link: { label: 'ミキワメのお問い合わせフォーム', href: SUPPORT_URL },
      },
    ],
  },
  addresses: {
    prefix: 'MIKIWAME',
    apiUrl: 'https://api.mikiwame.example/v1',
    client: 'none',
    companies: {
      unregistered:
        'この企業アカウントは、ミキワメとの連携に登録されていないため、連携も同期もできません。ミキワメのサポートに、SmartHRのサブドメインを伝えて、登録を依頼してください。',
    },
  },
  auth: {
    perAdmin: {
      days: 90,
      warnDays: 14,
      identify: identifyCompany,
      texts: {
        section: '外部ツールとの連携',
        row: 'SmartHR連携',
        connect: '連携する',
        renew: '再連携する',
        end: '連携を解除する',
        url: '連携中のアカウントURL',
        daysLeft: '連携有効日数',
        done: 'SmartHRとの連携設定が完了しました。',
        ended: 'SmartHRとの連携を解除しました。',
        alert: 'SmartHRとの連携を解除します。よろしいですか？',
        expired: '連携の有効期限が切れています。再度連携設定を行なってください。',
      },
    },
    texts: {
      settingsTitle: '設定',
      menu: '設定',
      lead: '連携は管理者ごとに必要です。取り込んだデータと処理一覧は、連携していない管理者も確認できます。',
      notice: 'SmartHRと連携していません。［設定］>［外部ツールとの連携］で連携してください。',
      confirmNotes: null,
      connected: 'SmartHRとの連携設定が完了しました。',
      disconnected: 'SmartHRとの連携を解除しました。',
      disconnectNotes: [
        '解除されるのは、あなたの連携だけです。ほかの管理者の連携は変わりません。',
        'ミキワメに同期した部署と社員は、削除されません。',
        `SmartHRのカスタム項目「${CUSTOM_ITEM}」は、削除されません。`,
      ],
    },
  },
  settings: null,
  help,
  customItem: {
    group: GROUP,
    name: CUSTOM_ITEM,
    choices: ['連携する', '連携しない'],
    missing: `SmartHRのカスタム項目「${CUSTOM_ITEM}」が見つからないため、同期を中止しました。連携しない従業員を判別できません。［設定］>［外部ツールとの連携］で項目を作り直し、SmartHRで連携しない従業員を設定してから、もう一度同期してください。`,
    again: {
      title: `カスタム項目「${CUSTOM_ITEM}」が見つかりません`,
      text: `SmartHRの項目「${CUSTOM_ITEM}」が、削除されたか、名前を変更されています。連携しない従業員を判別できないため、社員を同期できません。作り直すと、すべての従業員が空白（連携する）になります。名前を変更しただけのときは、作り直さずに、SmartHRで元の名前に戻してください。`,
      tick: '作り直した後、社員を同期する前に、SmartHRで連携しない従業員を「連携しない」に設定し直します',
      button: 'カスタム項目を作り直す',
      done: `SmartHRにカスタム項目「${CUSTOM_ITEM}」を作成しました。社員を同期する前に、連携しない従業員を「連携しない」に設定してください。`,
      untouched: 'カスタム項目を作り直す場合は、内容を確認して、チェックを入れてください。',
    },
  },
  flows: [departmentsFlow, employeesFlow],
  // 120 calls a minute (reference §7); rows are decided one after the other.
  limits: { perSecond: 2, concurrency: 1, callsPerPerson: { new: 1, changed: 1 } },
  maintenance: null,
  errors: mikiwameErrors,
  mail: {
    support:
      'また、再試行しても解消しない場合は、行なった操作、日時、このメールの内容を添えて、ミキワメのサポートにお問い合わせください。',
    subject: titleSubject,
    summary: flow => `${flow.title}の結果が出ました。`,
  },
  open: ({ http, dataset }) => openStore(http, dataset === 'departments' ? dataset : 'employees'),
}
