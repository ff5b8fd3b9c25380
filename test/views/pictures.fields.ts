import { sinceShown } from '../../server/web/since-shown.js'
import type { Compared } from '../../server/connections/flow-key.store.js'
import { fieldRulesPage } from '../../server/connections/field-rules.view.js'
import { presetRules, ruledFields, type FieldRules } from '../../server/contract/field-rules.js'
import { comparisonPage, flowKeyPage } from '../../server/dashboard/flow-key.view.js'
import { dashboard, type Picture } from './pictures.js'
import { select } from './pictures.runs.js'
import { aRun, connector, EVIL, LONG, people, waiting } from './samples.js'

const fields = ruledFields(connector)

const fieldRules = (input: Partial<Parameters<typeof fieldRulesPage>[0]> = {}, changes: FieldRules = {}): Picture => {
  const shown = input.connector ?? connector
  const typed = { ...presetRules(input.fields ?? fields, 'initial'), ...changes }
  return {
    view: 'pages/field-rules',
    locals: {
      connector: shown,
      page: fieldRulesPage({
        connector,
        fields,
        unseen: [],
        typed,
        preset: null,
        errors: {},
        since: sinceShown([]),
        ...input,
      }),
    },
  }
}

const ruled = {
  off: ['phone', 'basic-pension-number', 'spouse'],
  unseen: ['spouse'],
  keep: ['leaving-date'],
  newOnly: ['job-title'],
}

const keyPicture = (error?: string): Picture => ({
  view: 'pages/flow-key',
  locals: {
    connector: waiting,
    page: flowKeyPage({ connector: waiting, now: null, typed: 'employee-number', error }),
  },
})

const comparison = (result: Compared | null): Picture => ({
  view: 'pages/key-comparison',
  locals: {
    connector: waiting,
    page: comparisonPage(waiting, {
      id: '0',
      connectionId: '0',
      connector: waiting.id,
      adminId: '0',
      now: null,
      then: 'email',
      result,
    }),
  },
})

export const fieldPictures: Readonly<Record<string, Picture>> = {
  'field-rules': fieldRules(),
  'field-rules-new': fieldRules(
    { unseen: ['phone', 'spouse'] },
    {
      phone: { way: 'none', blanks: 'keep', newOnly: false },
      spouse: { way: 'none', blanks: 'erase', newOnly: false },
      'job-title': { way: 'to-service', blanks: 'keep', newOnly: true },
    },
  ),
  'field-rules-preset': fieldRules({ preset: 'smarthr', typed: presetRules(fields, 'smarthr') }),
  'field-rules-errors': fieldRules({
    errors: {
      'way-gender': '戸籍上の性別を同期する向きが選択されていません。選択してください。',
      'blanks-leaving-date': '退職年月日が空白のときの動作が選択されていません。選択してください。',
    },
  }),
  'field-rules-attendance': fieldRules({
    connector: waiting,
    fields: ruledFields(waiting),
    typed: presetRules(ruledFields(waiting), 'initial'),
  }),
  'dashboard-new-field': dashboard({ unseen: fields.filter(({ id }) => id === 'phone') }),
  'flow-key': keyPicture(),
  'flow-key-error': keyPicture(
    'いまの従業員を見分ける項目が選択されています。変更する場合は、別の項目を選択してください。',
  ),
  'key-comparison-reading': comparison(null),
  'key-comparison-failed': comparison({ failure: EVIL }),
  'key-comparison': comparison({
    flows: [
      { flow: 'employees-to-smarthr', people: 10_234, differing: 0, shown: [] },
      {
        flow: 'employees-from-smarthr',
        people: 10_234,
        differing: 512,
        shown: [
          {
            number: '0001',
            name: LONG,
            now: { label: '新規登録', text: '' },
            then: { label: '一致', text: `T0001 ${LONG}` },
          },
          {
            number: EVIL,
            name: EVIL,
            now: { label: '一致', text: `${EVIL} ${EVIL}` },
            then: {
              label: '対象外',
              text: 'メールアドレスが登録されていません。SmartHRでメールアドレスを登録してから、やり直してください。',
            },
          },
        ],
      },
    ],
  }),
  'select-omitted-ruled': select(people(3), {
    run: aRun({ omitted: ['phone', 'job-title'], rules: ruled, ruled }),
  }),
  'select-field-rules': select(people(3), { run: aRun({ rules: ruled, ruled }) }),
}
