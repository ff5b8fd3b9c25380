import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { splitCity } from '../../../server/contract/conversions.js'

const folder = process.env.REFERENCE_DIR
const list = folder === undefined ? undefined : join(folder, 'municipalities.tsv')

/** What stands after 市区町村, with its letters where a rule might trip over them. */
const STREETS = [
  '諏訪町1丁目2-3',
  '市場町3番地の4',
  '町田12',
  '村中568番地',
  '区画整理地内7-8',
  '北郡山町248-4',
  '烏丸通御池上る二条殿町552',
]

/** Districts, those with a 市 or 村 inside among them; all of them end in 郡. */
const DISTRICTS = ['足柄下郡', '高市郡', '余市郡', '西村山郡', '田村郡']

// In CI a missing list is a failure; elsewhere the report lists this check as pending, with the reason.
if (list === undefined && !process.env.CI) {
  describe('the municipalities of Japan', () => {
    it('are not checked: REFERENCE_DIR does not name the folder with municipalities.tsv')
  })
} else {
  describe('the municipalities of Japan', () => {
    let all: { prefecture: string; name: string }[]

    before(() => {
      if (list === undefined || !existsSync(list)) {
        throw new Error('REFERENCE_DIR must name the folder with municipalities.tsv')
      }
      const [, ...lines] = readFileSync(list, 'utf8').trim().split('\n')
      all = lines.map(line => {
        const [, prefecture = '', name = ''] = line.split('\t')
        return { prefecture, name }
      })
    })

    const misses = (cities: readonly string[]) =>
      cities.flatMap(city =>
        STREETS.filter(street => splitCity(city + street).join('｜') !== `${city}｜${street}`).map(
          street => `${city}${street} → ${splitCity(city + street).join('｜')}`,
        ),
      )

    it('are all cut off in front of any street', () => {
      expect(all).to.have.length(1916)
      expect(misses(all.map(({ name }) => name))).to.deep.equal([])
    })

    it('are cut off together with their district', () => {
      const towns = all.filter(({ name }) => /[町村]$/.test(name))

      expect(towns.length).to.be.greaterThan(900)
      expect(misses(towns.flatMap(({ name }) => DISTRICTS.map(district => district + name)))).to.deep.equal([])
    })

    it('are cut off behind their prefecture, which is left out where it is known', () => {
      for (const { prefecture, name } of all) {
        const address = `${prefecture}${name}市場町3-4`
        expect(splitCity(address, prefecture)).to.deep.equal([name, '市場町3-4'])
        expect(splitCity(address)).to.deep.equal([prefecture + name, '市場町3-4'])
      }
    })
  })
}
