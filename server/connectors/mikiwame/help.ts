import type { ConnectorHelp } from '../../contract/help.js'
import { DUPLICATE_CODE, IN_CIRCLE, nameTaken, NO_NAME, parentMissing } from './departments.js'
import { blanks, sharedAddress, unknownDepartment } from './employees.js'
import { UNREADABLE } from './store.js'

/** No manual: the address of the vendor's own is not known. */
export const help: ConnectorHelp = {
  terms: [
    { smarthr: '従業員', service: '社員（自社社員）' },
    { smarthr: 'メールアドレス', service: 'メールアドレス', note: '社員の照合に使います' },
    { smarthr: '部署コード', service: '部署コード', note: '部署の照合に使います' },
  ],
  manuals: [],
  reasons: {
    connecting: [UNREADABLE],
    planning: [
      DUPLICATE_CODE,
      NO_NAME,
      IN_CIRCLE,
      parentMissing('…'),
      nameTaken.forGood('…'),
      nameTaken.forNow('…'),
      nameTaken.inCircle('…', ['…', '…']),
      unknownDepartment('…', '…'),
      unknownDepartment(null, '…'),
      ...Object.values(blanks),
      sharedAddress('（社員番号: …）'),
    ],
  },
  pages: {
    connection: [
      '連携は管理者ごとに必要です。有効期間は最大90日で、［再連携する］を押すと、再び90日間利用できます。',
      'SmartHRのカスタム項目「ミキワメ連携」は、同期しない従業員を判別するために使います。削除しないでください。',
    ],
    dashboard: [
      '先に部署、次に社員を同期します。ミキワメにない部署の社員は、同期できません。',
      'SmartHRで空白の項目は、ミキワメでも空白になります。',
    ],
    report: [
      '失敗した部署・社員は、［エラーファイル］で理由を確認できます。直したあと、もう一度同期してください。',
      'メールアドレスを変更した従業員は、ミキワメに別の社員として登録されます。',
    ],
  },
}
