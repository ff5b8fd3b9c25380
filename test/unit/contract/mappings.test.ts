import { expect } from 'chai'
import { connectors } from '../../../server/connectors/registry.js'
import { mappingOf } from '../../../server/contract/contract.js'

const fields = connectors.flatMap(({ flows }) => flows.flatMap(flow => mappingOf(flow)))

describe('the fields of all mappings', () => {
  it('are sensitive where they say who somebody is, where their money goes, or that they leave', () => {
    const sensitive = new Set(fields.flatMap(field => (field.sensitive ? [field.id] : [])))

    expect([...sensitive].sort()).to.deep.equal([
      'bank-account-holder',
      'bank-account-number',
      'bank-account-type',
      'bank-branch-code',
      'bank-code',
      'basic-pension-number',
      'birth-date',
      'employee-number',
      'employment-insurance-number',
      'employment-status',
      'first-name',
      'first-name-kana',
      'has-left',
      'health-insurance-number',
      'last-name',
      'last-name-kana',
      'leaving-date',
      'pension-insurance-number',
    ])
  })

  it('are the same thing under the same id, in every connector', () => {
    for (const { id, sensitive, smarthr } of fields) {
      for (const other of fields.filter(field => field.id === id)) {
        expect(other.sensitive, id).to.equal(sensitive)
        expect(
          other.smarthr.some(path => smarthr.includes(path)),
          id,
        ).to.equal(true)
      }
    }
  })
})
