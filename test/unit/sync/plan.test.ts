import { expect } from 'chai'
import type { FieldPair, Scalar } from '../../../server/contract/contract.js'
import { difference, movedSincePlan, remaining } from '../../../server/runs/difference.js'

const show = (values: readonly Scalar[]) => values.map(value => (value === null ? '' : String(value))).join('')

/** A text field; blank keeps. */
const text = (label: string, smarthr: string, service: string): FieldPair => ({
  id: service,
  label,
  smarthr: [smarthr],
  service: [service],
  toService: ([value]) => (value === null || value === undefined ? 'keep' : { set: { [service]: value } }),
  toSmarthr: ([value]) => (value === null || value === undefined ? 'keep' : { set: { [smarthr]: value } }),
  showSmarthr: show,
  showService: show,
})

/** Joined on one side, split on the other, as addresses are. */
const address: FieldPair = {
  id: 'address',
  label: '住所',
  smarthr: ['city', 'street'],
  service: ['address'],
  toService: ([city, street]) => ({ set: { address: `${String(city ?? '')}${String(street ?? '')}` } }),
  toSmarthr: ([joined]) => ({ set: { city: String(joined).slice(0, 2), street: String(joined).slice(2) } }),
  showSmarthr: show,
  showService: show,
}

const dated: FieldPair = {
  ...text('入社年月日', 'entered_at', 'entry_date'),
  toService: ([value]) =>
    value === null ? { problem: '入社日を入力してください' } : { set: { entry_date: value ?? null } },
}

const mapping = [text('姓', 'last_name', 'name'), address]
const context = { today: '2026-11-20', settings: {} }

describe('the plan', () => {
  it('names each field that differs, before and after, and sends only those', () => {
    const plan = difference(
      mapping,
      'to-service',
      { last_name: '山田', city: '港区', street: '1-2' },
      { name: '山本', address: '港区1-2' },
      context,
    )

    expect(plan.changes).to.deep.equal([{ field: 'name', label: '姓', before: '山本', after: '山田' }])
    expect(plan.set).to.deep.equal({ name: '山田' })
  })

  it('sees no difference where converting back gives what the source says', () => {
    const plan = difference(
      mapping,
      'to-smarthr',
      { name: '山田', address: '港区六本木1-2' },
      { last_name: '山田', city: '港区六本木', street: '1-2' },
      context,
    )

    expect(plan.changes).to.deep.equal([])
    expect(plan.set).to.deep.equal({})
  })

  it('never erases with a blank', () => {
    const plan = difference(
      mapping,
      'to-service',
      { last_name: null, city: '港区', street: '' },
      { name: '山田', address: '港区' },
      context,
    )

    expect(plan.set).to.deep.equal({})
  })

  it('shows everything of somebody new, without the blanks', () => {
    const plan = difference(mapping, 'to-service', { last_name: '山田', city: null, street: null }, null, context)

    expect(plan.changes).to.deep.equal([{ field: 'name', label: '姓', before: '', after: '山田' }])
    expect(plan.target).to.equal(null)
  })

  it('keeps the reason why a person cannot be sent', () => {
    const plan = difference([dated], 'to-service', { entered_at: null }, null, context)

    expect(plan.problems).to.deep.equal(['入社日を入力してください'])
  })

  it('treats null and an empty string alike', () => {
    const pair = { ...text('役職', 'title', 'title'), toService: () => ({ set: { title: '' } }) }

    expect(difference([pair], 'to-service', { title: '' }, { title: null }, context).changes).to.deep.equal([])
  })
})

describe('just before an update', () => {
  const content = difference(
    mapping,
    'to-service',
    { last_name: '山田', city: '港区', street: '1-2' },
    { name: '山本', address: '港区1-2' },
    context,
  )

  it('notices a field that somebody else changed since the plan', () => {
    expect(movedSincePlan(mapping, 'to-service', content, { name: '山本', address: '渋谷区3' })).to.equal(true)
    expect(movedSincePlan(mapping, 'to-service', content, { name: '山木', address: '港区1-2' })).to.equal(true)
  })

  it('takes its own write before a crash for what it is', () => {
    expect(movedSincePlan(mapping, 'to-service', content, { name: '山田', address: '港区1-2' })).to.equal(false)
    expect(remaining(content.set, { name: '山田', address: '港区1-2' })).to.deep.equal({})
  })

  it('goes on when nothing has moved', () => {
    expect(movedSincePlan(mapping, 'to-service', content, { name: '山本', address: '港区1-2' })).to.equal(false)
    expect(remaining(content.set, { name: '山本', address: '港区1-2' })).to.deep.equal({ name: '山田' })
  })
})
