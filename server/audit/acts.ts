/** Everything that is recorded, with its words and the kind it is listed under. A code never changes its meaning. */
export const acts = {
  'sign-in': { label: 'ログイン', kind: 'access' },
  'sign-in.refused': { label: 'ログインを拒否', kind: 'access' },
  'sign-out': { label: 'ログアウト', kind: 'access' },
  'sign-out.elsewhere': { label: 'ほかの端末からログアウト', kind: 'access' },
  'right.lost': { label: '管理者権限の喪失を検知', kind: 'access' },
  'link.begun': { label: '連携の手続きを開始', kind: 'link' },
  'link.granted': { label: '連携の許可を取得', kind: 'link' },
  link: { label: '連携を開始', kind: 'link' },
  'link.dropped': { label: '連携の手続きをキャンセル', kind: 'link' },
  unlink: { label: '連携を解除', kind: 'link' },
  'custom-item.made': { label: 'カスタム項目を作成', kind: 'link' },
  'settings.saved': { label: '設定を保存', kind: 'settings' },
  'field-rules.saved': { label: '項目の設定を保存', kind: 'settings' },
  'flow-key.compared': { label: '従業員を見分ける項目の違いを確認', kind: 'settings' },
  'flow-key.saved': { label: '従業員を見分ける項目を変更', kind: 'settings' },
  'scope.made': { label: '対象範囲を作成', kind: 'settings' },
  'scope.changed': { label: '対象範囲を変更', kind: 'settings' },
  'scope.deleted': { label: '対象範囲を削除', kind: 'settings' },
  'value-tables.saved': { label: '対応表を保存', kind: 'settings' },
  'mail-recipients.saved': { label: '結果メールの送信先を保存', kind: 'settings' },
  'approval-rules.saved': { label: '承認の設定を保存', kind: 'settings' },
  'approval-rules.asked': { label: '承認の設定を弱める変更を依頼', kind: 'settings' },
  'approval-rules.agreed': { label: '承認の設定を弱める変更に同意', kind: 'settings' },
  'approval-rules.called-back': { label: '承認の設定を弱める変更を取り下げ', kind: 'settings' },
  'schedule.saved': { label: '定期チェックを保存', kind: 'settings' },
  'schedule.stopped': { label: '定期チェックを停止', kind: 'settings' },
  'schedule.resumed': { label: '定期チェックを再開', kind: 'settings' },
  'schedule.taken-over': { label: '定期チェックを引き継ぎ', kind: 'settings' },
  'schedule.auto-off': { label: '定期チェックの自動で同期を停止', kind: 'settings' },
  'schedule.paused': { label: '定期チェックの停止を検知', kind: 'settings' },
  'payslip-items.registered': { label: '給与明細の項目を登録', kind: 'settings' },
  'payslip-items.changed': { label: '給与明細の項目を変更', kind: 'settings' },
  'run.prepared': { label: '同期の準備を開始', kind: 'run' },
  'check.opened': { label: '定期チェックの内容を確認', kind: 'run' },
  'run.uploaded': { label: 'ファイルを選択', kind: 'run' },
  'run.period': { label: '対象期間を指定', kind: 'run' },
  'run.fetched': { label: '情報の取得を開始', kind: 'run' },
  'run.selected': { label: '対象を選択', kind: 'run' },
  'run.omitted': { label: '同期する項目を変更', kind: 'run' },
  'run.options': { label: '新規登録の設定を選択', kind: 'run' },
  'run.asked': { label: '承認を依頼', kind: 'run' },
  'run.ask-withdrawn': { label: '承認の依頼を取り下げ', kind: 'run' },
  'run.returned': { label: '承認の依頼を差し戻し', kind: 'run' },
  'run.approved': { label: '承認して同期を開始', kind: 'run' },
  'run.started': { label: '同期を開始', kind: 'run' },
  'run.at-once': { label: '取得から同期までを開始', kind: 'run' },
  'run.automatic': { label: '定期チェックで同期を開始', kind: 'run' },
  'run.held-back': { label: '確認待ちで停止', kind: 'run' },
  'run.published': { label: '公開', kind: 'run' },
  'run.cancelled': { label: '同期をキャンセル', kind: 'run' },
  'run.stopped': { label: '同期の中止を指示', kind: 'run' },
  'run.withdrawn': { label: '公開を終了', kind: 'run' },
  'run.repeated': { label: '再実行を開始', kind: 'run' },
  'run.undone': { label: '同期の取り消しを開始', kind: 'run' },
  'run.taken-back': { label: '取り込みを取り消し', kind: 'run' },
  'export.report': { label: '連携レポートのCSVを出力', kind: 'export' },
  'export.plan': { label: '同期する内容の一覧を出力', kind: 'export' },
  'export.changes': { label: '変更者一覧を出力', kind: 'export' },
  'export.value-tables': { label: '対応表を出力', kind: 'export' },
  'export.person': { label: '従業員の記録を出力', kind: 'export' },
  'export.audit': { label: '操作履歴のCSVを出力', kind: 'export' },
  'feed.fetched': { label: '公開した内容を取得', kind: 'export' },
  'feed.acknowledged': { label: '取り込み結果を受信', kind: 'export' },
  'pair.replaced': { label: '紐付けを変更', kind: 'person' },
  'person.viewed': { label: '従業員の記録を表示', kind: 'person' },
  'token.issued': { label: 'アクセストークンを発行', kind: 'token' },
  'token.revoked': { label: 'アクセストークンを無効化', kind: 'token' },
  'company.deletion-asked': { label: '企業データの削除を依頼', kind: 'company' },
  'company.deleted': { label: '企業データを削除', kind: 'company' },
  'company.uninstalled': { label: 'SmartHRとの連携の終了を検知', kind: 'company' },
  'company.changed': { label: '企業の情報の変更をSmartHRから反映', kind: 'company' },
  'company.kept': { label: '再ログインにより、データの削除を取りやめ', kind: 'company' },
  'keys.rotated': { label: '暗号鍵を変更', kind: 'company' },
} as const satisfies Readonly<Record<string, { label: string; kind: ActKind }>>

/** What the list is filtered by. */
export const actKinds = {
  access: 'ログインと権限',
  link: '連携',
  settings: '設定',
  run: '同期',
  export: 'データの出力',
  person: '従業員の記録',
  token: 'アクセストークン',
  company: '企業データ',
} as const

export type ActKind = keyof typeof actKinds
export type Act = keyof typeof acts

/** A setting before and after, as its page names it. */
export interface Change {
  label: string
  before: string
  after: string
}

/** What is told of an act. Counts, names of settings and files: never a value of an employee. */
export interface Details {
  changes?: readonly Change[]
  /** of a file, or of a page that a service has fetched */
  rows?: number
  file?: string
  encoding?: string
  /** of a file: what narrows it, without what was searched for */
  narrowed?: readonly string[]
  account?: string
  /** people or payslips that an act is about */
  total?: number
  new?: number
  changed?: number
  /** what was ticked although the page warned of it */
  confirmed?: readonly string[]
  button?: string
  /** who asked for what was agreed to or sent back */
  requester?: string
  date?: string
  /** 対象範囲 of a run, by its name */
  scope?: string
  from?: string
  until?: string
  outcome?: string
  reason?: string
  name?: string
  resources?: readonly string[]
  subdomain?: string
  person?: string
  /** SmartHR's id of an employee, which is no value of theirs */
  crew?: string
}

/** What a detail is called on the page and in the file; `changes` speak for themselves. */
export const detailLabels: Readonly<Record<Exclude<keyof Details, 'changes'>, string>> = {
  rows: '行数',
  file: 'ファイル',
  encoding: '文字コード',
  narrowed: '絞り込み',
  account: '連携先',
  total: '対象',
  new: '新規登録',
  changed: '更新',
  confirmed: '確認した注意',
  button: 'ボタン',
  requester: '依頼した管理者',
  date: '基準日',
  scope: '対象範囲',
  from: '開始日',
  until: '終了日',
  outcome: '結果',
  reason: '理由',
  name: '名前',
  resources: '取得できる情報',
  subdomain: 'サブドメイン',
  person: 'SmartHRのユーザーID',
  crew: 'SmartHRの従業員ID',
}
