import { modeLabels } from '../runs/approval.js'
import { PRESET, type GuardLimits } from '../runs/guard.js'
import { textField, type FieldErrors } from '../web/form.js'

export type LimitName = keyof typeof PRESET

/** The limits in the order of their page, with what each is called and counted in. */
export const limitFields: readonly {
  rule: string
  fields: readonly { name: LimitName; label: string; unit: string }[]
}[] = [
  {
    rule: '氏名・番号・口座などの重要な項目が変わる人数',
    fields: [
      { name: 'sensitivePeople', label: '重要な項目が変わる人数', unit: '名' },
      { name: 'sensitivePercent', label: '重要な項目が変わる割合', unit: '%' },
    ],
  },
  {
    rule: '登録済みの内容が空白になる人数',
    fields: [
      { name: 'blankPeople', label: '空白になる人数', unit: '名' },
      { name: 'blankPercent', label: '空白になる割合', unit: '%' },
    ],
  },
  {
    rule: '更新する人数',
    fields: [
      { name: 'updatesPeople', label: '更新する人数', unit: '名' },
      { name: 'updatesPercent', label: '更新する割合', unit: '%' },
    ],
  },
  {
    rule: '新しく登録する人数',
    fields: [
      { name: 'newPeople', label: '新しく登録する人数', unit: '名' },
      { name: 'newPercent', label: '新しく登録する割合', unit: '%' },
    ],
  },
  {
    rule: 'そのほか',
    fields: [
      { name: 'samePeople', label: '異なっていた内容が同じになる人数', unit: '名' },
      { name: 'fewerPercent', label: '取得した人数が前回より減った割合', unit: '%' },
      { name: 'firstUpdates', label: '初めての同期で更新する人数', unit: '名' },
    ],
  },
]

export const limitNames = limitFields.flatMap(({ fields }) => fields)

export type ParsedLimits = { typed: Readonly<Record<string, string>> } & (
  { ok: true; limits: GuardLimits } | { ok: false; errors: FieldErrors }
)

/** Each a whole number, and none above its preset: limits can be tightened, never loosened. */
export function parseLimits(body: unknown): ParsedLimits {
  const errors: Record<string, string> = {}
  const typed: Record<string, string> = {}
  const limits: Record<string, number> = {}
  for (const { name, label } of limitNames) {
    const field = textField(body, name)
    typed[name] = field.typed
    const limit = !field.broken && /^\d{1,3}$/.test(field.value) ? Number(field.value) : null
    if (limit === null || limit > PRESET[name])
      errors[name] =
        field.value === ''
          ? `${label}が入力されていません。入力してください。`
          : `${label}は、0から${PRESET[name]}までの整数で入力してください。`
    else limits[name] = limit
  }
  return Object.keys(errors).length > 0
    ? { ok: false, typed, errors }
    : { ok: true, typed, limits: limits as GuardLimits }
}

/** Which limits would ask for less than they do now; each with why that is refused while 承認 stands on them. */
export const loosened = (before: GuardLimits, after: GuardLimits): FieldErrors =>
  Object.fromEntries(
    limitNames
      .filter(({ name }) => after[name] > before[name])
      .map(({ name, label, unit }) => [
        name,
        `${label}は、現在の基準（${before[name]}${unit}）より大きくできません。「${modeLabels.dangerous}」が設定されているためです。大きくする場合は、先に［承認］で「${modeLabels.always}」にするか、承認を弱めてください。`,
      ]),
  )
