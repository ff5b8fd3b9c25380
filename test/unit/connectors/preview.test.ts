import { expect } from 'chai'
import { mappingOf, type Flow, type Values } from '../../../server/contract/contract.js'
import { connectorOf } from '../../../server/connectors/registry.js'
import { difference } from '../../../server/runs/difference.js'

const context = { today: '2026-11-20', settings: {} }

const flowOf = (connector: string, id: string): Flow => {
  const flow = connectorOf(connector).flows.find(candidate => candidate.id === id)
  if (!flow) throw new Error(`no flow ${connector} ${id}`)
  return flow
}

const planOf = (connector: string, id: string, source: Values, target: Values) => {
  const flow = flowOf(connector, id)
  return difference(mappingOf(flow), flow.direction, source, target, context)
}

type Vector = [connector: string, flow: string, source: Values, target: Values, shown: [string, string, string][]]

describe('what the preview shows of an erasure', () => {
  const vectors: Vector[] = [
    [
      'freee',
      'employees-from-smarthr',
      { resigned_at: null, entered_at: '2020-04-01' },
      { retire_date: '2026-12-31' },
      [['退職年月日', '2026/12/31', '']],
    ],
    [
      'freee',
      'employees-to-smarthr',
      { retire_date: null },
      { resigned_at: '2026-12-31', emp_status: 'employed' },
      [['退職年月日', '2026/12/31', '']],
    ],
    [
      'freee',
      'employees-from-smarthr',
      { widow_type: null, handicapped_type: null, having_spouse: null },
      {
        'profile_rule.widow_type': 'one_parent',
        'profile_rule.disability_type': 'heavy',
        'profile_rule.married': true,
      },
      [
        ['配偶者の有無', 'あり', 'なし'],
        ['寡婦・ひとり親', 'ひとり親', ''],
        ['障害者区分', '特別障害者', ''],
      ],
    ],
    ...['kinkakuji', 'king-of-time', 'touch-on-time'].flatMap((id): Vector[] => [
      [
        id,
        'employees-from-smarthr',
        { resigned_at: null },
        { resignationDate: '2026-12-31' },
        [['退職年月日', '2026/12/31', '']],
      ],
      [
        id,
        'employees-to-smarthr',
        { resignationDate: null },
        { resigned_at: '2026-12-31', emp_status: 'employed' },
        [['退職年月日', '2026/12/31', '']],
      ],
    ]),
    [
      'mikiwame',
      'employees-from-smarthr',
      { emp_status: 'employed' },
      { division_code: 'D-1', job_title: '課長', retired: false },
      [
        ['所属部署', 'D-1', ''],
        ['役職', '課長', ''],
      ],
    ],
    [
      'mikiwame',
      'departments-from-smarthr',
      { code: 'D-2', name: '営業課', parent_code: null },
      { code: 'D-2', name: '営業課', parent_code: 'D-1' },
      [['親部署', 'D-1', '']],
    ],
  ]
  for (const [connector, flow, source, target, shown] of vectors) {
    it(`${connector} ${flow}: ${shown.map(([label, before]) => `${label} ${before} → （空白）`).join('、')}`, () => {
      const { changes } = planOf(connector, flow, source, target)
      const labels = shown.map(([label]) => label)
      expect(
        changes.flatMap(({ label, before, after }) => (labels.includes(label) ? [[label, before, after]] : [])),
      ).to.deep.equal(shown)
    })
  }
})

describe('what the preview shows of a resignation', () => {
  const inSmarthr = { resigned_at: '2026-10-31', emp_status: 'retired' }
  for (const [connector, path] of [
    ['freee', 'retire_date'],
    ['king-of-time', 'resignationDate'],
  ] as const) {
    it(`${connector}: one that was taken back changes 在籍状況, too`, () => {
      const { changes, set } = planOf(connector, 'employees-to-smarthr', { [path]: null }, inSmarthr)
      expect(set).to.deep.equal({ resigned_at: null, emp_status: 'employed' })
      expect(changes).to.deep.equal([
        { field: 'leaving-date', label: '退職年月日', before: '2026/10/31', after: '' },
        { field: 'employment-status', label: '在籍状況', before: '退職済', after: '在籍中' },
      ])
    })

    it(`${connector}: one in the past is told together with 在籍状況`, () => {
      const { changes, set } = planOf(
        connector,
        'employees-to-smarthr',
        { [path]: '2026-10-31' },
        { resigned_at: null, emp_status: 'employed' },
      )
      expect(set).to.deep.equal({ resigned_at: '2026-10-31', emp_status: 'retired' })
      expect(changes.map(({ label, after }) => [label, after])).to.deep.equal([
        ['退職年月日', '2026/10/31'],
        ['在籍状況', '退職済'],
      ])
    })
  }
})

describe('what is no difference', () => {
  it('a name whose marks stand apart (NFD)', () => {
    const source = { last_name: 'ガルシア'.normalize('NFD'), first_name: 'José'.normalize('NFD') }
    const target = { 'profile_rule.last_name': 'ガルシア', 'profile_rule.first_name': 'José' }
    const { changes } = planOf('freee', 'employees-from-smarthr', source, target)
    expect(changes.filter(({ label }) => ['姓', '名'].includes(label))).to.deep.equal([])
  })

  it('but another form of a sign is one: 神 (U+FA19) is not 神', () => {
    const { changes } = planOf(
      'freee',
      'employees-from-smarthr',
      { last_name: '\ufa19谷' },
      { 'profile_rule.last_name': '神谷' },
    )
    expect(changes.find(({ label }) => label === '姓')).to.deep.include({ before: '神谷', after: '\ufa19谷' })
  })
})

describe('what is no difference between two bank accounts', () => {
  it('the width of a blank in the name of the holder', () => {
    const account = {
      'bank_account_rule.bank_code': '0001',
      'bank_account_rule.branch_code': '001',
      'bank_account_rule.account_type': 'ordinary',
      'bank_account_rule.account_number': '1234567',
      'bank_account_rule.account_name': 'ｻｶｷﾊﾞﾗ ﾋﾅﾀ',
    }
    const ours = {
      'bank_accounts.0.bank_code': '0001',
      'bank_accounts.0.bank_branch_code': '001',
      'bank_accounts.0.account_type': 'saving',
      'bank_accounts.0.account_number': '1234567',
      'bank_accounts.0.account_holder_name': 'サカキバラ ヒナタ',
    }
    expect(planOf('freee', 'employees-to-smarthr', account, ours).set).not.to.have.any.keys(...Object.keys(ours))
  })
})

describe('what is told beside the changes', () => {
  it('an insured number that freee would not take without a 標準報酬月額', () => {
    const { changes, notes, set } = planOf(
      'freee',
      'employees-from-smarthr',
      { hel_ins_insured_person_number: 12 },
      { 'health_insurance_rule.reference_num': null, 'health_insurance_rule.standard_monthly_remuneration': 0 },
    )
    expect(changes.filter(({ label }) => label.startsWith('健康保険'))).to.deep.equal([])
    expect(Object.keys(set).filter(path => path.startsWith('health'))).to.deep.equal([])
    expect(notes).to.deep.equal([
      '健康保険の被保険者整理番号「12」は、健康保険の標準報酬月額がSmartHRにもfreee人事労務にも登録されていないため連携されません。SmartHRの従業員情報で標準報酬月額を登録してください。',
    ])
  })
})
