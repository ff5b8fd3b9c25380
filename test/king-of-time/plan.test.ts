import { expect } from 'chai'
import { administrator, aCrew, anEmployee, NOON, staff, type Record_ } from '../helpers/attendance.js'
import { startWorld, useWorld } from '../helpers/world.js'
import { toSelection } from '../helpers/walking.js'

const TODAY = '2026-11-20'
const TOMORROW = '2026-11-21'
const TO_SMARTHR = 'employees-to-smarthr'
const FROM_SMARTHR = 'employees-from-smarthr'

/** What the selection page says of somebody: the class, and everything in their row. */
type Seen = Record<string, string>

/** One line of the reference's table (§9.3): who is on either side, and what each direction makes of it. */
interface Case {
  what: string
  employee?: Record_
  crew?: Record_
  toSmarthr?: string | null
  fromSmarthr?: string | null
}

/** null: not listed. */
const cases: Record<string, Case> = {
  '00101': { what: 'equal on both sides', employee: {}, crew: {}, toSmarthr: '差分なし', fromSmarthr: '差分なし' },
  '00102': {
    what: 'another 姓 after a marriage',
    employee: { lastName: '旧姓' },
    crew: {},
    toSmarthr: '差分あり',
    fromSmarthr: '差分あり',
  },
  '00103': { what: 'only in the attendance service', employee: {}, toSmarthr: '新規登録' },
  '00104': { what: 'only in SmartHR', crew: {}, fromSmarthr: '新規登録' },
  '00105': {
    what: 'kana in half width',
    employee: { lastNamePhonetics: 'ｱｲｻﾞﾜ' },
    crew: {},
    toSmarthr: '差分なし',
    fromSmarthr: '差分なし',
  },
  '00106': {
    what: 'another e-mail, with a reserve beside it',
    employee: { emailAddresses: ['a@midori.example', 'reserve@midori.example'] },
    crew: { email: 'b@midori.example' },
    toSmarthr: '差分あり',
    fromSmarthr: '差分あり',
  },
  '00107': {
    what: 'no e-mail in SmartHR',
    employee: { emailAddresses: ['c@midori.example'] },
    crew: { email: null },
    toSmarthr: '差分あり',
    fromSmarthr: '差分なし',
  },
  '00108': {
    what: 'leaves on the reference date',
    employee: { resignationDate: TODAY },
    crew: { resigned_at: TODAY },
    toSmarthr: null,
    fromSmarthr: null,
  },
  '00109': {
    what: 'leaves on the day after, known to one side only',
    employee: { resignationDate: TOMORROW },
    crew: {},
    toSmarthr: '差分あり',
    fromSmarthr: '差分あり',
  },
  '00110': {
    what: 'joins next month',
    employee: { hiredDate: '2026-12-01' },
    crew: { entered_at: '2026-12-01' },
    toSmarthr: null,
    fromSmarthr: null,
  },
  '00111': {
    what: 'left last year there, employed in SmartHR',
    employee: { resignationDate: '2025-10-31' },
    crew: {},
    toSmarthr: null,
    fromSmarthr: '差分あり',
  },
  '00112': {
    what: 'no gender chosen there',
    employee: { gender: 'no_selected' },
    crew: {},
    toSmarthr: '差分なし',
    fromSmarthr: '差分あり',
  },
  '00113': { what: 'new, without a gender in SmartHR', crew: { gender: null }, fromSmarthr: '新規登録' },
  '00114': {
    what: 'a business name there',
    employee: { lastName: '通名' },
    crew: { business_last_name: '通名' },
    fromSmarthr: '差分あり',
  },
  '00115': {
    what: 'on leave in SmartHR',
    employee: {},
    crew: { emp_status: 'absent' },
    toSmarthr: '差分なし',
    fromSmarthr: '差分なし',
  },
  '00116': {
    what: 'joins later there than in SmartHR',
    employee: { hiredDate: '2027-04-01' },
    crew: {},
    toSmarthr: null,
    fromSmarthr: '差分あり',
  },
  '00117': {
    what: 'retired in SmartHR without a date',
    employee: {},
    crew: { emp_status: 'retired' },
    toSmarthr: '差分なし',
    fromSmarthr: null,
  },
  A0004: { what: 'a code with letters', employee: {}, crew: {}, toSmarthr: '差分なし', fromSmarthr: '差分なし' },
}

describe('the attendance services: who is listed as what', () => {
  const world = useWorld({ at: NOON, once: true })
  beforeEach(() => world.reset())

  const everybody = () =>
    staff(
      world,
      'kinkakuji',
      [
        ...Object.entries(cases).flatMap(([code, { employee }]) => (employee ? [anEmployee(code, employee)] : [])),
        anEmployee('00121'),
      ],
      [
        ...Object.entries(cases).flatMap(([code, { crew }]) => (crew ? [aCrew(code, crew)] : [])),
        aCrew('121'),
        aCrew(null),
      ],
    )

  const seen = async (flow: string): Promise<Seen> => {
    const visitor = await administrator(world, 'kinkakuji')
    await toSelection(visitor, flow, undefined, 'kinkakuji')
    const rows = visitor.page().html.split('<tbody>')[1]?.split('<tr>').slice(1) ?? []
    return Object.fromEntries(
      rows.map(row => [
        /class="key"[^>]*>([^<]*)/.exec(row)?.[1] ?? '',
        `${/class="st [\w-]+">([^<]+)/.exec(row)?.[1] ?? ''} ${row.replace(/<[^>]+>/g, ' ')}`,
      ]),
    )
  }

  for (const [flow, column] of [
    [TO_SMARTHR, 'toSmarthr'],
    [FROM_SMARTHR, 'fromSmarthr'],
  ] as const) {
    it(`sorts everybody as the table says (${flow})`, async () => {
      await everybody()
      const rows = await seen(flow)

      for (const [code, line] of Object.entries(cases)) {
        const expected = line[column]
        if (expected === undefined) continue
        expect(rows[code]?.split(' ')[0] ?? null, `${code}: ${line.what}`).to.equal(expected)
      }
    })
  }

  it('takes two numbers that differ by leading zeros for two people, and says so', async () => {
    await everybody()
    const rows = await seen(FROM_SMARTHR)

    expect(rows['121'])
      .to.match(/^新規登録/)
      .and.include('先頭の0を除くと、勤革時の「00121」と同じ番号です')
  })

  it('lists somebody new without a gender, but lets nobody choose them', async () => {
    await everybody()
    const rows = await seen(FROM_SMARTHR)

    expect(rows['00113']).to.include('戸籍上の性別が登録されていません。')
    const visitor = await administrator(world, 'kinkakuji')
    await toSelection(visitor, FROM_SMARTHR, undefined, 'kinkakuji')
    const row = visitor
      .page()
      .html.split('<tr>')
      .find(tr => tr.includes('>00113<'))
    expect(row).not.to.include('type="checkbox"')
  })

  it('shows people without a number as 対象外, with what to do', async () => {
    await everybody()
    const rows = await seen(FROM_SMARTHR)

    expect(rows[''])
      .to.match(/^対象外/)
      .and.include('社員番号が登録されていません。SmartHRで社員番号を登録してから')
  })

  it('finds no difference for a business name once the setting asks for business names', async () => {
    await everybody()
    const visitor = await administrator(world, 'kinkakuji')
    await visitor.get('/kinkakuji/settings')
    await visitor.press('保存', { employee_name: 'business' })
    expect(visitor.page().text).to.include('設定を保存しました')

    const rows = await seen(FROM_SMARTHR)

    expect(rows['00114']).to.match(/^差分なし/)
    expect(rows['00101'], 'no business name: the legal one').to.match(/^差分なし/)
  })

  it('keeps to the setting that held when it fetched, and says that it has changed', async () => {
    await everybody()
    const visitor = await administrator(world, 'kinkakuji')
    const runId = await toSelection(visitor, FROM_SMARTHR, undefined, 'kinkakuji')
    await visitor.get('/kinkakuji/settings')
    await visitor.press('保存', { employee_name: 'business' })
    await visitor.get(`/runs/${runId}/select`)

    expect(visitor.page().text)
      .to.include('従業員氏名の設定：従業員氏名を本名で連携する')
      .and.include('取得した後に設定が変更されています。')
  })

  it('refuses two people with one code on either side rather than guess', async () => {
    await staff(world, 'kinkakuji', [anEmployee('1'), anEmployee('1'), anEmployee('2')], [aCrew('1'), aCrew('2')])
    const rows = await seen(FROM_SMARTHR)

    expect(rows['1'])
      .to.match(/^対象外/)
      .and.include('複数います')
    expect(rows['2']).to.match(/^差分なし/)
  })

  it('filters by 変更差分, together with search and 全選択', async () => {
    await everybody()
    const visitor = await administrator(world, 'kinkakuji')
    const runId = await toSelection(visitor, FROM_SMARTHR, undefined, 'kinkakuji')
    await visitor.press('filter', { class: ['changed'], q: '0010' })
    const listed = [...visitor.page().html.matchAll(/class="key"[^>]*>(\w+)</g)].map(([, code]) => code)
    await visitor.press('select-page')

    expect(listed).to.deep.equal(['00102', '00106', '00109'])
    const { rows } = await world.container.ownerPool.query<{ key: string }>(
      'select key from run_items where run_id = $1 and selected order by key',
      [runId],
    )
    expect(rows.map(row => row.key)).to.deep.equal(['00102', '00106', '00109'])
  })

  for (const [date, error] of [
    ['2023-11-20', false],
    ['2023-11-19', true],
    ['2027-11-20', false],
    ['2027-11-21', true],
  ] as const) {
    it(`${error ? 'refuses' : 'takes'} ${date} as the reference date`, async () => {
      await everybody()
      const visitor = await administrator(world, 'kinkakuji')
      await visitor.begin(`/kinkakuji/runs/new?flow=${FROM_SMARTHR}`)
      expect(visitor.page().html).to.include(`value="${TODAY}"`)
      await visitor.press('次へ', { referenceDate: date })

      const sentence = '従業員情報取得基準日は、3年前から1年後までの日付を指定してください。'
      expect(visitor.page().text.includes(sentence)).to.equal(error)
      expect(visitor.page().status).to.equal(error ? 422 : 200)
      if (error) expect(visitor.page().html).to.include(`value="${date}"`)
    })
  }
})

describe('29 February', () => {
  it('is three years after 28 February, and a year before it', async () => {
    const world = await startWorld({ at: '2028-02-29T12:00:00+09:00' })
    try {
      const visitor = await administrator(world, 'king-of-time')
      for (const [date, status] of [
        ['2025-02-28', 200],
        ['2025-02-27', 422],
        ['2029-02-28', 200],
        ['2029-03-01', 422],
      ] as const) {
        await visitor.begin(`/king-of-time/runs/new?flow=${FROM_SMARTHR}`)
        await visitor.press('次へ', { referenceDate: date })
        expect(visitor.page().status, date).to.equal(status)
      }
    } finally {
      await world.close()
    }
  })
})
