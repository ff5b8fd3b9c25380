/**
 * Made-up people, the same for the same seed. Every stand-in builds its records from them, so that one person can exist
 * on both sides with equal or with slightly different data. Prefectures, cities and the first three digits of the postal
 * code are real; people, streets and numbers are not.
 */
export interface MadeUpPerson {
  /** Position in the list, from 1. */
  index: number
  /** 社員番号, unique in the list: `P000001` for index 1. */
  code: string
  lastName: string
  firstName: string
  /** Full-width katakana. */
  lastNameKana: string
  firstNameKana: string
  birthDate: string
  gender: 'male' | 'female'
  entryDate: string
  retireDate: string | null
  title: string | null
  married: boolean
  workingStudent: boolean
  widow: 'widow' | 'single_parent' | null
  disability: 'general' | 'heavy' | null
  phone: [string, string, string]
  /** 現住所. */
  home: MadeUpAddress
  /** 住民票住所. */
  resident: MadeUpAddress
  bank: MadeUpBankAccount | null
  /** 11 digits. */
  employmentInsuranceNumber: string | null
  /** 10 digits. */
  basicPensionNumber: string | null
  /** Digits without leading zero. */
  healthInsuranceNumber: string | null
  pensionInsuranceNumber: string | null
  /** Yen. */
  healthStandardPay: number | null
  pensionStandardPay: number | null
  department: string | null
  email: string | null
}

export interface MadeUpAddress {
  zip: [string, string]
  prefecture: string
  city: string
  street: string
  building: string | null
  /** Reading of prefecture, city and street without numbers, full-width katakana only. */
  kana: string
}

export interface MadeUpBankAccount {
  /** 4 digits. */
  bankCode: string
  /** 3 digits. */
  branchCode: string
  type: 'ordinary' | 'current' | 'saving'
  /** 7 digits. */
  number: string
  holderKana: string
}

/**
 * `count` people who are all employed (joined by 2026-04-01, not retired) and whose data every service accepts.
 * Person n depends on `seed` and n alone, so a longer list begins with the shorter one.
 */
export function madeUpPeople({ count, seed }: { count: number; seed: number }): MadeUpPerson[] {
  return Array.from({ length: count }, (_, position) => person(position + 1, seed))
}

/** The people of the nth company beside the seed's, in every service that has such companies. */
export const peopleOfCompany = (nth: number, count: number): MadeUpPerson[] =>
  madeUpPeople({ count, seed: 20_260_501 + nth })

/**
 * The same person with 1–3 fields changed, each to a value that differs; the key fields and names stay. The 入社日 is
 * always one of them, because every service keeps it.
 */
export function differingTwin(original: MadeUpPerson, seed: number): MadeUpPerson {
  const dice = createDice(seed, original.index, 2)
  const changes = [...CHANGES]
  let twin: MadeUpPerson = { ...original, entryDate: dayBefore(original.entryDate) }
  for (let left = dice.from(0, 2); left > 0; left -= 1) {
    const [change] = changes.splice(dice.from(0, changes.length - 1), 1)
    if (change) twin = change(twin, dice)
  }
  return twin
}

const DAY_MS = 86_400_000
const dayBefore = (date: string) => new Date(Date.parse(date) - DAY_MS).toISOString().slice(0, 'YYYY-MM-DD'.length)

type Change = (person: MadeUpPerson, dice: Dice) => MadeUpPerson

const CHANGES: readonly Change[] = [
  (person, dice) => ({ ...person, home: { ...person.home, street: other(person.home.street, () => street(dice)[0]) } }),
  (person, dice) => ({ ...person, phone: other(person.phone, () => phone(dice)) }),
  (person, dice) => ({ ...person, title: other(person.title, () => dice.pick(TITLES)) }),
  (person, dice) => ({
    ...person,
    bank: person.bank && { ...person.bank, number: other(person.bank.number, () => dice.digits(7)) },
  }),
  person => ({ ...person, married: !person.married, widow: null }),
  (person, dice) => {
    const pay = other(person.healthStandardPay, () => dice.pick(PAY_GRADES))
    return { ...person, healthStandardPay: pay, pensionStandardPay: pensionPay(pay) }
  },
]

/** Draws until the value is another one; after some tries it takes what it got (cannot happen with our value ranges). */
function other<T>(current: T, draw: () => T): T {
  let value = draw()
  for (let tries = 0; tries < 50 && JSON.stringify(value) === JSON.stringify(current); tries += 1) value = draw()
  return value
}

function person(index: number, seed: number): MadeUpPerson {
  const dice = createDice(seed, index, 1)
  const [lastName, lastNameKana] = dice.pick(LAST_NAMES)
  const gender = dice.chance(0.5) ? ('male' as const) : ('female' as const)
  const [firstName, firstNameKana] = dice.pick(gender === 'male' ? MALE_NAMES : FEMALE_NAMES)
  const birthYear = dice.from(1962, 2004)
  const married = 2026 - birthYear > 24 && dice.chance(0.55)
  const widow =
    !married && dice.chance(0.04) ? (gender === 'female' && dice.chance(0.5) ? 'widow' : 'single_parent') : null
  const healthStandardPay = dice.pick(PAY_GRADES)
  const home = address(dice)
  const insuranceNumber = String(index)
  return {
    index,
    code: `P${String(index).padStart(6, '0')}`,
    lastName,
    firstName,
    lastNameKana,
    firstNameKana,
    birthDate: date(birthYear, dice),
    gender,
    entryDate: dice.chance(0.6)
      ? `${dice.from(Math.max(birthYear + 19, 1985), 2026)}-04-01`
      : date(dice.from(Math.max(birthYear + 19, 1985), 2025), dice),
    retireDate: null,
    title: dice.chance(0.45) ? dice.pick(TITLES) : null,
    married,
    workingStudent: birthYear >= 2003 && dice.chance(0.1),
    widow,
    disability: dice.chance(0.03) ? (dice.chance(0.3) ? 'heavy' : 'general') : null,
    phone: phone(dice),
    home,
    resident: dice.chance(0.85) ? home : address(dice),
    bank: {
      bankCode: dice.pick(BANK_CODES),
      branchCode: dice.digits(3),
      type: dice.chance(0.94) ? 'ordinary' : dice.pick(['current', 'saving'] as const),
      number: dice.digits(7),
      holderKana: `${lastNameKana} ${firstNameKana}`,
    },
    employmentInsuranceNumber: dice.digits(11),
    basicPensionNumber: dice.digits(10),
    healthInsuranceNumber: insuranceNumber,
    pensionInsuranceNumber: insuranceNumber,
    healthStandardPay,
    pensionStandardPay: pensionPay(healthStandardPay),
    department: dice.pick(DEPARTMENTS),
    email: `p${String(index).padStart(6, '0')}@midori.example`,
  }
}

/** The pension's grades end at 650,000 yen, and begin at 88,000. */
const pensionPay = (healthPay: number | null) => (healthPay === null ? null : Math.min(healthPay, 650_000))

function address(dice: Dice): MadeUpAddress {
  const [prefecture, city, zip, kana] = dice.pick(CITIES)
  const [streetText, streetKana] = street(dice)
  return {
    zip: [zip, dice.digits(4)],
    prefecture,
    city,
    street: streetText,
    building: dice.chance(0.35) ? `${dice.pick(BUILDINGS)}${dice.from(1, 9)}0${dice.from(1, 8)}` : null,
    kana: kana + streetKana,
  }
}

function street(dice: Dice): [text: string, kana: string] {
  const [name, kana] = dice.pick(STREETS)
  return [`${name}${dice.from(1, 9)}-${dice.from(1, 28)}-${dice.from(1, 30)}`, kana]
}

function phone(dice: Dice): [string, string, string] {
  return [dice.pick(['090', '080', '070']), dice.digits(4), dice.digits(4)]
}

/** Day 1–28, so that every date exists. */
function date(year: number, dice: Dice): string {
  return `${year}-${String(dice.from(1, 12)).padStart(2, '0')}-${String(dice.from(1, 28)).padStart(2, '0')}`
}

interface Dice {
  /** Whole number from `low` to `high`, both possible. */
  from(low: number, high: number): number
  chance(share: number): boolean
  pick<T>(values: readonly T[]): T
  /** As many digits; the first is not 0, so that the text survives being taken for a number. */
  digits(length: number): string
}

/** A small reproducible generator (mulberry32). `use` separates the draws of a person from those of the twin. */
function createDice(seed: number, index: number, use: number): Dice {
  let state = (Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b) ^ Math.imul(use, 0xc2b2ae35)) >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
  const from = (low: number, high: number) => low + Math.floor(next() * (high - low + 1))
  return {
    from,
    chance: share => next() < share,
    pick: values => {
      const value = values[from(0, values.length - 1)]
      if (value === undefined) throw new Error('Nothing to pick from')
      return value
    },
    digits: length => {
      let text = String(from(1, 9))
      while (text.length < length) text += String(from(0, 9))
      return text
    },
  }
}

const TITLES = ['部長', '次長', '課長', '係長', '主任', 'チームリーダー', '店長', '工場長'] as const

const DEPARTMENTS = [
  '営業部',
  '総務部',
  '人事部',
  '経理部',
  '開発部',
  '製造部',
  '品質管理部',
  '物流部',
  '企画部',
] as const

const BANK_CODES = ['0001', '0005', '0009', '0010', '0017', '0033', '0116', '0138', '0149', '0155'] as const

const BUILDINGS = ['みどりハイツ', 'コーポさくら', 'メゾンあおば', 'グランひかり', 'サンプルビル'] as const

/** Grades of the health insurance from 88,000 yen on. */
const PAY_GRADES = [
  88_000, 98_000, 104_000, 110_000, 118_000, 126_000, 134_000, 142_000, 150_000, 160_000, 170_000, 180_000, 190_000,
  200_000, 220_000, 240_000, 260_000, 280_000, 300_000, 320_000, 340_000, 360_000, 380_000, 410_000, 440_000, 470_000,
  500_000, 530_000, 560_000, 590_000, 620_000, 650_000, 680_000, 710_000, 750_000, 790_000, 830_000,
] as const

/** Made-up districts; none contains 市, 区, 郡 or 村, so that an address can be divided again after its city. */
const STREETS: readonly [string, string][] = [
  ['見本町', 'ミホンチョウ'],
  ['若葉町', 'ワカバチョウ'],
  ['緑が丘', 'ミドリガオカ'],
  ['青葉台', 'アオバダイ'],
  ['桜木', 'サクラギ'],
  ['花園', 'ハナゾノ'],
  ['朝日町', 'アサヒチョウ'],
  ['栄', 'サカエ'],
  ['本町', 'ホンチョウ'],
  ['泉', 'イズミ'],
  ['松風台', 'マツカゼダイ'],
  ['ひかり町', 'ヒカリチョウ'],
  ['大和', 'ヤマト'],
  ['中央', 'チュウオウ'],
  ['南', 'ミナミ'],
]

/** Prefecture, city, first three digits of the postal code, reading of both. */
const CITIES: readonly [string, string, string, string][] = [
  ['北海道', '札幌市中央区', '060', 'ホッカイドウサッポロシチュウオウク'],
  ['北海道', '旭川市', '070', 'ホッカイドウアサヒカワシ'],
  ['青森県', '青森市', '030', 'アオモリケンアオモリシ'],
  ['岩手県', '盛岡市', '020', 'イワテケンモリオカシ'],
  ['宮城県', '仙台市青葉区', '980', 'ミヤギケンセンダイシアオバク'],
  ['秋田県', '秋田市', '010', 'アキタケンアキタシ'],
  ['山形県', '山形市', '990', 'ヤマガタケンヤマガタシ'],
  ['福島県', '福島市', '960', 'フクシマケンフクシマシ'],
  ['茨城県', '水戸市', '310', 'イバラキケンミトシ'],
  ['栃木県', '宇都宮市', '320', 'トチギケンウツノミヤシ'],
  ['群馬県', '前橋市', '371', 'グンマケンマエバシシ'],
  ['埼玉県', 'さいたま市大宮区', '330', 'サイタマケンサイタマシオオミヤク'],
  ['埼玉県', '川越市', '350', 'サイタマケンカワゴエシ'],
  ['千葉県', '船橋市', '273', 'チバケンフナバシシ'],
  ['千葉県', '千葉市美浜区', '261', 'チバケンチバシミハマク'],
  ['東京都', '港区', '106', 'トウキョウトミナトク'],
  ['東京都', '世田谷区', '154', 'トウキョウトセタガヤク'],
  ['東京都', '江東区', '135', 'トウキョウトコウトウク'],
  ['東京都', '杉並区', '166', 'トウキョウトスギナミク'],
  ['東京都', '八王子市', '192', 'トウキョウトハチオウジシ'],
  ['東京都', '立川市', '190', 'トウキョウトタチカワシ'],
  ['神奈川県', '横浜市西区', '220', 'カナガワケンヨコハマシニシク'],
  ['神奈川県', '川崎市高津区', '213', 'カナガワケンカワサキシタカツク'],
  ['神奈川県', '藤沢市', '251', 'カナガワケンフジサワシ'],
  ['新潟県', '新潟市中央区', '950', 'ニイガタケンニイガタシチュウオウク'],
  ['富山県', '富山市', '930', 'トヤマケントヤマシ'],
  ['石川県', '金沢市', '920', 'イシカワケンカナザワシ'],
  ['福井県', '福井市', '910', 'フクイケンフクイシ'],
  ['山梨県', '甲府市', '400', 'ヤマナシケンコウフシ'],
  ['長野県', '松本市', '390', 'ナガノケンマツモトシ'],
  ['長野県', '北佐久郡軽井沢町', '389', 'ナガノケンキタサクグンカルイザワマチ'],
  ['岐阜県', '岐阜市', '500', 'ギフケンギフシ'],
  ['静岡県', '浜松市', '430', 'シズオカケンハママツシ'],
  ['愛知県', '名古屋市千種区', '464', 'アイチケンナゴヤシチクサク'],
  ['愛知県', '豊田市', '471', 'アイチケントヨタシ'],
  ['三重県', '津市', '514', 'ミエケンツシ'],
  ['滋賀県', '大津市', '520', 'シガケンオオツシ'],
  ['京都府', '京都市左京区', '606', 'キョウトフキョウトシサキョウク'],
  ['大阪府', '大阪市北区', '530', 'オオサカフオオサカシキタク'],
  ['大阪府', '堺市北区', '591', 'オオサカフサカイシキタク'],
  ['大阪府', '豊中市', '560', 'オオサカフトヨナカシ'],
  ['兵庫県', '神戸市灘区', '657', 'ヒョウゴケンコウベシナダク'],
  ['兵庫県', '姫路市', '670', 'ヒョウゴケンヒメジシ'],
  ['奈良県', '奈良市', '630', 'ナラケンナラシ'],
  ['和歌山県', '和歌山市', '640', 'ワカヤマケンワカヤマシ'],
  ['鳥取県', '鳥取市', '680', 'トットリケントットリシ'],
  ['島根県', '松江市', '690', 'シマネケンマツエシ'],
  ['岡山県', '倉敷市', '710', 'オカヤマケンクラシキシ'],
  ['広島県', '広島市中区', '730', 'ヒロシマケンヒロシマシナカク'],
  ['山口県', '下関市', '750', 'ヤマグチケンシモノセキシ'],
  ['徳島県', '徳島市', '770', 'トクシマケントクシマシ'],
  ['香川県', '高松市', '760', 'カガワケンタカマツシ'],
  ['愛媛県', '松山市', '790', 'エヒメケンマツヤマシ'],
  ['高知県', '高知市', '780', 'コウチケンコウチシ'],
  ['福岡県', '福岡市博多区', '812', 'フクオカケンフクオカシハカタク'],
  ['福岡県', '久留米市', '830', 'フクオカケンクルメシ'],
  ['佐賀県', '佐賀市', '840', 'サガケンサガシ'],
  ['長崎県', '長崎市', '850', 'ナガサキケンナガサキシ'],
  ['熊本県', '熊本市東区', '862', 'クマモトケンクマモトシヒガシク'],
  ['大分県', '別府市', '874', 'オオイタケンベップシ'],
  ['宮崎県', '宮崎市', '880', 'ミヤザキケンミヤザキシ'],
  ['鹿児島県', '鹿児島市', '890', 'カゴシマケンカゴシマシ'],
  ['沖縄県', '那覇市', '900', 'オキナワケンナハシ'],
]

const LAST_NAMES: readonly [string, string][] = [
  ['佐藤', 'サトウ'],
  ['鈴木', 'スズキ'],
  ['高橋', 'タカハシ'],
  ['田中', 'タナカ'],
  ['伊藤', 'イトウ'],
  ['渡辺', 'ワタナベ'],
  ['山本', 'ヤマモト'],
  ['中村', 'ナカムラ'],
  ['小林', 'コバヤシ'],
  ['加藤', 'カトウ'],
  ['吉田', 'ヨシダ'],
  ['山田', 'ヤマダ'],
  ['佐々木', 'ササキ'],
  ['松本', 'マツモト'],
  ['井上', 'イノウエ'],
  ['木村', 'キムラ'],
  ['林', 'ハヤシ'],
  ['斎藤', 'サイトウ'],
  ['清水', 'シミズ'],
  ['山崎', 'ヤマザキ'],
  ['森', 'モリ'],
  ['池田', 'イケダ'],
  ['橋本', 'ハシモト'],
  ['阿部', 'アベ'],
  ['石川', 'イシカワ'],
  ['山下', 'ヤマシタ'],
  ['中島', 'ナカジマ'],
  ['石井', 'イシイ'],
  ['小川', 'オガワ'],
  ['前田', 'マエダ'],
  ['岡田', 'オカダ'],
  ['長谷川', 'ハセガワ'],
  ['藤田', 'フジタ'],
  ['後藤', 'ゴトウ'],
  ['近藤', 'コンドウ'],
  ['村上', 'ムラカミ'],
  ['遠藤', 'エンドウ'],
  ['青木', 'アオキ'],
  ['坂本', 'サカモト'],
  ['福田', 'フクダ'],
  ['太田', 'オオタ'],
  ['西村', 'ニシムラ'],
  ['藤井', 'フジイ'],
  ['岡本', 'オカモト'],
  ['三浦', 'ミウラ'],
  ['金子', 'カネコ'],
  ['藤原', 'フジワラ'],
  ['中野', 'ナカノ'],
  ['原田', 'ハラダ'],
  ['松田', 'マツダ'],
]

const MALE_NAMES: readonly [string, string][] = [
  ['太郎', 'タロウ'],
  ['一郎', 'イチロウ'],
  ['健太', 'ケンタ'],
  ['翔太', 'ショウタ'],
  ['大輔', 'ダイスケ'],
  ['誠', 'マコト'],
  ['浩', 'ヒロシ'],
  ['直樹', 'ナオキ'],
  ['拓也', 'タクヤ'],
  ['達也', 'タツヤ'],
  ['蓮', 'レン'],
  ['悠斗', 'ユウト'],
  ['隆', 'タカシ'],
  ['和也', 'カズヤ'],
  ['康平', 'コウヘイ'],
  ['涼介', 'リョウスケ'],
  ['純一', 'ジュンイチ'],
  ['修', 'オサム'],
  ['智也', 'トモヤ'],
  ['光', 'ヒカル'],
]

const FEMALE_NAMES: readonly [string, string][] = [
  ['花子', 'ハナコ'],
  ['美咲', 'ミサキ'],
  ['陽子', 'ヨウコ'],
  ['恵', 'メグミ'],
  ['由美子', 'ユミコ'],
  ['真由美', 'マユミ'],
  ['彩', 'アヤ'],
  ['愛', 'アイ'],
  ['さくら', 'サクラ'],
  ['葵', 'アオイ'],
  ['結衣', 'ユイ'],
  ['久美子', 'クミコ'],
  ['千尋', 'チヒロ'],
  ['明日香', 'アスカ'],
  ['典子', 'ノリコ'],
  ['麻衣', 'マイ'],
  ['奈々', 'ナナ'],
  ['京子', 'キョウコ'],
  ['優子', 'ユウコ'],
  ['理恵', 'リエ'],
]
