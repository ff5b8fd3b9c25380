import { expect } from 'chai'
import { payslipItems, payslipValues } from '../../../server/contract/payslip.js'
import type { EntryOf } from '../../../server/contract/contract.js'
import type { Statement } from '../../../server/contract/statement.js'
import { stagedEntry } from '../../../server/plan/staging.store.js'
import { publishedRecord } from '../../../server/runs/publication.store.js'

/** Rows of the release before outlive it: a fetch in hand, a plan of yesterday, a snapshot of last week. */
describe('what the release before has kept', () => {
  const person = { id: '1', key: '1020', name: '見本 太郎', kana: '', values: {} }

  it('is a staged record with its detail and its payload', () => {
    const statement = { paymentType: 'salary', items: [{ kind: 'net', name: '差引支給額', value: '226516' }] }
    const before = { ...person, department: '2026/11/25支給', values: { document: JSON.stringify(statement) } }
    const entry = stagedEntry<EntryOf<Statement>>(JSON.stringify(before))

    expect(entry.detail).to.equal('2026/11/25支給')
    expect(entry.payload).to.deep.equal(statement)
  })

  it('does not change a record that this one has staged', () => {
    const entry = { ...person, detail: '本社', payload: { stamp: 1 } }

    expect(stagedEntry(JSON.stringify(entry))).to.deep.equal(entry)
  })

  it('is a record on offer', () => {
    const record = { employee_code: '1020' }

    expect(publishedRecord({ set: { record: JSON.stringify(record) } })).to.deep.equal(record)
    expect(publishedRecord({ set: {}, record })).to.equal(record)
  })

  it("is a planned payslip's items, in their order", () => {
    const items = [
      { name: '基本給', value: '300000' },
      { name: '1.5倍手当', value: '12000' },
      { name: '2', value: '1' },
    ]
    const sent = items.map(({ name, value }) => ({ key: name, value }))

    expect(payslipItems({ crew_id: 'c1', memo: '', values: JSON.stringify(sent) })).to.deep.equal(sent)
    expect(payslipItems(payslipValues('c1', '', items))).to.deep.equal(sent)
  })
})
