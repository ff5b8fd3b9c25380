import { expect } from 'chai'
import { differingTwin, madeUpPeople, type MadeUpAddress } from '../../sandbox/people.js'
import { cpuMs } from '../helpers/cpu.js'

const KATAKANA = /^[ァ-ヶー]+$/
/** How an address without separator is divided into city and street (freee §3.2). */
const CITY = /^(.+?郡.+?[町村]|.+?市.+?区|.+?[市区町村])/

describe('made-up people', () => {
  const people = madeUpPeople({ count: 3000, seed: 7 })

  it('are the same for the same seed and others for another', () => {
    expect(madeUpPeople({ count: 20, seed: 7 })).to.deep.equal(people.slice(0, 20))
    expect(madeUpPeople({ count: 20, seed: 8 })).to.not.deep.equal(people.slice(0, 20))
  })

  it('have unique codes and are all employed since 2026-04-01 or longer', () => {
    expect(people[122]?.code).to.equal('P000123')
    expect(new Set(people.map(person => person.code)).size).to.equal(people.length)
    for (const person of people) {
      expect(person.entryDate <= '2026-04-01', person.entryDate).to.equal(true)
      expect(person.retireDate).to.equal(null)
      expect(new Date(person.entryDate).getFullYear() - new Date(person.birthDate).getFullYear()).to.be.at.least(19)
    }
  })

  it('have numbers and readings that SmartHR and freee accept', () => {
    for (const person of people) {
      for (const kana of [person.lastNameKana, person.firstNameKana, person.home.kana, person.resident.kana]) {
        expect(kana).to.match(KATAKANA)
      }
      expect(person.bank?.bankCode).to.match(/^\d{4}$/)
      expect(person.bank?.branchCode).to.match(/^\d{3}$/)
      expect(person.bank?.number).to.match(/^\d{7}$/)
      expect(person.bank?.holderKana).to.match(/^[ァ-ヶー]+ [ァ-ヶー]+$/)
      expect(person.employmentInsuranceNumber).to.match(/^\d{11}$/)
      expect(person.basicPensionNumber).to.match(/^\d{10}$/)
      expect(person.phone.join('-')).to.match(/^0[789]0-\d{4}-\d{4}$/)
      expect(person.home.zip.join('-')).to.match(/^\d{3}-\d{4}$/)
      expect(person.healthStandardPay).to.be.at.least(58_000)
      expect(person.pensionStandardPay).to.be.within(88_000, 650_000)
    }
  })

  it('live at addresses that can be divided into city and street again', () => {
    const divided = ({ city, street }: MadeUpAddress) => CITY.exec(city + street)?.[0] === city
    expect(people.filter(person => !divided(person.home) || !divided(person.resident))).to.deep.equal([])
  })

  it('include women and men, titles, bereaved and disabled people and second addresses', () => {
    for (const share of [
      people.filter(person => person.gender === 'female'),
      people.filter(person => person.title !== null),
      people.filter(person => person.widow === 'widow'),
      people.filter(person => person.widow === 'single_parent'),
      people.filter(person => person.disability === 'heavy'),
      people.filter(person => person.workingStudent),
      people.filter(person => person.resident !== person.home),
      people.filter(person => person.bank?.type === 'saving'),
    ]) {
      expect(share.length).to.be.within(1, people.length - 1)
    }
  })

  it('have twins that differ in one to three fields, reproducibly, and never in code or name', () => {
    for (const person of people.slice(0, 500)) {
      const twin = differingTwin(person, 3)
      const changed = Object.entries(twin)
        .filter(
          ([key, value]) =>
            JSON.stringify(value) !== JSON.stringify(Object.entries(person).find(([k]) => k === key)?.[1]),
        )
        .map(([key]) => key)
      expect(changed.length).to.be.within(1, 5)
      expect(changed).to.not.include.members(['code'])
      expect(twin.lastName + twin.firstName).to.equal(person.lastName + person.firstName)
      expect(differingTwin(person, 3)).to.deep.equal(twin)
    }
  })

  it('number ten thousand in under a second', async () => {
    const ms = await cpuMs(() => expect(madeUpPeople({ count: 10_000, seed: 1 })).to.have.lengthOf(10_000))
    expect(ms).to.be.below(1000)
  })
})
