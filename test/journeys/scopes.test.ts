import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { chromiumPath } from '../helpers/browser.js'
import { startJourney, type Journey } from '../helpers/journey.js'
import { PASSWORD, type World } from '../helpers/world.js'

for (const javaScriptEnabled of [true, false]) {
  describe(`対象範囲 ${javaScriptEnabled ? 'in a browser' : 'without JavaScript'}`, function () {
    this.timeout(120_000)
    let journey: Journey
    let world: World
    let page: Page

    before(async function () {
      if (!chromiumPath && !process.env.CI) return this.skip()
      journey = await startJourney({ name: 'scopes', javaScriptEnabled })
      ;({ world, page } = journey)
      for (const service of ['smarthr', 'pca']) await world.control('PUT', '/limits', { service, enabled: false })
    })
    after(() => journey?.close())

    const button = (label: string) => journey.button(label)
    const main = async () => (await page.textContent('main')) ?? ''

    it('is reached from the menu, and made after its people were counted', async () => {
      await journey.install('pca')
      await page.goto(`${world.appUrl}/pca/connection`)
      for (const [field, value] of [
        ['serviceId', '12345678'],
        ['servicePassword', PASSWORD],
        ['userName', 'user01'],
        ['password', PASSWORD],
      ] as const)
        await page.fill(`#${field}`, value)
      await button('連携開始').click()
      await page.waitForURL('**/pca')
      await page.getByRole('navigation').getByRole('link', { name: '対象範囲' }).click()
      expect(await main()).to.include('対象範囲は未登録です。')
      await journey.look('none')
      await page.getByRole('link', { name: '対象範囲を追加' }).click()
      await page.fill('#name', '正社員')
      await page.getByRole('checkbox', { name: '正社員', exact: true }).check()
      await button('人数を確認').click()
      expect(await main()).to.match(/SmartHRの従業員\d+名のうち、条件に当てはまる従業員は\d+名です。/)
      await journey.look('counted')
      expect(await page.getByRole('checkbox', { name: '正社員', exact: true }).isChecked()).to.equal(true)
    })

    it('is refused without a condition, and saved as what a flow begins with', async () => {
      await page.getByRole('checkbox', { name: '正社員', exact: true }).uncheck()
      await button('保存').click()
      expect(await main()).to.include('条件が1つも指定されていません。')
      await journey.look('refused')
      await page.getByRole('checkbox', { name: '正社員', exact: true }).check()
      await page.getByRole('checkbox', { name: 'SmartHRからPCAクラウド給与へ' }).check()
      await button('保存').click()
      await page.waitForURL('**/scopes')
      expect(await main())
        .to.include('対象範囲を保存しました')
        .and.include('正社員')
      await journey.look('saved')
    })

    it('is chosen already where the run begins, and named where people are chosen, in the dialog and in the report', async () => {
      await page.goto(`${world.appUrl}/pca`)
      const panel = page.locator('section.card', { hasText: 'SmartHRからPCAクラウド給与へ' })
      await panel.getByRole('button', { name: '同期を開始>' }).click()
      await page.waitForURL('**/area')
      expect(await page.locator('#scope option:checked').textContent()).to.equal('正社員')
      await journey.look('area')
      await page.locator('label.panel').first().click()
      await button('次へ').click()
      await journey.until(() => Promise.resolve(page.url().endsWith('/select')))
      expect(await main()).to.include('対象範囲：正社員')
      await journey.look('select')
      await page.goto(`${page.url()}?class=excluded`)
      expect(await main()).to.match(/対象範囲の外です（雇用形態：[^）]+）。/)
      await journey.look('outside')

      await page.goto(page.url().replace('?class=excluded', ''))
      await page.locator('tbody input[name=id]').first().check()
      await button('確認').click()
      await page.waitForURL('**/confirm')
      expect(await page.textContent('dialog')).to.match(/対象範囲\s*正社員/)
      await journey.look('confirm')
      await page.locator('dialog').getByRole('button', { name: '同期', exact: true }).click()
      await page.waitForURL('**/pca')
      await page.goto(`${world.appUrl}/pca/runs`)
      await page.locator('tbody a').first().click()
      await journey.until(async () => (await page.locator('#progress-title').count()) === 0)
      expect(await main()).to.match(/対象範囲\s*正社員/)
      await journey.look('report')
    })

    it('is not deleted while a flow begins with it', async () => {
      await page.goto(`${world.appUrl}/pca/settings/scopes`)
      await page.getByRole('link', { name: '削除 正社員' }).click()
      expect(await page.textContent('dialog')).to.include('削除できません。')
      await journey.look('in-use')
      expect(journey.complaints).to.deep.equal([])
    })
  })
}
