import { expect } from 'chai'
import fc from 'fast-check'
import type { Converted, Scalar, Values } from '../../../server/contract/contract.js'
import { employees, employeesToSmarthr } from '../../../server/connectors/freee/employees.mapping.js'
import { freee } from '../../../server/connectors/freee/index.js'
import { difference } from '../../../server/runs/difference.js'

const context = { today: '2026-11-20', settings: {}, present: [] }

const pairOf = (label: string, pairs = employees) => {
  const pair = pairs.find(candidate => candidate.label === label)
  if (!pair) throw new Error(`no field ${label}`)
  return pair
}

const toService = (label: string, ...values: Scalar[]) => pairOf(label).toService(values, context)
const toSmarthr = (label: string, ...values: Scalar[]) => pairOf(label, employeesToSmarthr).toSmarthr(values, context)

type Vector = [label: string, values: Scalar[], yields: Converted]
const set = (values: Record<string, Scalar>): Converted => ({ set: values })
const problem = (text: string): Converted => ({ problem: text })
const unsent = (text: string): Converted => ({ unsent: text })
const notSent = (what: string, why: string, from: string) =>
  unsent(`${what}は、${why}ため連携されません。${from}の従業員情報で修正してください。`)
const NO_PHONE = '日本の電話番号として市外局番・市内局番・番号に分けられない'
const P = 'profile_rule.'
const B = 'bank_account_rule.'

const fromSmarthr: Vector[] = [
  ['姓', ['山田'], set({ [`${P}last_name`]: '山田' })],
  ['姓', [null], problem('姓を入力してください')],
  ['名', ['太郎'], set({ [`${P}first_name`]: '太郎' })],
  ['姓ヨミガナ', ['ﾀｶｻﾞｷ'], set({ [`${P}last_name_kana`]: 'タカザキ' })],
  ['名ヨミガナ', ['たろう'], set({ [`${P}first_name_kana`]: 'タロウ' })],
  ['名ヨミガナ', [''], problem('名ヨミガナを入力してください')],
  ['生年月日', ['1990-01-01'], set({ birth_date: '1990-01-01' })],
  ['生年月日', [null], problem('生年月日を入力してください')],
  ['戸籍上の性別', ['female'], set({ [`${P}gender`]: 'female' })],
  ['戸籍上の性別', [null], 'keep'],
  ['社員番号', ['00123'], set({ num: '00123' })],
  ['社員番号', [null], 'keep'],
  ['役職', ['課長'], set({ [`${P}title`]: '課長' })],
  ['入社年月日', ['2021-04-01'], set({ entry_date: '2021-04-01' })],
  ['入社年月日', [null], problem('入社日を入力してください')],
  ['退職年月日', ['2026-03-31', '2021-04-01'], set({ retire_date: '2026-03-31' })],
  ['退職年月日', [null, '2021-04-01'], set({ retire_date: null })],
  ['退職年月日', ['2026年3月', '2021-04-01'], notSent('退職年月日「2026年3月」', '正しい形式ではない', 'SmartHR')],
  ['退職年月日', ['2021-04-01', '2021-04-01'], set({ retire_date: '2021-04-01' })],
  ['在籍状況', ['retired', '2026-03-31'], 'keep'],
  ['退職年月日', ['2021-03-31', '2021-04-01'], problem('退職年月日は入社年月日以降の日付を入力してください')],
  ['配偶者の有無', [null], set({ [`${P}married`]: false })],
  ['配偶者の有無', [true], set({ [`${P}married`]: true })],
  ['勤労学生', [null], set({ [`${P}is_working_student`]: false })],
  ['寡婦・ひとり親', ['single_parent'], set({ [`${P}widow_type`]: 'one_parent' })],
  ['寡婦・ひとり親', ['widow'], set({ [`${P}widow_type`]: 'widow' })],
  ['寡婦・ひとり親', [null], 'keep'],
  ['障害者区分', ['ordinary_handicapped'], set({ [`${P}disability_type`]: 'general' })],
  ['障害者区分', ['special_handicapped'], set({ [`${P}disability_type`]: 'heavy' })],
  ['障害者区分', [null], 'keep'],
  [
    '現住所（郵便番号）',
    ['106-0032'],
    set({ [`${P}residential_zipcode1`]: '106', [`${P}residential_zipcode2`]: '0032' }),
  ],
  [
    '現住所（郵便番号）',
    ['１０６００３２'],
    set({ [`${P}residential_zipcode1`]: '106', [`${P}residential_zipcode2`]: '0032' }),
  ],
  ['現住所（郵便番号）', [null], 'keep'],
  ['現住所（郵便番号）', ['106'], notSent('現住所（郵便番号）「106」', '7桁の数字ではない', 'SmartHR')],
  ['住民票住所（郵便番号）', ['106-0032'], set({ [`${P}zipcode1`]: '106', [`${P}zipcode2`]: '0032' })],
  ['現住所（都道府県）', ['北海道', null], set({ [`${P}residential_prefecture_code`]: 0 })],
  ['現住所（都道府県）', ['東京都', ''], set({ [`${P}residential_prefecture_code`]: 12 })],
  ['住民票住所（都道府県）', ['沖縄県', '392'], set({ [`${P}prefecture_code`]: 46 })],
  ['現住所（都道府県）', ['東京都', '840'], set({ [`${P}residential_prefecture_code`]: -1 })],
  [
    '現住所（都道府県）',
    ['どこか', null],
    {
      set: { [`${P}residential_prefecture_code`]: -1 },
      note: '現住所（都道府県）「どこか」は、都道府県名ではないため「設定しない」になります。SmartHRの従業員情報で修正してください。',
    },
  ],
  ['現住所（都道府県）', [null, null], 'keep'],
  ['現住所（市区町村／丁目・番地）', ['港区六本木', '3-2-1'], set({ [`${P}residential_address`]: '港区六本木3-2-1' })],
  ['現住所（市区町村／丁目・番地）', [null, null], 'keep'],
  ['現住所（ヨミガナ）', ['ミナトク ロッポンギ'], set({ [`${P}residential_address_kana`]: 'ミナトク ロッポンギ' })],
  ['電話番号', ['080-3043-3030'], set({ [`${P}phone1`]: '080', [`${P}phone2`]: '3043', [`${P}phone3`]: '3030' })],
  ['電話番号', ['08030433030'], set({ [`${P}phone1`]: '080', [`${P}phone2`]: '3043', [`${P}phone3`]: '3030' })],
  ['電話番号', ['0312345678'], set({ [`${P}phone1`]: '03', [`${P}phone2`]: '1234', [`${P}phone3`]: '5678' })],
  ['電話番号', ['0451234567'], set({ [`${P}phone1`]: '045', [`${P}phone2`]: '123', [`${P}phone3`]: '4567' })],
  ['電話番号', ['0120123456'], set({ [`${P}phone1`]: '0120', [`${P}phone2`]: '123', [`${P}phone3`]: '456' })],
  ['電話番号', ['0466123456'], set({ [`${P}phone1`]: '0466', [`${P}phone2`]: '12', [`${P}phone3`]: '3456' })],
  ['電話番号', ['+81-90-1234-5678'], set({ [`${P}phone1`]: '090', [`${P}phone2`]: '1234', [`${P}phone3`]: '5678' })],
  ['電話番号', ['+819012345678'], set({ [`${P}phone1`]: '090', [`${P}phone2`]: '1234', [`${P}phone3`]: '5678' })],
  [
    '電話番号',
    ['03-1234-5678 内線12'],
    {
      set: { [`${P}phone1`]: '03', [`${P}phone2`]: '1234', [`${P}phone3`]: '5678' },
      note: '電話番号の内線番号は、freee人事労務に登録できないため連携されません。必要な場合は、SmartHRで確認してください。',
    },
  ],
  ['電話番号', ['090-12345-6789'], notSent('電話番号「090-12345-6789」', NO_PHONE, 'SmartHR')],
  ['電話番号', ['123'], notSent('電話番号「123」', NO_PHONE, 'SmartHR')],
  ['電話番号', [''], 'keep'],
  ['銀行コード', ['1'], set({ [`${B}bank_code`]: '0001' })],
  ['銀行コード', ['A123'], problem('銀行コードは4桁以内の数字で入力してください')],
  ['支店コード', ['12'], set({ [`${B}branch_code`]: '012' })],
  ['口座番号', ['12345'], set({ [`${B}account_number`]: '0012345' })],
  ['口座番号', ['123456789'], problem('口座番号は7桁以内の数字で入力してください')],
  ['預金種別', ['saving'], set({ [`${B}account_type`]: 'ordinary' })],
  ['預金種別', ['checking'], set({ [`${B}account_type`]: 'current' })],
  ['預金種別', ['deposit'], set({ [`${B}account_type`]: 'saving' })],
  ['名義(カタカナ)', ['ヤマダ　タロウ'], set({ [`${B}account_name`]: 'ヤマダ　タロウ' })],
  ['名義(カタカナ)', ['カ）ミドリシヨウカイ'], set({ [`${B}account_name`]: 'カ）ミドリシヨウカイ' })],
  ['名義(カタカナ)', ['山田太郎'], problem('口座名義は、カタカナまたは英数字で入力してください')],
  ['雇用保険の被保険者番号', ['0000-000000-1'], set({ employment_insurance_reference_number: '00000000001' })],
  ['雇用保険の被保険者番号', ['A0000-000000-1'], problem('被保険者番号は11桁の数字で入力してください')],
  ['雇用保険の被保険者番号', ['0000-000000'], problem('被保険者番号は11桁の数字で入力してください')],
  ['基礎年金番号', ['1234-567890'], set({ base_pension_num: '1234567890' })],
  ['基礎年金番号', ['123'], problem('基礎年金番号は10桁の数字で入力してください')],
  ['健康保険の被保険者整理番号', [12, 300000], set({ 'health_insurance_rule.reference_num': '12' })],
  [
    '健康保険の被保険者整理番号',
    [12, null],
    {
      unsent:
        '健康保険の被保険者整理番号「12」は、健康保険の標準報酬月額がSmartHRにもfreee人事労務にも登録されていないため連携されません。SmartHRの従業員情報で標準報酬月額を登録してください。',
    },
  ],
  ['健康保険の被保険者整理番号', [null, null], 'keep'],
  ['厚生年金保険の被保険者整理番号', [12, 300000], set({ 'welfare_pension_insurance_rule.reference_num': '12' })],
  ['健康保険の標準報酬月額', [300000], set({ 'health_insurance_rule.standard_monthly_remuneration': 300000 })],
  ['住民票住所（市区町村／丁目・番地）', ['港区', '芝1'], set({ [`${P}address`]: '港区芝1' })],
  ['住民票住所（ヨミガナ）', ['ミナトク'], set({ [`${P}address_kana`]: 'ミナトク' })],
  ['厚生年金の標準報酬月額', [300000], set({ 'welfare_pension_insurance_rule.standard_monthly_remuneration': 300000 })],
  ['健康保険の標準報酬月額', [null], 'keep'],
  ['厚生年金の標準報酬月額', [0], 'keep'],
]

const fromFreee: Vector[] = [
  ['姓', ['山田'], set({ last_name: '山田' })],
  ['姓', [null], 'keep'],
  ['姓ヨミガナ', ['ﾔﾏﾀﾞ'], set({ last_name_yomi: 'ヤマダ' })],
  ['生年月日', ['1990-01-01'], set({ birth_at: '1990-01-01' })],
  ['戸籍上の性別', ['unselected'], 'keep'],
  ['戸籍上の性別', ['male'], set({ gender: 'male' })],
  ['名', ['太郎'], set({ first_name: '太郎' })],
  ['名ヨミガナ', ['タロウ'], set({ first_name_yomi: 'タロウ' })],
  ['社員番号', ['00123'], set({ emp_code: '00123' })],
  ['入社年月日', ['2021-04-01'], set({ entered_at: '2021-04-01' })],
  ['勤労学生', [true], set({ working_student_flag: true })],
  ['役職', [null], 'keep'],
  ['役職', ['課長'], set({ 'positions.0.name': '課長' })],
  ['退職年月日', ['2026-11-19'], set({ resigned_at: '2026-11-19' })],
  ['在籍状況', ['2026-11-19'], set({ emp_status: 'retired' })],
  ['在籍状況', ['2026-11-20'], 'keep'],
  ['在籍状況', [null], 'keep'],
  ['退職年月日', ['2026-11-20'], set({ resigned_at: '2026-11-20' })],
  ['退職年月日', [null], set({ resigned_at: null })],
  ['配偶者の有無', [false], set({ having_spouse: false })],
  ['寡婦・ひとり親', ['one_parent'], set({ widow_type: 'single_parent' })],
  ['寡婦・ひとり親', ['na'], 'keep'],
  ['障害者区分', ['na'], 'keep'],
  [
    '寡婦・ひとり親',
    ['special_widow'],
    notSent('寡婦・ひとり親「特別寡婦」', 'SmartHRに同じ区分がない', 'freee人事労務'),
  ],
  ['障害者区分', ['heavy'], set({ handicapped_type: 'special_handicapped' })],
  ['現住所（郵便番号）', ['106', '0032'], set({ 'address.zip_code': '106-0032' })],
  ['現住所（郵便番号）', [null, null], 'keep'],
  ['現住所（郵便番号）', ['106', null], notSent('現住所（郵便番号）「106」', '7桁の数字ではない', 'freee人事労務')],
  ['住民票住所（都道府県）', [12], set({ 'resident_card_address.pref': '東京都' })],
  ['住民票住所（郵便番号）', ['106', '0032'], set({ 'resident_card_address.zip_code': '106-0032' })],
  ['現住所（都道府県）', [0], set({ 'address.pref': '北海道' })],
  ['現住所（都道府県）', [-1], 'keep'],
  ['現住所（都道府県）', [99], notSent('現住所（都道府県）「99」', '都道府県の番号ではない', 'freee人事労務')],
  ['現住所（市区町村）', ['港区六本木3-2-1', 12], set({ 'address.city': '港区' })],
  ['現住所（丁目・番地）', ['港区六本木3-2-1', 12], set({ 'address.street': '六本木3-2-1' })],
  ['現住所（市区町村）', ['四日市市諏訪町1-5', 23], set({ 'address.city': '四日市市' })],
  ['現住所（丁目・番地）', ['四日市市諏訪町1-5', 23], set({ 'address.street': '諏訪町1-5' })],
  ['現住所（市区町村）', ['三重県四日市市諏訪町1-5', 23], set({ 'address.city': '四日市市' })],
  ['現住所（市区町村）', ['三重県四日市市諏訪町1-5', -1], set({ 'address.city': '三重県四日市市' })],
  ['現住所（丁目・番地）', ['三重県四日市市諏訪町1-5', 23], set({ 'address.street': '諏訪町1-5' })],
  ['現住所（市区町村）', [null, 12], 'keep'],
  ['現住所（丁目・番地）', [null, 12], 'keep'],
  ['住民票住所（市区町村）', ['港区芝1', null], set({ 'resident_card_address.city': '港区' })],
  ['住民票住所（丁目・番地）', ['港区芝1', null], set({ 'resident_card_address.street': '芝1' })],
  ['住民票住所（ヨミガナ）', ['ミナトク'], set({ 'resident_card_address.literal_yomi': 'ミナトク' })],
  ['現住所（ヨミガナ）', ['ﾐﾅﾄｸ'], set({ 'address.literal_yomi': 'ミナトク' })],
  ['電話番号', ['03', '1111', '2222'], set({ tel_number: '03-1111-2222' })],
  ['電話番号', ['03', null, null], notSent('電話番号「03」', NO_PHONE, 'freee人事労務')],
  ['電話番号', [null, null, null], 'keep'],
  ['名義(カタカナ)', ['カ)ﾐﾄﾞﾘｼﾖｳｶｲ 1'], set({ 'bank_accounts.0.account_holder_name': 'カ）ミドリシヨウカイ　１' })],
  ['銀行コード', ['1'], set({ 'bank_accounts.0.bank_code': '0001' })],
  ['支店コード', ['001'], set({ 'bank_accounts.0.bank_branch_code': '001' })],
  ['口座番号', ['1234567'], set({ 'bank_accounts.0.account_number': '1234567' })],
  ['預金種別', ['current'], set({ 'bank_accounts.0.account_type': 'checking' })],
  ['預金種別', ['saving'], set({ 'bank_accounts.0.account_type': 'deposit' })],
  ['預金種別', ['ordinary'], set({ 'bank_accounts.0.account_type': 'saving' })],
  ['雇用保険の被保険者番号', ['11111111111'], set({ emp_ins_insured_person_number: '1111-111111-1' })],
  ['基礎年金番号', ['1111111111'], set({ basic_pension_number: '1111-111111' })],
  ['健康保険の被保険者整理番号', ['12'], set({ hel_ins_insured_person_number: 12 })],
  [
    '健康保険の被保険者整理番号',
    ['A-12'],
    notSent('健康保険の被保険者整理番号「A-12」', '9桁以内の数字ではない', 'freee人事労務'),
  ],
  ['基礎年金番号', ['123'], notSent('基礎年金番号「123」', '10桁の数字ではない', 'freee人事労務')],
  ['厚生年金保険の被保険者整理番号', ['12'], set({ soc_ins_insured_person_number: 12 })],
  ['厚生年金の標準報酬月額', [300000], set({ monthly_standard_income_pns: 300000 })],
  ['健康保険の標準報酬月額', [300000], set({ monthly_standard_income_hel: 300000 })],
]

const written = (values: readonly Scalar[]) => values.map(value => JSON.stringify(value)).join(', ')

describe('freee: the published fields', () => {
  it('covers all 31 pairs, the two addresses each with theirs', () => {
    // 31 published rows; city and street share a line, the five address rows stand for two addresses, and 在籍状況
    expect(new Set(employees.map(pair => pair.label)).size).to.equal(31 - 5 + 2 * 4 + 1)
    expect(new Set(employeesToSmarthr.map(pair => pair.label)).size).to.equal(31 - 5 + 2 * 5 + 1)
    expect(employees.flatMap(pair => pair.smarthr)).to.include.members(['address.city', 'resident_card_address.city'])
  })

  for (const [label, values, yields] of fromSmarthr) {
    it(`SmartHR → freee ${label}: ${written(values)}`, () => {
      expect(toService(label, ...values)).to.deep.equal(yields)
    })
  }
  for (const [label, values, yields] of fromFreee) {
    it(`freee → SmartHR ${label}: ${written(values)}`, () => {
      expect(toSmarthr(label, ...values)).to.deep.equal(yields)
    })
  }

  it('finds no difference in an address that is only divided or introduced otherwise', () => {
    const same = (parts: Scalar[], whole: Scalar, code: Scalar) =>
      pairOf('現住所（市区町村）', employeesToSmarthr).same?.(parts, [whole, code])

    expect(same(['港区六本木', '3-2-1'], '港区六本木3-2-1', 12)).to.equal(true)
    expect(same(['四日市市', '諏訪町1-5'], '三重県四日市市諏訪町1-5', 23)).to.equal(true)
    expect(same(['四日市市', '諏訪町1-5'], '四日市市　諏訪町1-5', 23)).to.equal(true)
    expect(same(['四日市市', '諏訪町1-6'], '四日市市諏訪町1-5', 23)).to.equal(false)
    expect(same([null, null], null, null)).to.equal(false)
  })

  it('shows 市区町村 and 丁目・番地 as two lines where SmartHR is written', () => {
    const change = (target: Values | null) =>
      difference(
        employeesToSmarthr,
        'to-smarthr',
        { 'profile_rule.residential_address': '四日市市諏訪町1-5' },
        target,
        context,
      ).changes.filter(({ label }) => label.startsWith('現住所'))

    expect(change(null)).to.deep.equal([
      { field: 'address-city', label: '現住所（市区町村）', before: '', after: '四日市市' },
      { field: 'address-street', label: '現住所（丁目・番地）', before: '', after: '諏訪町1-5' },
    ])
    expect(change({ 'address.city': '四日市市', 'address.street': '諏訪町9' })).to.deep.equal([
      { field: 'address-street', label: '現住所（丁目・番地）', before: '諏訪町9', after: '諏訪町1-5' },
    ])
    expect(change({ 'address.city': '四日市市諏訪町', 'address.street': '1-5' })).to.deep.equal([])
  })

  it('sends a bank account only whole: half of one and half of another would be a third', () => {
    const held: Values = {
      'bank_accounts.0.bank_code': '0001',
      'bank_accounts.0.bank_branch_code': '001',
      'bank_accounts.0.account_type': 'saving',
      'bank_accounts.0.account_number': '1234567',
      'bank_accounts.0.account_holder_name': 'ヤマダ　タロウ',
    }
    const freeeAccount: Values = {
      [`${B}bank_code`]: '0001',
      [`${B}branch_code`]: '002',
      [`${B}account_type`]: 'ordinary',
      [`${B}account_number`]: '7654321',
      [`${B}account_name`]: 'ﾔﾏﾀﾞ ﾀﾛｳ',
    }
    const toHeld = (over: Values, target: Values | null = held) =>
      difference(employeesToSmarthr, 'to-smarthr', { ...freeeAccount, ...over }, target, context)
    const accountOnly = ({ set: sent }: { set: Values }) =>
      Object.keys(sent).filter(path => path.startsWith('bank_accounts'))

    expect(accountOnly(toHeld({}))).to.have.members([
      'bank_accounts.0.bank_branch_code',
      'bank_accounts.0.account_number',
    ])
    for (const target of [held, null]) {
      const half = toHeld({ [`${B}branch_code`]: null }, target)
      expect(accountOnly(half)).to.deep.equal([])
      expect(half.problems).to.deep.equal([])
      expect(half.notes).to.include(
        '口座番号「7654321」は、口座情報の支店コードが登録されていないため連携されません。freee人事労務の従業員情報で修正してください。',
      )
    }
    const towards = { ...held, 'bank_accounts.0.bank_branch_code': null }
    const sent = difference(employees, 'to-service', towards, freeeAccount, context)
    expect(Object.keys(sent.set).filter(path => path.startsWith(B))).to.deep.equal([])
    expect(sent.notes.join('')).to.include('口座番号「1234567」').and.include('SmartHRの従業員情報で修正')
  })

  it('is tested field by field, both ways', () => {
    for (const [vectors, pairs] of [
      [fromSmarthr, employees],
      [fromFreee, employeesToSmarthr],
    ] as const) {
      expect(vectors.map(([label]) => label)).to.include.members(pairs.map(pair => pair.label))
    }
  })

  it('sends a whole person as the reference shows it (freee §3.8)', () => {
    const crew: Record<string, Scalar> = {
      emp_code: '1020',
      last_name: '山田',
      first_name: '太郎',
      last_name_yomi: 'ヤマダ',
      first_name_yomi: 'タロウ',
      birth_at: '1990-01-01',
      gender: 'male',
      entered_at: '2021-04-01',
      tel_number: '080-3043-3030',
      'address.zip_code': '106-0032',
      'address.pref': '東京都',
      'address.city': '港区六本木',
      'address.street': '3-2-1',
      'address.building': 'オフィス 17F',
      'address.literal_yomi': 'ミナトク ロッポンギ',
      basic_pension_number: '1234-567890',
      hel_ins_insured_person_number: 12,
      monthly_standard_income_hel: 300_000,
      widow_type: 'single_parent',
    }
    const sent: Record<string, Scalar> = {}
    for (const pair of employees) {
      const converted = pair.toService(
        pair.smarthr.map(path => crew[path] ?? null),
        context,
      )
      if (converted === 'keep') continue
      if (!('set' in converted)) throw new Error(JSON.stringify(converted))
      Object.assign(sent, converted.set)
    }

    expect(sent).to.deep.equal({
      num: '1020',
      birth_date: '1990-01-01',
      entry_date: '2021-04-01',
      retire_date: null,
      base_pension_num: '1234567890',
      'profile_rule.last_name': '山田',
      'profile_rule.first_name': '太郎',
      'profile_rule.last_name_kana': 'ヤマダ',
      'profile_rule.first_name_kana': 'タロウ',
      'profile_rule.residential_zipcode1': '106',
      'profile_rule.residential_zipcode2': '0032',
      'profile_rule.residential_prefecture_code': 12,
      'profile_rule.residential_address': '港区六本木3-2-1',
      'profile_rule.residential_address_kana': 'ミナトク ロッポンギ',
      'profile_rule.phone1': '080',
      'profile_rule.phone2': '3043',
      'profile_rule.phone3': '3030',
      'profile_rule.gender': 'male',
      'profile_rule.married': false,
      'profile_rule.is_working_student': false,
      'profile_rule.widow_type': 'one_parent',
      'health_insurance_rule.reference_num': '12',
      'health_insurance_rule.standard_monthly_remuneration': 300_000,
    })
  })

  it('takes whatever a service may answer: never throws, and writes only paths it names', () => {
    const scalar = fc.oneof(fc.string({ unit: 'grapheme' }), fc.double(), fc.boolean(), fc.constant(null))
    fc.assert(
      fc.property(fc.constantFrom(...employees), fc.array(scalar, { minLength: 3, maxLength: 3 }), (pair, values) => {
        for (const show of [pair.showSmarthr, pair.showService]) expect(show(values)).to.be.a('string')
        for (const [converted, paths] of [
          [pair.toService(values, context), pair.service],
          [pair.toSmarthr(values, context), pair.smarthr],
        ] as const) {
          if (converted === 'keep') continue
          if ('problem' in converted) expect(converted.problem).to.match(/入力してください$/)
          else if ('unsent' in converted) expect(converted.unsent).to.match(/ください。$/)
          else expect(paths).to.include.members(Object.keys(converted.set))
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('erases with a blank of SmartHR what freee cannot leave blank, where the person is known there', () => {
    const known = { ...context, present: ['widow'] }
    expect(pairOf('寡婦・ひとり親').toService([null], known)).to.deep.equal(set({ [`${P}widow_type`]: 'na' }))
    expect(pairOf('障害者区分').toService([null], known)).to.deep.equal(set({ [`${P}disability_type`]: 'na' }))
  })

  it('sends an insured number with the 標準報酬月額 that freee has', () => {
    const known = { ...context, present: ['3', 280_000] }
    expect(pairOf('健康保険の被保険者整理番号').toService([12, null], known)).to.deep.equal(
      set({ 'health_insurance_rule.reference_num': '12' }),
    )
  })

  it('neither throws nor erases for somebody about whom nothing is known', () => {
    for (const pair of employees) {
      const away = pair.toSmarthr(
        pair.service.map(() => null),
        context,
      )
      if (away !== 'keep' && 'set' in away) expect(pair.label).to.equal('退職年月日')
      expect(pair.showService(pair.service.map(() => null))).to.equal('')
      expect(pair.showSmarthr(pair.smarthr.map(() => null))).to.equal('')
    }
  })
})

describe('freee: who takes part', () => {
  const [flow] = freee.flows
  const includes = (from: string | null, until: string | null) =>
    flow?.includes({ employedFrom: from, employedUntil: until, values: {} }, '2019-01-01')

  const cases: [from: string | null, until: string | null, yes: boolean, why: string][] = [
    ['2019-01-01', null, true, 'joins on the day'],
    ['2019-01-02', null, false, 'joins the day after'],
    ['2010-04-01', '2019-01-01', true, 'leaves on the day'],
    ['2010-04-01', '2018-12-31', false, 'left the day before'],
    [null, null, true, 'has no 入社日: listed, and told so'],
  ]
  for (const [from, until, yes, why] of cases) {
    it(`${yes ? 'takes' : 'leaves out'} whoever ${why}`, () => {
      expect(includes(from, until)).to.equal(yes)
    })
  }
})

describe('freee: refusals', () => {
  const ruleFor = (status: number, body: unknown) => {
    const { codes, messages } = freee.errors.read(body)
    const rule = freee.errors.rules.find(
      candidate =>
        (candidate.status === undefined || candidate.status === status) &&
        (candidate.code === undefined || codes.includes(candidate.code)),
    )
    return { rule, messages }
  }
  const shapeB = (code: string) => ({
    status_code: 401,
    errors: [{ codes: [code], type: 'status', messages: ['だめです'] }],
  })

  for (const [code, then] of [
    ['expired_access_token', 'expired'],
    ['invalid_access_token', 'expired'],
    ['not_available_plan_limited_app', 'blocked'],
    ['source_ip_address_limit', 'blocked'],
    ['user_do_not_have_permission', 'blocked'],
    ['freee_plan_limit', 'blocked'],
    ['company_not_found', 'reconnect'],
    ['re_authorization_required', 'reconnect'],
  ] as const) {
    it(`understands ${code} in every shape`, () => {
      expect(ruleFor(401, shapeB(code)).rule?.then).to.equal(then)
      expect(ruleFor(401, { message: 'アクセスする権限がありません', code }).rule?.then).to.equal(then)
    })
  }

  it('takes an expired token for one under 403 too', () => {
    expect(ruleFor(403, { code: 'expired_access_token', error: 'access_denied' }).rule?.then).to.equal('expired')
  })

  it('waits ten minutes for a bare 403', () => {
    expect(ruleFor(403, { status_code: 403, errors: [{ type: 'forbidden', messages: ['…'] }] }).rule).to.include({
      then: 'unavailable',
      retryAfterMs: 600_000,
    })
  })

  it('reads messages of every shape, and copes with anything', () => {
    expect(ruleFor(400, { errors: [{ type: 'bad_request', messages: ['一つ', '二つ'] }] }).messages).to.deep.equal([
      '一つ',
      '二つ',
    ])
    expect(ruleFor(401, { message: 'ログインをしてください。' }).messages).to.deep.equal(['ログインをしてください。'])
    for (const nonsense of [null, undefined, '', 'text', 1, [], { errors: 'x' }, { errors: [null, 1] }]) {
      expect(freee.errors.read(nonsense).codes).to.deep.equal([])
    }
  })
})
