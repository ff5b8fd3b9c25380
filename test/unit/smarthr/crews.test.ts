import { expect } from 'chai'
import type { Values } from '../../../server/contract/contract.js'
import { bodyOf, emptySlot, personOf, type Crew } from '../../../server/smarthr/crew.js'

const noOrder = new Map<string, number>()
const aCrew = (over: Partial<Crew> = {}): Crew => ({
  id: 'c1',
  emp_code: ' １０２０ ',
  last_name: '山田',
  first_name: '太郎',
  last_name_yomi: 'ﾔﾏﾀﾞ',
  first_name_yomi: 'タロウ',
  entered_at: '2021-04-01',
  resigned_at: null,
  address: {
    id: 'a1',
    country_number: '',
    zip_code: '106-0032',
    pref: '東京都',
    city: '港区六本木',
    street: '3-2-1',
    building: 'オフィス 17F',
    literal_yomi: 'トウキョウト　ミナトク',
  },
  departments: [{ id: 'd1', name: '営業部', full_name: '本社/営業部' }, null],
  positions: [{ id: 'p1', name: '課長' }],
  bank_accounts: [],
  ...over,
})
const account = (number: string, over: object = {}) => ({
  bank_code: '0001',
  bank_branch_code: '001',
  account_type: 'saving',
  account_number: number,
  account_holder_name: 'ヤマダ　タロウ',
  ...over,
})
const valuesOf = (over: Partial<Crew> = {}) => personOf(aCrew(over), noOrder).values

describe('a person of SmartHR', () => {
  it('has a legal name, full-width kana, a number without padding and the path of 部署1', () => {
    const person = personOf(aCrew({ business_last_name: '旧姓', preferred_last_name: '旧姓' }), noOrder)

    expect(person).to.include({
      id: 'c1',
      key: '1020',
      name: '山田 太郎',
      kana: 'ヤマダ タロウ',
      department: '本社/営業部',
      employedFrom: '2021-04-01',
      employedUntil: null,
    })
  })

  it('has no department or title when the first slot is empty, whatever stands in the second', () => {
    const second = { id: 'x', name: '二番目', full_name: '二番目' }
    const person = personOf(aCrew({ departments: [null, second], positions: [null, second] }), noOrder)

    expect(person.department).to.equal('')
    expect(person.values['positions.0.name']).to.equal(null)
  })

  it('copes with a record of which nothing may be seen', () => {
    const person = personOf({ id: 'c1', emp_code: null }, noOrder)

    expect(person).to.include({ key: null, name: '', kana: '', department: '', employedFrom: null })
    expect(Object.values(person.values).every(value => value === null)).to.equal(true)
  })

  it('is paid to the account of the setting with the lowest number', () => {
    const accounts = [
      account('2222222', { bank_account_setting_id: 's2' }),
      account('1111111', { bank_account_setting_id: 's1' }),
    ]
    const order = new Map([
      ['s1', 1],
      ['s2', 2],
    ])

    expect(personOf(aCrew({ bank_accounts: accounts }), order).values['bank_accounts.0.account_number']).to.equal(
      '1111111',
    )
  })
})

describe('what is sent to SmartHR', () => {
  it('names only what changes', () => {
    expect(bodyOf({ tel_number: '03-1234-5678', resigned_at: null }, valuesOf())).to.deep.equal({
      tel_number: '03-1234-5678',
      resigned_at: null,
    })
  })

  it('holds an address whole, so that its building stays', () => {
    const { address } = bodyOf({ 'address.street': '4-5-6' }, valuesOf())

    expect(address).to.deep.equal({
      country_number: null,
      zip_code: '106-0032',
      pref: '東京都',
      city: '港区六本木',
      street: '4-5-6',
      building: 'オフィス 17F',
      literal_yomi: 'トウキョウト　ミナトク',
    })
  })

  it('holds an account whole, under its own setting', () => {
    const accounts = [account('1111111', { bank_account_setting_id: 's1', transfer_type: 'full' })]
    const body = bodyOf({ 'bank_accounts.0.account_number': '9999999' }, valuesOf({ bank_accounts: accounts }))

    expect(body.bank_accounts).to.deep.equal([
      account('9999999', { bank_account_setting_id: 's1', transfer_type: 'full' }),
    ])
  })

  it('holds every account, each as it is but the main one, in their order', () => {
    const salary = account('1111111', { bank_account_setting_id: 's1', transfer_type: 'remaining' })
    const bonus = account('2222222', {
      bank_account_setting_id: 's2',
      transfer_type: 'specified',
      specified_transfer_amount: 50_000,
      transfer_category: 'bonus',
    })
    const savings = account('3333333', { bank_account_setting_id: 's3', account_type: 'deposit' })
    const order = new Map(['s1', 's2', 's3'].map((id, index) => [id, index + 1]))
    const changed = { 'bank_accounts.0.account_number': '9999999' }
    const main = { ...salary, account_number: '9999999' }

    for (const [held, sent] of [
      [
        [salary, bonus, savings],
        [main, bonus, savings],
      ],
      [
        [bonus, salary, savings],
        [bonus, main, savings],
      ],
      [
        [savings, bonus, salary],
        [savings, bonus, main],
      ],
    ]) {
      const { values } = personOf(aCrew({ bank_accounts: held }), order)
      expect(bodyOf(changed, values).bank_accounts).to.deep.equal(sent)
      expect(bodyOf({ tel_number: '03-1' }, values)).not.to.have.property('bank_accounts')
    }
  })

  it('names the settings of all accounts or of none', () => {
    const accounts = [account('1111111'), account('2222222', { bank_account_setting_id: 's2' })]
    const body = bodyOf({ 'bank_accounts.0.account_number': '9999999' }, valuesOf({ bank_accounts: accounts }))

    expect(body.bank_accounts).to.deep.equal([account('9999999'), account('2222222')])
  })

  it('holds one account for whoever had none', () => {
    const { 'bank_accounts.0.place': place } = valuesOf()
    const { bank_accounts: sent } = bodyOf({ 'bank_accounts.0.account_number': '1111111' }, valuesOf())

    expect(place).to.equal(null)
    expect(sent).to.have.length(1)
  })

  it('knows when a title would move up', () => {
    const gapOf = (positions: unknown[], title: string | null) =>
      emptySlot({ ...valuesOf({ positions }), 'positions.0.name': title })
    const other = { name: '部会長' }

    expect(gapOf([{ name: '課長' }, other], '部長')).to.equal(null)
    expect(gapOf([null, other], '部長')).to.equal(null)
    expect(gapOf([{ name: '課長' }], null)).to.equal(null)
    expect(gapOf([{ name: '課長' }, null, other], '部長')).to.equal(1)
    expect(gapOf([{ name: '課長' }, other], null)).to.equal(0)
  })

  it('replaces the main title and keeps those of other posts', () => {
    const positions = [{ name: '課長' }, { name: '部会長' }]

    expect(bodyOf({ 'positions.0.name': '部長' }, valuesOf({ positions })).positions).to.deep.equal(['部長', '部会長'])
    expect(bodyOf({ tel_number: '03-1' }, valuesOf({ positions }))).not.to.have.property('positions')
  })

  it('never holds the names from which SmartHR would make master data', () => {
    const everything: Values = {
      ...valuesOf({ bank_accounts: [account('1111111')] }),
      department: '部署',
      position: '役',
    }

    expect(bodyOf(everything, {})).not.to.have.any.keys('department', 'position', 'id')
  })
})
