import type { ConnectorSettings } from '../../contract/contract.js'

/** エクスポート設定 (freee §4). No API lists the names, so a wrong one shows only when a person is registered. */
export const exportSettings: ConnectorSettings = {
  title: 'エクスポート設定',
  lead: 'SmartHRからfreee人事労務へ新しく登録する従業員に、一律で適用する設定です。すでにfreee人事労務に登録されている従業員には適用されません。すべての項目が必須です。',
  saved: 'freee人事労務エクスポート設定を更新しました',
  missing: 'SmartHRからfreee人事労務へ同期するには、先にエクスポート設定を保存してください。',
  fields: [
    {
      name: 'working_hours_system_name',
      label: '勤務・賃金設定名（労働時間制度）',
      help: 'freee人事労務の［設定］>［勤務・賃金設定］に登録した名前と、一字一句同じものを入力してください。例：裁量労働、固定時間',
      kind: 'text',
      max: 30,
    },
    {
      name: 'company_reference_date_rule_name',
      label: '締め日支払い日グループ名',
      help: 'freee人事労務の［設定］>［締め日支払い日］に登録した名前と、一字一句同じものを入力してください。例：正社員、アルバイト',
      kind: 'text',
      max: 15,
    },
    {
      name: 'pay_calc_type',
      label: '給与方式',
      help: '',
      kind: 'choice',
      max: 10,
      preset: 'monthly',
      options: [
        { value: 'monthly', label: '月給' },
        { value: 'daily', label: '日給' },
        { value: 'hourly', label: '時給' },
      ],
    },
    {
      name: 'pay_amount',
      label: '基本給',
      help: '新しく登録する全員に同じ金額が入ります。登録後に、freee人事労務で一人ずつ、または一括で変更できます。',
      kind: 'integer',
      max: 99_999_999,
      suffix: '円',
    },
  ],
  onCreate: settings => ({
    working_hours_system_name: settings.working_hours_system_name ?? null,
    company_reference_date_rule_name: settings.company_reference_date_rule_name ?? null,
    pay_calc_type: settings.pay_calc_type ?? null,
    pay_amount: Number(settings.pay_amount ?? 0),
  }),
}
