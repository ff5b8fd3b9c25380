import { expect } from 'chai'
import {
  declarationChanges,
  declarationOf,
  exclusionOf,
  type FeedDeclaration,
} from '../../server/connectors/money-forward/year-end.feed.js'
import { employeeOf } from '../../server/connectors/money-forward/employees.feed.js'
import { aCrew, aDependent, aResult } from './fixtures.js'
import { misfits } from './fits.js'

type Json = Record<string, unknown>

const made: FeedDeclaration[] = []
const declaration = (over: Json = {}): FeedDeclaration => {
  const record = declarationOf(aResult(over))
  made.push(record)
  return record
}

const previous = {
  name: '株式会社前職',
  address: '東京都千代田区1-1',
  resigned_at: '2026-03-31',
  payment_amount: 2_800_000,
  social_insurance_amount: 400_000,
  withholding_tax_amount: 80_000,
}
const full = {
  non_salary_incomes: [{ kind: '事業所得', revenue: 1_000_000, income: -300_000 }],
  previous_employers: [previous],
  spouse: aDependent({ estimated_income: 480_000, deduction_type: '配偶者控除' }),
  dependents: [
    aDependent({
      first_name: '一郎',
      first_name_yomi: 'イチロウ',
      relation_name: '長男',
      birth_at: '2015-05-05',
      live_together_type: 'living_separately',
      estimated_income: 0,
      handicapped_type: 'special_handicapped_living_together',
      under_16: true,
    }),
  ],
  insurance_deductions: [{ kind: '一般の生命保険料（新）', company: 'サンプル生命', amount: 60_000 }],
  housing_loans: [{ moved_in_at: '2020-03-01', year_end_balance: 20_000_000, deduction_amount: 200_000 }],
}

describe('Money Forward: a year-end result of the feed', () => {
  it('is what docs/feed.md shows', () => {
    expect(declaration(full)).to.deep.equal({
      employee_code: '0001',
      year: 2026,
      status: '対象',
      person: {
        last_name: '山田',
        first_name: '太郎',
        last_name_kana: 'ヤマダ',
        first_name_kana: 'タロウ',
        birth_date: '1990-04-01',
        zip_code: '106-0032',
        prefecture: '東京都',
        address1: '港区六本木3-2-1',
        address2: null,
        householder_name: '山田 太郎',
        householder_relationship: '本人',
        handicap: '対象外',
        working_student: '対象外',
        widow: '対象外',
        single_parent: '対象外',
      },
      non_salary_incomes: [{ kind: '事業所得', revenue: 1_000_000, income: -300_000 }],
      previous_employers: [
        {
          name: '株式会社前職',
          address: '東京都千代田区1-1',
          left_on: '2026-03-31',
          payment: 2_800_000,
          social_insurance: 400_000,
          withheld_tax: 80_000,
        },
      ],
      spouse: {
        name: '山田 花子',
        kana: 'ヤマダ ハナコ',
        birth_date: '1992-01-02',
        living_together: true,
        estimated_income: 480_000,
        deduction: '配偶者控除',
        handicap: '対象外',
      },
      dependents: [
        {
          name: '山田 一郎',
          kana: 'ヤマダ イチロウ',
          relationship: '息子',
          birth_date: '2015-05-05',
          living_together: false,
          estimated_income: 0,
          handicap: '特別障がい者',
          under_16: true,
        },
      ],
      insurance_deductions: [{ kind: '一般の生命保険料（新）', company: 'サンプル生命', amount: 60_000 }],
      housing_loans: [{ moved_in_on: '2020-03-01', year_end_balance: 20_000_000, deduction: 200_000 }],
    })
  })

  it('passes a previous employer on once and the salary never: 8,500,000 / 2,800,000', () => {
    const text = JSON.stringify(declaration({ salary_income: 8_500_000, previous_employers: [previous] }))

    expect(text).not.to.include('8500000')
    expect(text.match(/2800000/g)).to.have.length(1)
  })

  it('reads the tax items of the person by the same tables as those of an employee', () => {
    const person = { handicapped_type: 'ordinary_handicapped', working_student_flag: true, widow_type: 'widow' }
    expect(declaration({ person }).person).to.include({
      handicap: '一般障がい者',
      working_student: '勤労学生',
      widow: '寡婦',
      single_parent: '対象外',
    })
  })

  it('copes with a result that says next to nothing', () => {
    const record = declarationOf({ emp_code: '0001', year: 2026, status: '対象' })
    made.push(record)

    expect(record).to.deep.include({ spouse: null, dependents: [], previous_employers: [] })
  })

  it('fits its schema, every one made above', async () => {
    expect(made.length).to.equal(4)
    for (const record of made) expect(await misfits('Declaration', record)).to.deep.equal([])
    expect(await misfits('Declaration', { ...made[0], salary_income: 8_500_000 })).not.to.deep.equal([])
  })

  it('is previewed item by item', () => {
    const after = Object.fromEntries(
      declarationChanges(declarationOf(aResult(full))).map(one => [one.label, one.after]),
    )

    expect(after).to.include({
      対象年: '2026年',
      世帯主との続柄: '本人',
      給与以外の所得1: '所得の種類: 事業所得、収入金額: 1,000,000円、所得金額: -300,000円',
      配偶者の所得見積額: '480,000円',
      配偶者との同居: 'はい',
      住宅借入金等1: '居住開始年月日: 2020/03/01、年末残高: 20,000,000円、控除額: 200,000円',
    })
    expect(after.前職1).to.include('会社名: 株式会社前職').and.include('支払金額: 2,800,000円')
    expect(after.扶養親族1).to.include('続柄: 息子').and.include('16歳未満: はい')
  })
})

describe('Money Forward: whose year-end result is left out', () => {
  const nine = [
    '対象外(紙による提出)',
    '対象外(乙欄)',
    '対象外(退職)',
    '対象外(給与支給なし)',
    '対象外(源泉)',
    '対象外(収入)',
    '乙欄対象外候補',
    '退職対象外候補',
    '源泉対象外候補',
  ]
  for (const status of nine) {
    it(`${status}, with the way that is left`, () => {
      expect(exclusionOf(aResult({ status }), 2026))
        .to.include(status)
        .and.include('収集情報のCSV')
        .and.include('マネーフォワードのサポート')
    })
  }
  it('also with full-width brackets', () => {
    expect(exclusionOf(aResult({ status: '対象外（乙欄）' }), 2026)).to.include('「対象外(乙欄)」のため')
  })

  it('nobody who is 対象', () => expect(exclusionOf(aResult({ status: '対象' }), 2026)).to.equal(null))

  it('whoever has a status that nobody knows, or none', () => {
    expect(exclusionOf(aResult({ status: '提出待ち' }), 2026))
      .to.include('「提出待ち」')
      .and.include('判別できない')
    expect(exclusionOf(aResult({ status: '' }), 2026)).to.include('確認できない')
    expect(exclusionOf(aResult({ status: null }), 2026)).to.include('確認できない')
  })

  it('whose result is of another year, or says of none', () => {
    expect(exclusionOf(aResult(), 2026)).to.equal(null)
    expect(exclusionOf(aResult({ year: 2025 }), 2026)).to.equal(
      '2025年の年末調整結果のため、2026年の結果として公開できません。SmartHRで年末調整の対象年を確認してください。',
    )
    expect(exclusionOf(aResult({ year: null }), 2026)).to.include('対象年のない年末調整結果')
  })

  it('whose result has no name', () => {
    const person = (over: Json) => aResult({ person: { ...(aResult().person as Json), ...over } })

    expect(exclusionOf(person({ first_name: ' ' }), 2026)).to.equal(
      '年末調整結果に名がないため、公開できません。SmartHRの年末調整で、本人の氏名を確認してください。',
    )
    expect(exclusionOf(aResult({ person: null }), 2026)).to.include('姓・名がない')
  })
})

describe('Money Forward: amounts that are no whole yen', () => {
  const notesOf = (over: Json): string[] => {
    const notes: string[] = []
    declarationOf(aResult(over), notes)
    return notes
  }

  it('are not passed on, and the person carries it with what to do', () => {
    expect(notesOf({ previous_employers: [{ ...previous, payment_amount: '2800000.5' }] })).to.deep.equal([
      '前職1の支払金額「2800000.5」は、0以上の整数（円）ではないため、公開しません。SmartHRの年末調整で修正してから、取得し直してください。',
    ])
  })

  const vectors: [what: string, over: Json, label: string][] = [
    ['words', { insurance_deductions: [{ kind: 'a', company: 'b', amount: '約6万円' }] }, '保険料控除1の金額'],
    ['separators', { housing_loans: [{ year_end_balance: '20,000,000' }] }, '住宅借入金等1の年末残高'],
    ['a loss where there is none', { housing_loans: [{ deduction_amount: -1 }] }, '住宅借入金等1の控除額'],
    ['a spouse', { spouse: aDependent({ estimated_income: 0.5 }) }, '配偶者の所得見積額'],
    [
      'the second of two',
      { dependents: [aDependent(), aDependent({ estimated_income: 'x' })] },
      '扶養親族2の所得見積額',
    ],
    ['an income', { non_salary_incomes: [{ kind: 'a', revenue: 1, income: 1.5 }] }, '給与以外の所得1の所得金額'],
  ]
  for (const [what, over, label] of vectors) {
    it(`are told of: ${what}`, () => {
      const notes = notesOf(over)
      expect(notes).to.have.length(1)
      expect(notes[0])
        .to.match(new RegExp(`^${label}「`))
        .and.match(/。$/)
    })
  }

  it('are not blanks, losses of an income, or whole yen', () => {
    expect(notesOf(full)).to.deep.equal([])
    expect(notesOf({ housing_loans: [{ year_end_balance: ' ', deduction_amount: null }] })).to.deep.equal([])
  })

  it("are told of an employee's, too, and nothing is guessed from them", () => {
    const notes: string[] = []
    const record = employeeOf(
      aCrew({ monthly_standard_income_hel: 300_000.5 }),
      [aDependent({ tax_deduction_income: '48万' }), aDependent({ tax_deduction_income: 480_000 })],
      notes,
    )

    expect(notes.join('')).to.include('健康保険の標準報酬月額「300000.5」').and.include('家族1の年間所得見積額「48万」')
    expect(record.dependents?.map(one => one.same_living_spouse)).to.deep.equal([null, '対象'])
    expect(record.social_insurance.health_standard_remuneration).to.equal(null)
  })
})
