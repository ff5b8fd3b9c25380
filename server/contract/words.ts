/**
 * Sentences that most services need, in one wording: those of a sync of people with one product. A connector spreads
 * them and replaces what its product says otherwise.
 */
import type { Auth, Connector, Direction, SyncFlow } from './contract.js'
import { peopleWords } from './flow.js'
import { employeesSubject } from './mail.js'

/**
 * The sentence for an answer that can't be read. `status`: the product whose state of service to look at, where it is
 * another one.
 */
export const unreadableAnswer = (product: string, status = product): string =>
  `${product}からの応答を読み取れませんでした。時間をおいて、やり直してください。続く場合は、${status}の障害情報を確認してください。`

/** The last lines of a mail, where the vendor has none of its own. */
export const MAIL_SUPPORT =
  'また、再試行しても解消しない場合は、行なった操作、日時、このメールの内容を添えて、SmartHR Plusのアプリページの「お問い合わせ先」にお問い合わせください。'

/** `account` and `accountCode`: what the service calls a company, and the number that names it. */
export const syncLabels = (
  product: string,
  names: Pick<Connector['labels'], 'account' | 'accountCode'>,
): Connector['labels'] => ({
  product,
  app: `${product}連携`,
  dashboard: `${product}連携ダッシュボード`,
  ...names,
  summary: `${product}とSmartHRの従業員情報を、双方向に同期します。`,
})

/** `button`: what the panels' buttons say. */
export const syncDashboard = (button: string): Connector['dashboard'] => ({
  lead: `同期の向きを選んで、［${button}］を押してください。同期する前に、変更内容を確認できます。`,
  recent: 'history',
  recentTitle: '連携履歴',
})

/** `kept`: what a disconnection deletes, and what it does not, beside the records of both sides. */
export const syncTexts = (product: string, kept: readonly string[]): Auth['texts'] => ({
  settingsTitle: `${product}連携設定`,
  menu: '連携設定',
  lead: `${product}との連携を始めます。連携しても、従業員情報は同期されません。`,
  notice: `${product}と連携していません。同期を始めるには、連携を設定してください。`,
  confirmNotes: null,
  connected: `${product}連携に成功しました`,
  disconnected: `${product}連携を解除しました`,
  disconnectNotes: [`SmartHRと${product}に登録されている従業員情報は、削除されません。`, ...kept],
})

export const syncMail: Connector['mail'] = {
  support: MAIL_SUPPORT,
  subject: employeesSubject,
  // As the help of a service prints it for the direction to that service.
  summary: ({ from, to }) => `${from}から${to}に従業員データの取り込み結果が出ました。`,
}

/** One direction of the sync: its sides, and what the dashboard and the wizard call it. */
export function syncOfPeople(product: string, direction: Direction, button: string) {
  const [from, to] = direction === 'to-smarthr' ? [product, 'SmartHR'] : ['SmartHR', product]
  return {
    kind: 'sync',
    id: direction === 'to-smarthr' ? 'employees-to-smarthr' : 'employees-from-smarthr',
    direction,
    dataset: 'employees',
    words: peopleWords,
    title: `${from}から${to}への同期`,
    panel: { title: `${from}から${to}へ`, button, lead: `${from}の従業員情報を、${to}に登録・更新します。` },
    historyLabel: '従業員情報同期',
    from,
    to,
  } satisfies Partial<SyncFlow>
}
