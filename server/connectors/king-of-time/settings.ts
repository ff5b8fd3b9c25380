import type { ConnectorSettings } from '../../contract/contract.js'
import { BUSINESS_NAME, NAME_SETTING } from './employees.mapping.js'
import type { Brand } from './brands.js'

/** 従業員氏名の設定: which name goes to the attendance service. Never the other way (reference §1.5). */
export const nameSettings = ({ name }: Brand): ConnectorSettings => ({
  title: '設定',
  lead: `SmartHRから${name}へ連携する従業員氏名を選択します。ビジネスネームが登録されていない従業員は、本名で連携します。${name}からSmartHRへは、常に本名として連携します。変更は、次の取得から有効です。`,
  saved: '設定を保存しました',
  missing: '',
  fields: [
    {
      name: NAME_SETTING,
      label: '従業員氏名の設定',
      help: '',
      kind: 'radio',
      max: 20,
      preset: 'legal',
      options: [
        { value: 'legal', label: '従業員氏名を本名で連携する' },
        { value: BUSINESS_NAME, label: '従業員氏名をビジネスネームで連携する' },
      ],
    },
  ],
  summary: settings =>
    `従業員氏名の設定：従業員氏名を${settings[NAME_SETTING] === BUSINESS_NAME ? 'ビジネスネーム' : '本名'}で連携する`,
})
