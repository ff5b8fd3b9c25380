import fc from 'fast-check'

/**
 * Made-up pairs of people: what the source says of somebody and what the target says. In no service's words; each side's
 * own file turns them into its records.
 */
export interface Place {
  zip: string
  pref: string
  city: string
  street: string
  building: string | null
  kana: string | null
}

export interface Account {
  bank: string
  branch: string
  type: 'ordinary' | 'current' | 'saving'
  number: string
  holder: string
}

/** Digits in their groups, and how somebody typed them into SmartHR. */
export interface Phone {
  parts: readonly [string, string, string]
  form: 'hyphens' | 'digits' | '+81-' | '+81' | '内線'
}

export interface Somebody {
  code: string
  last: string
  first: string
  lastKana: string
  firstKana: string
  business: { last: string; first: string; lastKana: string | null; firstKana: string | null } | null
  birth: string
  gender: 'male' | 'female' | null
  entered: string
  resigned: string | null
  /** as SmartHR has it, which does not follow from the dates */
  status: 'employed' | 'absent' | 'retired'
  married: boolean | null
  student: boolean | null
  widow: 'widow' | 'single_parent' | null
  disability: 'general' | 'heavy' | null
  home: Place | null
  resident: Place | null
  phone: Phone | null
  accounts: readonly Account[]
  employmentNumber: string | null
  pensionNumber: string | null
  healthNumber: string | null
  welfareNumber: string | null
  healthPay: number | null
  welfarePay: number | null
  titles: readonly string[]
  departments: readonly string[]
  employmentType: string | null
  email: string | null
  /** how the service keeps kana and names; SmartHR's are full-width either way */
  written: 'plain' | 'half' | 'decomposed'
}

export interface Pair {
  kind: Kind
  source: Somebody | null
  target: Somebody | null
  /** what a service that keeps data by month says of earlier and of later months; null: the same */
  earlier: Somebody | null
  later: Somebody | null
  /** of two payment groups, the one paid in the following month */
  paidLater: boolean
}

export const kinds = [
  'equal',
  'one field differs',
  'several fields differ',
  'source is blank',
  'target is blank',
  'only in the source',
  'only in the target',
  'joins later, only in the source',
  'joins later',
  'resigned',
  'resigns later',
  'resignation taken back',
  'retired without a date',
  'two accounts',
  'several titles and departments',
  'insured number without pay',
  'written differently',
  'another form of telephone number',
  'other months differ',
] as const

export type Kind = (typeof kinds)[number]

/** 12:00 in Japan on the day the law is tried, and the reference dates: that day, an earlier and a later month. */
export const NOW = '2026-11-20T12:00:00+09:00'
export const TODAY = '2026-11-20'
export const dates = {
  today: TODAY,
  'an earlier month': '2026-09-15',
  'a later month': '2027-01-15',
} as const

const LAST: readonly (readonly [string, string])[] = [
  ['𠮷田', 'ヨシダ'],
  ['髙橋', 'タカハシ'],
  ['山﨑', 'ヤマザキ'],
  ['神谷', 'カミヤ'],
  ['渡邊', 'ワタナベ'],
  ['齋藤', 'サイトウ'],
  ['長谷部', 'ハセベ'],
  ['がく', 'ガク'],
  ['ポール', 'ポール'],
  ['佐々木', 'ササキ'],
  ['ヴァン デン', 'ヴァン デン'],
  ['五十嵐', 'イガラシ'],
]
const FIRST: readonly (readonly [string, string])[] = [
  ['みお', 'ミオ'],
  ['翔太', 'ショウタ'],
  ['ジェイミー', 'ジェイミー'],
  ['葵', 'アオイ'],
  ['ひろし', 'ヒロシ'],
  ['瑠璃', 'ルリ'],
]
const NUMERALS = [...'零一二三四五六七八九']

/** Real prefectures and cities; `市` and `町` stand where they do not end the city. */
const PLACES: readonly (readonly [zip: string, pref: string, city: string, street: string, kana: string])[] = [
  ['154-0011', '東京都', '世田谷区', '上馬1-2-3', 'セタガヤクカミウマ'],
  ['060-0001', '北海道', '札幌市中央区', '北一条西5丁目2番地', 'サッポロシチュウオウク'],
  ['510-0086', '三重県', '四日市市', '諏訪町1-5', 'ヨッカイチシスワチョウ'],
  ['639-1000', '奈良県', '大和郡山市', '北郡山町248-4', 'ヤマトコオリヤマシキタコオリヤマチョウ'],
  ['272-0021', '千葉県', '市川市', '八幡3-3-2', 'イチカワシヤワタ'],
  ['602-8570', '京都府', '京都市上京区', '下立売通新町西入薮ノ内町', 'キョウトシカミギョウク'],
  ['389-0102', '長野県', '北佐久郡軽井沢町', '大字軽井沢1178', 'キタサクグンカルイザワマチ'],
  ['370-1300', '群馬県', '高崎市', '新町2330-10', 'タカサキシシンマチ'],
  ['900-0006', '沖縄県', '那覇市', 'おもろまち4丁目1番地', 'ナハシオモロマチ'],
]
const BUILDINGS = [null, null, 'メゾンあおば101', 'ＡＢＣビル２Ｆ'] as const
const PHONES: readonly (readonly [string, string, string])[] = [
  ['090', '1234', '5678'],
  ['080', '9876', '5432'],
  ['03', '1234', '5678'],
  ['0120', '123', '456'],
  ['0466', '12', '3456'],
  ['011', '222', '3333'],
]
export const TITLES = ['部長', '課長', '係長', '主任'] as const
export const DEPARTMENTS = ['A001', 'A002', 'A004'] as const
const PAYS = [88_000, 200_000, 320_000, 500_000] as const

const digits = (length: number) =>
  fc
    .tuple(
      fc.integer({ min: 1, max: 9 }),
      fc.array(fc.integer({ min: 0, max: 9 }), { minLength: length - 1, maxLength: length - 1 }),
    )
    .map(([head, rest]) => [head, ...rest].join(''))
const date = (from: number, to: number) =>
  fc
    .tuple(fc.integer({ min: from, max: to }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 28 }))
    .map(parts => parts.map(part => String(part).padStart(2, '0')).join('-'))
const oneOf = <T>(values: readonly T[]) => fc.constantFrom(...values)

const place: fc.Arbitrary<Place> = fc
  .tuple(oneOf(PLACES), oneOf(BUILDINGS), fc.integer({ min: 0, max: 4 }))
  .map(([[zip, pref, city, street, kana], building, more]) => ({
    zip,
    pref,
    city,
    street: more === 0 ? street : `${street}ー${more}`.replace('ー', '-'),
    building,
    kana,
  }))

const account: fc.Arbitrary<Account> = fc.record({
  bank: oneOf(['0001', '0009', '0033']),
  branch: digits(3),
  type: oneOf(['ordinary', 'current', 'saving'] as const),
  number: digits(7),
  holder: oneOf(['ミホン タロウ', 'カ）ミドリ', 'ポール ジエイミ']),
})

const filled = (code: string, index: number): fc.Arbitrary<Somebody> =>
  fc
    .record({
      last: oneOf(LAST),
      first: oneOf(FIRST),
      birth: date(1960, 2003),
      gender: oneOf(['male', 'female'] as const),
      entered: date(2004, 2025),
      status: oneOf(['employed', 'employed', 'absent'] as const),
      married: fc.boolean(),
      student: fc.boolean(),
      widow: oneOf([null, 'widow', 'single_parent'] as const),
      disability: oneOf([null, 'general', 'heavy'] as const),
      home: place,
      resident: place,
      phone: fc.record({ parts: oneOf(PHONES), form: fc.constant('hyphens' as const) }),
      account,
      employmentNumber: digits(11),
      pensionNumber: digits(10),
      healthNumber: digits(4),
      welfareNumber: digits(4),
      healthPay: oneOf(PAYS),
      welfarePay: oneOf(PAYS),
      title: oneOf(TITLES),
      department: oneOf(DEPARTMENTS),
      employmentType: oneOf(['正社員', '契約社員', 'アルバイト・パート', '嘱託社員']),
    })
    .map(({ last, first, account: main, title, department, ...rest }) => ({
      ...rest,
      code,
      last: last[0],
      // Nobody shares a name, so that a write is known by it.
      first: first[0] + [...String(index)].map(digit => NUMERALS[Number(digit)]).join(''),
      lastKana: last[1],
      firstKana: first[1],
      business: null,
      resigned: null,
      accounts: [main],
      titles: [title],
      departments: [department],
      email: `${code.toLowerCase()}@midori.example`,
      written: 'plain' as const,
    }))

/** Whatever may be left blank is. */
const blankOf = (person: Somebody): Somebody => ({
  ...person,
  resigned: null,
  married: null,
  student: null,
  widow: null,
  disability: null,
  home: null,
  resident: null,
  phone: null,
  accounts: [],
  employmentNumber: null,
  pensionNumber: null,
  healthNumber: null,
  welfareNumber: null,
  healthPay: null,
  welfarePay: null,
  titles: [],
  departments: [],
  employmentType: null,
  business: null,
})

/** Everything there can be, so that a blank has something to erase. */
const fullOf = (person: Somebody): Somebody => ({
  ...person,
  resigned: '2027-12-31',
  married: true,
  student: true,
  widow: 'widow',
  disability: 'heavy',
  home: person.home && { ...person.home, building: 'みどりハイツ１０１' },
})

const FIELDS = [
  'last',
  'lastKana',
  'firstKana',
  'birth',
  'gender',
  'married',
  'student',
  'widow',
  'disability',
  'home',
  'resident',
  'phone',
  'accounts',
  'employmentNumber',
  'pensionNumber',
  'healthNumber',
  'welfareNumber',
  'healthPay',
  'welfarePay',
  'titles',
  'departments',
  'employmentType',
  'entered',
] as const satisfies readonly (keyof Somebody)[]

const MAY_BE_BLANK: readonly (keyof Somebody)[] = FIELDS.filter(
  field => !['last', 'lastKana', 'firstKana', 'birth', 'gender', 'entered'].includes(field),
)

const mixed = (one: Somebody, other: Somebody, fields: readonly (keyof Somebody)[]): Somebody => ({
  ...one,
  ...Object.fromEntries(fields.map(field => [field, other[field]])),
})

/** How the two are made of two independent people with one number. */
function made(
  kind: Kind,
  one: Somebody,
  other: Somebody,
  choice: {
    fields: readonly (typeof FIELDS)[number][]
    blank: boolean
    form: Phone['form']
    decomposed: boolean
    soon: boolean
  },
): Pick<Pair, 'source' | 'target'> & Partial<Pair> {
  const [field = 'last'] = choice.fields
  const both = (changes: Partial<Somebody>, alsoThere: Partial<Somebody> = changes) => ({
    source: { ...one, ...changes },
    target: { ...one, ...alsoThere },
  })
  const joins = choice.soon ? '2026-12-10' : '2027-01-10'
  switch (kind) {
    case 'equal':
      return both({})
    case 'one field differs':
      return choice.blank && MAY_BE_BLANK.includes(field)
        ? { source: mixed(one, blankOf(one), [field]), target: one }
        : { source: mixed(one, other, [field]), target: one }
    case 'several fields differ':
      return { source: mixed(one, other, choice.fields), target: one }
    case 'source is blank':
      return { source: blankOf(one), target: fullOf(one) }
    case 'target is blank':
      return { source: fullOf(one), target: blankOf(one) }
    case 'only in the source':
      return { source: choice.blank ? { ...blankOf(one), healthNumber: '12' } : one, target: null }
    case 'only in the target':
      return { source: null, target: one }
    case 'joins later, only in the source':
      return { source: { ...one, entered: joins }, target: null }
    case 'joins later':
      return {
        source: { ...mixed(one, other, choice.fields), entered: joins },
        target: { ...one, entered: joins },
      }
    case 'resigned':
      return both({ resigned: '2026-10-05', status: 'retired' }, {})
    case 'resigns later':
      return both({ resigned: '2027-02-28' }, {})
    case 'resignation taken back':
      return both({}, choice.soon ? { resigned: '2027-02-28' } : { resigned: '2026-10-05', status: 'retired' })
    case 'retired without a date':
      return both({ status: 'retired' })
    case 'two accounts':
      return {
        source: { ...one, accounts: [...other.accounts, ...one.accounts] },
        target: { ...one, accounts: [...one.accounts, ...other.accounts] },
      }
    case 'several titles and departments':
      return {
        source: { ...one, titles: ['部長', '主任'], departments: ['A002', 'A004'] },
        target: { ...one, titles: ['課長', '係長'], departments: ['A001', 'A002'] },
      }
    case 'insured number without pay':
      return both(
        { healthPay: null, welfarePay: null },
        { healthPay: null, welfarePay: null, healthNumber: null, welfareNumber: other.welfareNumber },
      )
    case 'written differently':
      return both(
        { written: choice.decomposed ? 'decomposed' : 'plain' },
        { written: choice.soon ? 'half' : 'decomposed' },
      )
    case 'another form of telephone number':
      return {
        source: { ...one, phone: other.phone && { ...other.phone, form: choice.form } },
        target: choice.blank ? { ...one, phone: null } : one,
      }
    case 'other months differ':
      return {
        ...both({}),
        earlier: mixed(one, other, FIELDS.slice(5)),
        later: choice.soon ? mixed(one, other, FIELDS.slice(9)) : null,
      }
  }
}

/** For services that need neither kana, birthday nor address: blank in the source where all is. */
export const blanker = (pairs: readonly Pair[]): Pair[] =>
  pairs.map(pair =>
    pair.kind === 'source is blank' && pair.source
      ? { ...pair, source: { ...pair.source, lastKana: '', firstKana: '', birth: '', email: null } }
      : pair,
  )

/** `count` pairs, every kind in turn, the same for the same seed. Numbers begin with `prefix`. */
export function pairsOf({ count, seed, prefix }: { count: number; seed: number; prefix: string }): Pair[] {
  return Array.from({ length: count }, (_, index) => {
    const kind = kinds[index % kinds.length] ?? 'equal'
    const code = `${prefix}${String(index + 1).padStart(4, '0')}`
    const arbitrary = fc
      .record({
        one: filled(code, index + 1),
        other: filled(code, index + 1),
        fields: fc.uniqueArray(oneOf(FIELDS), { minLength: 1, maxLength: 6 }),
        blank: fc.boolean(),
        form: oneOf(['digits', '+81-', '+81', '内線', 'hyphens'] as const),
        decomposed: fc.boolean(),
        soon: fc.boolean(),
        months: fc.integer({ min: 0, max: 3 }),
        paidLater: fc.integer({ min: 0, max: 3 }),
      })
      .map(({ one, other, months, paidLater, ...choice }): Pair => {
        const pair = made(kind, one, other, choice)
        const based = pair.target ?? pair.source
        return {
          kind,
          earlier: months === 0 && based ? mixed(based, other, FIELDS.slice(5, 20)) : null,
          later: months === 1 && based ? mixed(based, other, FIELDS.slice(9, 20)) : null,
          paidLater: paidLater === 0,
          ...pair,
        }
      })
    const [pair] = fc.sample(arbitrary, { seed: seed + index, numRuns: 1 })
    if (!pair) throw new Error('nothing was made up')
    return pair
  })
}
