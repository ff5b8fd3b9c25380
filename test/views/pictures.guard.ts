import { sinceShown } from '../../server/web/since-shown.js'
import { loosened, parseLimits } from '../../server/dashboard/limits.form.js'
import { limitsPage, type RestingFlow } from '../../server/dashboard/limits.view.js'
import { PRESET } from '../../server/runs/guard.js'
import type { FiredWithPeople } from '../../server/wizard/guard.service.js'
import { flow, long, odd, type Picture } from './pictures.js'
import { confirm } from './pictures.runs.js'
import { anItem, connector, EVIL, people } from './samples.js'

const accounts = Array.from({ length: 5 }, (_, index) =>
  anItem(index + 1, {
    content: {
      ...anItem(1).content,
      changes: [
        { field: 'bank-account-number', label: '口座番号', before: `123456${index}`, after: `765432${index}` },
        { field: 'last-name', label: '姓', before: '鈴木', after: '佐藤' },
      ],
    },
  }),
)

const one: FiredWithPeople[] = [
  {
    fired: { rule: 'sensitive', people: 62, most: 9, fields: { 'bank-account-number': 62, 'last-name': 40 } },
    people: accounts,
  },
]

const four: FiredWithPeople[] = [
  ...one,
  { fired: { rule: 'updates', people: 62, most: 54, of: 180 }, people: people(5) },
  { fired: { rule: 'swap', people: 1, most: 0, fields: { account: 1 } }, people: accounts.slice(0, 2) },
  { fired: { rule: 'fewer', people: 120, most: 20, before: 1_180 }, people: [odd(1), long] },
]

const limits = (body: Record<string, string>, resting: readonly RestingFlow[] = [], changed = false): Picture => {
  const parsed = parseLimits(body)
  const errors = parsed.ok ? loosened({ ...PRESET, sensitivePeople: 1 }, parsed.limits) : parsed.errors
  return {
    view: 'pages/limits',
    locals: {
      page: limitsPage({
        typed: body,
        errors: parsed.ok && resting.length === 0 ? {} : errors,
        resting,
        since: sinceShown(Object.entries(body), { changed }),
      }),
    },
  }
}

const presets = Object.fromEntries(Object.entries(PRESET).map(([name, preset]) => [name, String(preset)]))

/** The question before a dangerous change, and its limits. */
export const guardPictures: Readonly<Record<string, Picture>> = {
  'confirm-guarded': confirm(
    people(50, { selected: true }),
    62,
    { hasNext: true },
    { fired: one, fieldCounts: { 'bank-account-number': 62, 'last-name': 40 } },
  ),
  'confirm-guarded-error': confirm(
    people(3, { selected: true }),
    62,
    {},
    {
      fired: four,
      count: EVIL,
      errors: { guard_count: '対象の人数が一致しません。選択した従業員の合計を、数字で入力してください。' },
    },
  ),
  limits: limits(presets),
  'limits-errors': limits({ ...presets, sensitivePeople: EVIL, newPercent: '' }),
  'limits-resting': limits(presets, [
    { connector, flow, waits: false },
    { connector, flow, waits: true },
  ]),
}
