import { expect } from 'chai'
import { employeeOf } from '../../server/connectors/money-forward/employees.feed.js'
import { limited } from '../../server/connectors/money-forward/feed.permission.js'
import { declarationAttributes, employeeAttributes } from '../../server/connectors/money-forward/feed.schema.js'
import { declarationOf } from '../../server/connectors/money-forward/year-end.feed.js'
import { aCrew, aDependent, anAccount, aResult } from './fixtures.js'
import { misfits } from './fits.js'

const employee = employeeOf(aCrew({ bank_accounts: [anAccount()] }), [aDependent()])
const declaration = declarationOf(aResult({ spouse: aDependent(), dependents: [aDependent()] }))
const ALL = ['employees', 'dependents', 'bank_accounts', 'year_end_adjustments']

describe('Money Forward: what a token permits', () => {
  it('is everything without limits', () => {
    expect(limited(employee, { attributes: null, resources: ALL })).to.deep.equal(employee)
    expect(limited(declaration, { attributes: null, resources: ALL })).to.deep.equal(declaration)
  })

  it('is the named items; all others are null, but the code stays', async () => {
    const shown = limited(employee, { attributes: ['birth_date', 'social_insurance.qualified_on'], resources: ALL })

    expect(shown).to.include({ employee_code: '0001', birth_date: '1990-04-01', last_name: null, foreigner: null })
    expect(shown.social_insurance).to.include({ qualified_on: '2020-04-01', basic_pension_number: null })
    expect(shown.income_tax).to.deep.equal({ handicap: null, working_student: null, widow: null, single_parent: null })
    expect(shown.dependents).to.deep.equal(employee.dependents)
    expect(await misfits('Employee', shown)).to.deep.equal([])
  })

  it('is no list whose resource is missing, whatever the items', async () => {
    const shown = limited(employee, { attributes: null, resources: ['employees', 'dependents'] })

    expect(shown.bank_accounts).to.equal(null)
    expect(shown.dependents).to.have.length(1)
    expect(limited(employee, { attributes: null, resources: ['employees'] }).dependents).to.equal(null)
    expect(await misfits('Employee', shown)).to.deep.equal([])
  })

  it('leaves the family out of a declaration without the resource dependents', async () => {
    const attributes = ['person.birth_date', 'dependents', 'spouse.name']
    const alone = limited(declaration, { attributes, resources: ['year_end_adjustments'] })
    expect(alone).to.include({ spouse: null, dependents: null })
    expect(await misfits('Declaration', alone)).to.deep.equal([])
    const shown = limited(declaration, { attributes, resources: ['year_end_adjustments', 'dependents'] })

    expect(shown).to.include({ employee_code: '0001', year: 2026, status: '対象', housing_loans: null })
    expect(shown.person).to.include({ birth_date: '1990-04-01', last_name: null })
    expect(shown.spouse).to.include({ name: '山田 花子', kana: null })
    expect(shown.dependents).to.deep.equal(declaration.dependents)
    expect(await misfits('Declaration', shown)).to.deep.equal([])
  })

  describe('of a marriage', () => {
    const person = aResult().person as Record<string, unknown>
    const mother = aDependent({ relation_name: '実母', first_name: '春子' })
    const inLaw = { ...mother, relation_name: '義母' }
    const wife = aDependent({ estimated_income: 0, deduction_type: '配偶者控除' })
    /** The same person, and what SmartHR may say of a marriage. */
    const lives = {
      single: declarationOf(aResult({ dependents: [{ ...mother, relation_name: '同居人' }] })),
      married: declarationOf(
        aResult({
          person: { ...person, householder_relation: '夫' },
          spouse: wife,
          dependents: [{ ...wife, relation_name: '妻' }, inLaw],
        }),
      ),
      widowed: declarationOf(aResult({ person: { ...person, widow_type: 'widow' }, dependents: [inLaw] })),
      parent: declarationOf(aResult({ person: { ...person, widow_type: 'single_parent' }, dependents: [inLaw] })),
    }
    const withoutSpouse = declarationAttributes.map(({ path }) => path).filter(path => !path.startsWith('spouse.'))
    const tokens = {
      'with every item but those of the spouse': { attributes: withoutSpouse, resources: ALL },
      'without the family': { attributes: null, resources: ['year_end_adjustments'] },
      'with one item': { attributes: ['person.birth_date'], resources: ALL },
    }
    for (const [what, token] of Object.entries(tokens)) {
      it(`is nothing to a token ${what}: whoever is married looks like everybody else`, async () => {
        const shown = Object.values(lives).map(one => limited(one, token))
        for (const one of shown) {
          expect(one).to.deep.equal(shown[0])
          expect(one.spouse).to.equal(null)
          expect(await misfits('Declaration', one)).to.deep.equal([])
        }
      })
    }

    it('is what it is to a token with any item of the spouse', () => {
      const shown = limited(lives.married, { attributes: [...withoutSpouse, 'spouse.name'], resources: ALL })

      expect(shown.spouse).to.include({ name: '山田 花子', deduction: null })
      expect(shown.person).to.include({ householder_relationship: '夫' })
    })

    it('is nothing in an employee without the family either', () => {
      const resources = ['employees']
      const shown = ['widow', 'single_parent', null].map(widow_type =>
        limited(employeeOf(aCrew({ widow_type }), [aDependent()]), { attributes: null, resources }),
      )

      for (const one of shown) expect(one).to.deep.equal(shown[0])
    })
  })

  it('can be nothing at all, and still fits', async () => {
    const none = { attributes: [], resources: [] }

    expect(await misfits('Employee', limited(employee, none))).to.deep.equal([])
    expect(await misfits('Declaration', limited(declaration, none))).to.deep.equal([])
    expect(JSON.stringify(limited(employee, none))).not.to.include('山田')
  })

  it('does not change the record', () => {
    const before = structuredClone(employee)
    limited(employee, { attributes: [], resources: [] })

    expect(employee).to.deep.equal(before)
  })

  it('names every item once, and permitting all of them permits everything', () => {
    for (const [attributes, record] of [
      [employeeAttributes, employee],
      [declarationAttributes, declaration],
    ] as const) {
      const paths = attributes.map(({ path }) => path)
      expect(new Set(paths).size).to.equal(paths.length)
      expect(new Set(attributes.map(({ label }) => label)).size).to.equal(paths.length)
      expect(limited(record, { attributes: paths, resources: ALL })).to.deep.equal(record)
    }
    expect(employeeAttributes.map(({ path }) => path)).not.to.include.members(['employee_code', 'bank_accounts'])
  })
})
