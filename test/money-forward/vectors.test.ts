import { expect } from 'chai'
import {
  employeeChanges,
  employeeOf,
  employeeProblems,
  type FeedEmployee,
} from '../../server/connectors/money-forward/employees.feed.js'
import { SAME_LIVING_SPOUSE_INCOME } from '../../server/connectors/money-forward/tables.js'
import { aCrew, aDependent, anAccount } from './fixtures.js'
import { misfits } from './fits.js'

type Json = Record<string, unknown>

const made: FeedEmployee[] = []
const employee = (over: Json = {}, dependents: Json[] = []): FeedEmployee => {
  const record = employeeOf(aCrew(over), dependents)
  made.push(record)
  return record
}
const relative = (over: Json) => employee({}, [aDependent(over)]).dependents?.[0]

describe('Money Forward: an employee of the feed', () => {
  it('is what docs/feed.md shows', () => {
    expect(
      employee({ bank_accounts: [anAccount()] }, [
        aDependent({ relation: { name: '妻' }, tax_deduction_income: 480_000 }),
      ]),
    ).to.deep.equal({
      employee_code: '0001',
      last_name: '山田',
      first_name: '太郎',
      last_name_kana: 'ヤマダ',
      first_name_kana: 'タロウ',
      birth_date: '1990-04-01',
      gender: '男性',
      tel_number: '090-0000-0000',
      zip_code: '106-0032',
      prefecture: '東京都',
      address1: '港区六本木3-2-1',
      address2: 'サンプルビル',
      hired_on: '2020-04-01',
      resigned_on: null,
      resignation_type: null,
      resignation_reason: null,
      contract_type: '正社員',
      department: '営業部',
      occupation: '営業',
      position: '主任',
      foreigner: false,
      social_insurance: {
        qualified_on: '2020-04-01',
        health_insurance_number: '12',
        pension_insurance_number: '13',
        basic_pension_number: '1234-567890',
        disqualified_on: null,
        standard_remuneration_revised_on: '2026-09-01',
        health_standard_remuneration: 300_000,
      },
      employment_insurance: {
        qualified_on: '2020-04-01',
        insured_person_number: '1234-567890-1',
        disqualified_on: null,
      },
      bank_accounts: [
        { bank_code: '0001', branch_code: '001', holder_kana: 'ヤマダ タロウ', account_number: '1234567' },
      ],
      income_tax: { handicap: '対象外', working_student: '対象外', widow: '対象外', single_parent: '対象外' },
      dependents: [
        {
          last_name: '山田',
          first_name: '花子',
          last_name_kana: 'ヤマダ',
          first_name_kana: 'ハナコ',
          birth_date: '1992-01-02',
          relationship: '妻（女）',
          living_together: '対象',
          tax_dependent: '対象',
          same_living_spouse: '対象',
          handicap: '対象外',
        },
      ],
    })
  })

  it('takes somebody of whom nothing but a number is known', () => {
    const record = employeeOf({ emp_code: '0001' }, [{}])
    made.push(record)

    expect(record).to.include({ employee_code: '0001', last_name: null, contract_type: null, foreigner: false })
    expect(record.income_tax.handicap).to.equal('対象外')
    expect(record.dependents?.[0]).to.include({ relationship: null, living_together: null, tax_dependent: null })
  })

  it('writes everything one way: keys and numbers NFKC, kana full width, blanks null', () => {
    expect(
      employee({
        emp_code: ' ０００１ ',
        last_name: ' 山田 ',
        last_name_yomi: 'ﾀｶｻﾞｷ',
        first_name_yomi: 'たろう',
        gender: null,
        tel_number: '０９０-1',
        address: { zip_code: '１０６００３２', pref: '東京都', city: '港区', street: '', building: ' ' },
      }),
    ).to.include({
      employee_code: '0001',
      last_name: '山田',
      last_name_kana: 'タカザキ',
      first_name_kana: 'タロウ',
      gender: null,
      tel_number: '090-1',
      zip_code: '106-0032',
      address1: '港区',
      address2: null,
    })
  })

  for (const [gender, yields] of [
    ['male', '男性'],
    ['female', '女性'],
    [null, null],
  ] as const) {
    it(`性別 ${gender} → ${yields}`, () => expect(employee({ gender }).gender).to.equal(yields))
  }

  it('calls every leaving 一般退職, with its reason', () => {
    expect(employee({ resigned_at: '2026-12-31', resigned_reason: '自己都合' })).to.include({
      resigned_on: '2026-12-31',
      resignation_type: '一般退職',
      resignation_reason: '自己都合',
    })
  })

  it('has 部署1 and 役職1, never the second slot', () => {
    const second = [null, { name: '二番目' }]
    expect(employee({ departments: second, positions: second })).to.include({ department: null, position: null })
  })

  const contracts: [preset: string | null, name: string | null, yields: string | null][] = [
    ['full_timer', '正社員', '正社員'],
    ['board_member', '役員', '役員'],
    ['contract_worker', '契約社員', '契約社員'],
    ['part_timer', 'アルバイト・パート', 'パート'],
    ['permatemp', '派遣社員', 'その他'],
    ['outsourcing_contractor', '業務委託', 'その他'],
    ['etc', 'その他', 'その他'],
    [null, '嘱託', 'その他'],
    [null, '正社員', 'その他'],
  ]
  for (const [preset_type, name, yields] of contracts) {
    it(`雇用形態 ${name}（${preset_type}） → 契約種別 ${yields}`, () => {
      expect(employee({ employment_type: { preset_type, name } }).contract_type).to.equal(yields)
    })
  }
  it('契約種別 is blank without a 雇用形態', () => {
    expect(employee({ employment_type: null }).contract_type).to.equal(null)
  })

  it('takes the date of either insurance where there is no common one', () => {
    const { social_insurance } = employee({
      soc_ins_qualified_at: null,
      employees_pension_insurance_qualified_at: '2021-05-01',
      health_insurance_disqualified_at: '2026-01-01',
    })
    expect(social_insurance).to.include({ qualified_on: '2021-05-01', disqualified_on: '2026-01-01' })
  })

  describe('外国人', () => {
    const triggers: [what: Json, yields: boolean][] = [
      [{ foreign_resident_card_number: 'AB12345678CD' }, true],
      [{ foreign_resident_card_image1: { file_name: 'card.png', url: 'https://files.example.test/1' } }, true],
      [{ foreign_resident_card_image2: { file_name: 'card.png', url: 'https://files.example.test/1' } }, true],
      [{ foreign_resident_card_image1: true }, true],
      [{ foreign_resident_card_image1: { file_name: null, url: null } }, false],
      [{ nationality_code: 'VNM' }, true],
      [{ nationality_code: 'JPN' }, false],
      [{ nationality_code: '392' }, false],
      [{ resident_status_type: '永住者' }, true],
      [{ resident_end_at: '2028-03-31' }, true],
      [{}, false],
      [{ foreign_resident_card_number: ' ', nationality_code: '' }, false],
    ]
    for (const [what, yields] of triggers) {
      it(`${JSON.stringify(what)} → ${yields}`, () => expect(employee(what).foreigner).to.equal(yields))
    }
  })

  describe('口座情報', () => {
    const numbers = (accounts: Json[]) =>
      employee({ bank_accounts: accounts }).bank_accounts?.map(account => account.account_number)

    it('leaves out an account without 銀行コード, 支店コード or 口座番号', () => {
      expect(
        numbers([
          anAccount({ bank_code: '' }),
          anAccount({ bank_branch_code: null }),
          anAccount({ account_number: ' ' }),
          anAccount({ account_number: '7654321' }),
        ]),
      ).to.deep.equal(['7654321'])
    })

    it('takes four of five, and does not count the incomplete ones', () => {
      const five = ['1000001', '1000002', '1000003', '1000004', '1000005'].map(account_number =>
        anAccount({ account_number }),
      )
      expect(numbers(five)).to.deep.equal(['1000001', '1000002', '1000003', '1000004'])
      expect(numbers([anAccount({ bank_branch_code: null }), ...five])).to.have.length(4)
    })

    it('gives back lost leading zeros and full-width kana', () => {
      const accounts = [anAccount({ bank_code: '1', bank_branch_code: '２', account_holder_name: 'ﾔﾏﾀﾞ ﾀﾛｳ' })]
      expect(employee({ bank_accounts: accounts }).bank_accounts?.[0]).to.include({
        bank_code: '0001',
        branch_code: '002',
        holder_kana: 'ヤマダ タロウ',
      })
    })
  })

  describe('所得税', () => {
    const vectors: [what: Json, yields: Partial<FeedEmployee['income_tax']>][] = [
      [{ handicapped_type: 'ordinary_handicapped' }, { handicap: '一般障がい者' }],
      [{ handicapped_type: 'special_handicapped' }, { handicap: '特別障がい者' }],
      [{ handicapped_type: null }, { handicap: '対象外' }],
      [{ working_student_flag: true }, { working_student: '勤労学生' }],
      [{ working_student_flag: false }, { working_student: '対象外' }],
      [{ working_student_flag: null }, { working_student: '対象外' }],
      [{ widow_type: 'widow' }, { widow: '寡婦', single_parent: '対象外' }],
      [{ widow_type: 'single_parent' }, { widow: '対象外', single_parent: 'ひとり親' }],
      [{ widow_type: null }, { widow: '対象外', single_parent: '対象外' }],
    ]
    for (const [what, yields] of vectors) {
      it(`${JSON.stringify(what)} → ${JSON.stringify(yields)}`, () => {
        expect(employee(what).income_tax).to.include(yields)
      })
    }
  })

  describe('家族情報', () => {
    const vectors: [what: Json, yields: Json][] = [
      [{ live_together_type: 'living_together' }, { living_together: '対象' }],
      [{ live_together_type: 'living_separately' }, { living_together: '対象外' }],
      [{ tax_law_support_type: 'supported' }, { tax_dependent: '対象' }],
      [{ tax_law_support_type: 'unsupported' }, { tax_dependent: '対象外' }],
      [{ tax_law_support_type: 'unsupported_same_living_spouse' }, { tax_dependent: '対象外' }],
      [{ tax_law_support_type: 'special_spousal_exemption' }, { tax_dependent: '対象外' }],
      [{ tax_law_support_type: 'unknown' }, { tax_dependent: '対象外' }],
      [{ tax_deduction_income: 0 }, { same_living_spouse: '対象' }],
      [{ tax_deduction_income: SAME_LIVING_SPOUSE_INCOME }, { same_living_spouse: '対象' }],
      [{ tax_deduction_income: 480_000 }, { same_living_spouse: '対象' }],
      [{ tax_deduction_income: 480_001 }, { same_living_spouse: '対象外' }],
      [{ tax_deduction_income: null }, { same_living_spouse: '対象外' }],
      [{ handicapped_type: 'ordinary_handicapped' }, { handicap: '一般障がい者' }],
      [{ handicapped_type: 'special_handicapped' }, { handicap: '特別障がい者' }],
      [{ handicapped_type: 'special_handicapped_living_together' }, { handicap: '特別障がい者' }],
      [{ handicapped_type: null }, { handicap: '対象外' }],
    ]
    for (const [what, yields] of vectors) {
      it(`${JSON.stringify(what)} → ${JSON.stringify(yields)}`, () => expect(relative(what)).to.include(yields))
    }

    // The published table, name by name (SmartHR help 360026106414).
    const relations: Record<string, string> = {
      夫: '夫（男）',
      妻: '妻（女）',
      '子 長男 次男 二男 三男 四男 五男 六男以降': '息子',
      '長女 次女 二女 三女 四女 五女 六女以降': '娘',
      '実父 養父': '父',
      '実母 養母': '母',
      兄: '兄',
      姉: '姉',
      弟: '弟',
      妹: '妹',
      '祖父 曽祖父': '祖父',
      '祖母 曽祖母': '祖母',
      '孫 孫息子 孫男': '孫息子',
      '孫娘 孫女': '孫娘',
      甥: '甥',
      姪: '姪',
      '叔父 伯父': '叔父',
      '叔母 伯母': '叔母',
      義父: '義父',
      義母: '義母',
      '里子男 里子女': '里子',
      'その他 義姉 義弟 義兄 義妹 養子男 養子女 内妻 内夫 子の妻 子の夫 従兄 従姉 従弟 従妹 同居人 連子男 連子女':
        'その他',
      // the company's own, also where JavaScript objects have something of that name
      '再従兄弟 constructor': 'その他',
    }
    for (const [names, yields] of Object.entries(relations)) {
      for (const name of names.split(' ')) {
        it(`続柄 ${name} → ${yields}`, () => {
          expect(relative({ relation: { name } })).to.include({ relationship: yields })
        })
      }
    }

    it('reads the deprecated name where there is no 続柄 object', () => {
      expect(relative({ relation: null, relation_name: '長女' })).to.include({ relationship: '娘' })
    })
  })
})

describe('Money Forward: who can be published', () => {
  it('nobody without 姓, 名 and 入社年月日', () => {
    expect(employeeProblems(employee())).to.deep.equal([])
    expect(employeeProblems(employee({ entered_at: null }))).to.deep.equal([
      '入社年月日が入力されていません。マネーフォワード クラウド給与への取り込みに必要なため、SmartHRの従業員情報で入力してください。',
    ])
    expect(employeeProblems(employee({ last_name: '', first_name: null }))[0]).to.match(/^姓、名が入力/)
  })

  it('nobody with a family member without 姓, 名 or 生年月日, who would stop the whole import', () => {
    const family = [aDependent({}), aDependent({ birth_at: null }), aDependent({ last_name: null, first_name: ' ' })]
    const problems = employeeProblems(employee({}, family))

    expect(problems).to.have.length(2)
    expect(problems[0]).to.match(
      /^家族情報（2人目 山田 花子）の生年月日が入力されていません。.*SmartHRの家族情報で入力/,
    )
    expect(problems[1]).to.match(/^家族情報（3人目）の姓、名が入力されていません。/)
  })
})

describe('Money Forward: the preview of an employee', () => {
  it('names every filled item as Money Forward does, and spells lists out', () => {
    const changes = employeeChanges(
      employee({ bank_accounts: [anAccount(), anAccount({ account_holder_name: null })] }, [aDependent({})]),
    )
    const after = new Map(changes.map(change => [change.label, change.after]))

    expect(changes.every(({ before, after }) => before === '' && after !== '')).to.equal(true)
    expect(changes.length).to.equal(after.size)
    expect(Object.fromEntries(after)).to.include({
      従業員コード: '0001',
      '苗字（氏名）': '山田',
      生年月日: '1990/04/01',
      契約種別: '正社員',
      外国人: 'いいえ',
      健康保険の標準報酬月額: '300,000円',
      雇用保険の被保険者番号: '1234-567890-1',
      口座1: '銀行コード: 0001、支店コード: 001、名義人フリガナ: ヤマダ タロウ、口座番号: 1234567',
      口座2: '銀行コード: 0001、支店コード: 001、口座番号: 1234567',
    })
    expect(after.get('家族1')).to.include('苗字: 山田、名前: 花子').and.include('続柄（性別）: 妻（女）')
    expect(after.has('退職年月日')).to.equal(false)
  })
})

describe('Money Forward: the schema of an employee', () => {
  it('fits every record made above', async () => {
    expect(made.length).to.be.greaterThan(100)
    for (const record of made) expect(await misfits('Employee', record)).to.deep.equal([])
  })

  it('refuses what it does not name, what is left out, and values outside the tables', async () => {
    const record = employee()
    const { gender: _, ...without } = record

    expect(await misfits('Employee', { ...record, my_number: '1' })).not.to.deep.equal([])
    expect(await misfits('Employee', without)).not.to.deep.equal([])
    expect(await misfits('Employee', { ...record, contract_type: 'アルバイト' })).not.to.deep.equal([])
    expect(await misfits('Employee', { ...record, employee_code: null })).not.to.deep.equal([])
  })
})
