import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { aCrew, anEmployee, NOON, staff } from '../helpers/attendance.js'
import { chromiumPath } from '../helpers/browser.js'
import { startJourney, type Journey } from '../helpers/journey.js'
import type { World } from '../helpers/world.js'

const BRAND = 'king-of-time'

for (const javaScriptEnabled of [true, false]) {
  describe(`従業員を見分ける項目 ${javaScriptEnabled ? 'in a browser' : 'without JavaScript'}`, function () {
    this.timeout(120_000)
    let journey: Journey
    let world: World
    let page: Page

    before(async function () {
      if (!chromiumPath && !process.env.CI) return this.skip()
      journey = await startJourney({ name: 'key', javaScriptEnabled, world: { at: NOON } })
      ;({ world, page } = journey)
      await world.control('PUT', '/limits', { service: 'smarthr', enabled: false })
      await staff(
        world,
        BRAND,
        [
          anEmployee('T1', { emailAddresses: ['mio@midori.example'] }),
          anEmployee('2', { emailAddresses: ['baba@midori.example'], lastName: '馬場' }),
          anEmployee('3', { emailAddresses: [], lastName: '千葉' }),
        ],
        [
          aCrew('0001', { email: 'Mio@midori.example', birth_at: '1990-01-01' }),
          aCrew('2', { email: 'baba@midori.example', last_name: '馬場' }),
          aCrew('3', { email: null, last_name: '千葉' }),
        ],
      )
    })
    after(() => journey?.close())

    const button = (label: string) => journey.button(label)
    const main = async () => (await page.textContent('main')) ?? ''

    it('is reached from the menu, beside 項目の設定', async () => {
      await journey.install(BRAND)
      await page.goto(`${world.appUrl}/${BRAND}/connection`)
      await page.fill('#accessToken', `renkei-demo-${BRAND}`)
      await button('登録する').click()
      await page.waitForURL(`**/${BRAND}`)
      await page.getByRole('navigation').getByRole('link', { name: '従業員を見分ける項目' }).click()

      expect(await page.textContent('h1')).to.equal('従業員を見分ける項目')
      expect(await page.getByRole('radio', { name: '社員番号' }).isChecked()).to.equal(true)
      await journey.look('page')
    })

    it('is refused where nothing is changed, and shows who would be another one', async () => {
      await button('変更した場合の違いを確認').click()
      expect(await main()).to.include('いまの従業員を見分ける項目が選択されています。')
      await journey.look('error')
      await page.getByRole('radio', { name: 'メールアドレス' }).check()
      await button('変更した場合の違いを確認').click()
      await page.waitForURL('**/comparison')
      await journey.until(async () => (await button('保存').count()) === 1)

      expect((await main()).replace(/\s+/g, ' '))
        .to.include('社員番号 → メールアドレス')
        .and.include('3名を確認しました。変更すると、2名の見分け方が変わります。')
      await journey.look('differences')
    })

    it('is saved after that, and holds for what is read next', async () => {
      await button('保存').click()
      expect(await main())
        .to.include('従業員を見分ける項目を変更しました')
        .and.include('いまは、メールアドレスで見分けています。')
      await journey.look('saved')
      await page.goto(`${world.appUrl}/${BRAND}/runs/new?flow=employees-from-smarthr`)
      await button('次へ').click()
      await journey.until(async () => (await main()).includes('同期待ち'))
      await page.getByRole('link', { name: '同期を開始→' }).click()

      expect(await main())
        .to.include('従業員を見分ける項目：メールアドレス')
        .and.include('mio@midori.example')
      await journey.look('select')
      expect(journey.complaints).to.deep.equal([])
    })
  })
}
