import { expect } from 'chai'
import { connectorOf } from '../../server/connectors/registry.js'
import { firedSentence } from '../../server/runs/guard.words.js'

const flow = connectorOf('freee').flows.find(({ id }) => id === 'employees-to-smarthr')

describe('what the guard says', () => {
  const said = (fired: Parameters<typeof firedSentence>[1]) => (flow ? firedSentence(flow, fired) : '')

  it('is no share above the whole: more are new than there are', () => {
    const fired = { rule: 'new', people: 19_980, most: 20, of: 40 } as const
    expect(said(fired)).to.include('登録済みの40名を上回ります。').and.not.include('%')
    expect(said({ ...fired, people: 30 })).to.include('登録済みの40名の75%にあたります。')
  })

  it('calls one person not many, where not one is expected', () => {
    const fired = { rule: 'same', people: 1, most: 0, fields: { 'last-name': 1 } } as const
    expect(said(fired)).to.include('従業員がいます：姓 1名（目安：1項目につき0名まで）').and.not.include('多く')
    expect(said({ ...fired, most: 3 })).to.include('従業員が、多くいます：')
  })
})
