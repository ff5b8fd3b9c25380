import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { aCrew, anEmployee, NOON, staff } from '../helpers/attendance.js'
import { chromiumPath } from '../helpers/browser.js'
import { startJourney, type Journey } from '../helpers/journey.js'
import type { World } from '../helpers/world.js'

const BRAND = 'kinkakuji'

const crews = [
  aCrew('00101', { departments: ['100'], employment_type: '正社員' }),
  aCrew('00102', { departments: ['200'], employment_type: '正社員' }),
  aCrew('00103', { departments: ['300'], employment_type: '正社員' }),
  aCrew('00104', { departments: ['100'], employment_type: '正社員' }),
]

for (const javaScriptEnabled of [true, false]) {
  describe(`対応表 ${javaScriptEnabled ? 'in a browser' : 'without JavaScript'}`, function () {
    this.timeout(180_000)
    let journey: Journey
    let world: World
    let page: Page

    before(async function () {
      if (!chromiumPath && !process.env.CI) return this.skip()
      journey = await startJourney({ name: 'values', javaScriptEnabled, world: { at: NOON } })
      ;({ world, page } = journey)
      for (const service of ['smarthr', BRAND]) await world.control('PUT', '/limits', { service, enabled: false })
      await world.control('PUT', '/switches', {
        service: 'smarthr',
        departments: [
          { name: '本社', code: '100' },
          { name: '大阪支店', code: '200' },
          { name: '物流センター', code: '300' },
        ],
      })
      await staff(world, BRAND, [anEmployee('00104', { divisionCode: '2000' })], crews)
    })
    after(() => journey?.close())

    const button = (label: string) => journey.button(label)
    const main = async () => (await page.textContent('main')) ?? ''
    const until = (holds: () => Promise<boolean>) => journey.until(() => holds().catch(() => false))
    const choice = (label: string) => page.getByRole('combobox', { name: `${label}：` })

    it('is reached from the menu of a service that is connected', async () => {
      await journey.install(BRAND)
      await page.goto(`${world.appUrl}/${BRAND}/connection`)
      await page.fill('#accessToken', `renkei-demo-${BRAND}`)
      await button('登録する').click()
      await page.waitForURL(`**/${BRAND}`)
      await page.getByRole('navigation').getByRole('link', { name: '対応表' }).click()

      expect(await page.textContent('h1')).to.equal('対応表')
      expect(await main()).to.include('SmartHRの部署 → 勤革時の所属事業所')
      await journey.look('page')
    })

    it('is filled by names, refused where nothing is chosen, and saved', async () => {
      await page.getByRole('link', { name: 'SmartHRの部署 → 勤革時の所属事業所' }).click()
      expect(await page.getByLabel('使わない').isChecked()).to.equal(true)
      await page.getByLabel('使う（新規登録の従業員だけ）').check()
      await button('保存').click()
      expect(await main()).to.include('値が1つも選択されていません。')
      await journey.look('nothing')
      await button('同じ名前で埋める').click()
      expect(await main()).to.include('同じ名前の値を2件選択しました。')
      expect(await choice('200 大阪支店').inputValue()).to.equal('2000')
      expect(await choice('300 物流センター').inputValue()).to.equal('')
      await journey.look('filled')
      await page.getByLabel('使う（登録済みの従業員にも送る）').check()
      await button('保存').click()
      await until(async () => (await main()).includes('対応表を保存しました'))
      await journey.look('saved')

      await page.getByRole('link', { name: 'SmartHRの雇用形態 → 勤革時の雇用区分' }).click()
      await button('同じ名前で埋める').click()
      await page.getByLabel('使う（新規登録の従業員だけ）').check()
      await button('保存').click()
      await until(async () => (await main()).includes('対応表を保存しました'))
    })

    it('is edited as a file, and refuses one with a mistake by its line', async () => {
      await page.getByRole('link', { name: 'SmartHRの部署 → 勤革時の所属事業所' }).click()
      await page.getByText('CSVで編集する').click()
      const send = async (text: string) => {
        await page.setInputFiles('#file', { name: 'values.csv', mimeType: 'text/csv', buffer: Buffer.from(text) })
        await button('取り込む').click()
      }
      await send('部署コード,部署,所属事業所コード,所属事業所\r\n999,,2000,\r\n')
      await until(async () => (await main()).includes('2行目：部署のコード「999」'))
      await journey.look('file-refused')
      await send('部署コード,部署,所属事業所コード,所属事業所\r\n200,大阪支店,3000,倉庫\r\n')
      await until(async () => (await main()).includes('対応表に1件を取り込みました'))
      expect(await choice('200 大阪支店').inputValue()).to.equal('3000')
    })

    it('is named where people are chosen, in the dialog and in the report, and gives each their value', async () => {
      await page.goto(`${world.appUrl}/${BRAND}`)
      const panel = page.locator('section.card', { hasText: 'SmartHR→勤革時' })
      await panel.getByRole('link', { name: '次へ >', exact: true }).click()
      await button('次へ').click()
      await until(async () => (await page.getByRole('link', { name: '同期を開始→' }).count()) > 0)
      await page.getByRole('link', { name: '同期を開始→' }).click()
      expect(await main())
        .to.include(
          '対応表：部署に対応する所属事業所を、新規登録の従業員と、登録済みの従業員（2026/11/20から有効）に送ります。',
        )
        .and.include('部署「物流センター」に対応する所属事業所が、対応表で選択されていません。')
      await journey.look('select')
      for (const box of await page.locator('tbody input[name=id]').all()) await box.check()
      await page.locator('#go').click()
      await page.waitForURL('**/confirm')
      expect(await page.textContent('dialog'))
        .to.include('部署に対応する所属事業所を')
        .and.include('3000 倉庫')
        .and.match(/雇用区分\s*1 正社員/)
      await journey.look('confirm')
      await page.locator('dialog').getByRole('button', { name: '同期', exact: true }).click()
      await page.waitForURL(`**/${BRAND}`)
      await page.goto(`${world.appUrl}/${BRAND}/runs`)
      await page.locator('tbody a').first().click()
      await until(async () => (await page.locator('#progress-title').count()) === 0)
      expect(await main()).to.include('部署に対応する所属事業所を')
      await journey.look('report')

      const { employees } = (await world.control('GET', `/state?service=${BRAND}`)) as {
        employees: { code: string; divisionCode: string; typeCode: string }[]
      }
      expect(employees.map(({ code, divisionCode, typeCode }) => [code, divisionCode, typeCode]).sort()).to.deep.equal([
        ['00101', '1000', '1'],
        ['00102', '3000', '1'],
        ['00104', '1000', '1'],
      ])
      expect(journey.complaints).to.deep.equal([])
    })
  })
}
