import { fieldRulesPage } from '../../server/connections/field-rules.view.js'
import { presetRules, ruledFields, type FieldRules } from '../../server/contract/field-rules.js'
import { dashboard, type Picture } from './pictures.js'
import { select } from './pictures.runs.js'
import { aRun, connector, people, waiting } from './samples.js'

const fields = ruledFields(connector)

const fieldRules = (input: Partial<Parameters<typeof fieldRulesPage>[0]> = {}, changes: FieldRules = {}): Picture => {
  const shown = input.connector ?? connector
  const typed = { ...presetRules(input.fields ?? fields, 'initial'), ...changes }
  return {
    view: 'pages/field-rules',
    locals: {
      connector: shown,
      page: fieldRulesPage({ connector, fields, unseen: [], typed, preset: null, errors: {}, ...input }),
    },
  }
}

const ruled = {
  off: ['phone', 'basic-pension-number', 'spouse'],
  unseen: ['spouse'],
  keep: ['leaving-date'],
  newOnly: ['job-title'],
}

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
  'select-field-rules': select(people(3), { run: aRun({ rules: ruled, ruled }) }),
}
