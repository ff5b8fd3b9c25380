import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { chromiumPath } from '../helpers/browser.js'
import { startJourney, type Journey } from '../helpers/journey.js'
import { PASSWORD, type World } from '../helpers/world.js'

for (const javaScriptEnabled of [true, false]) {
  describe(`項目の設定 ${javaScriptEnabled ? 'in a browser' : 'without JavaScript'}`, function () {
    this.timeout(120_000)
    let journey: Journey
    let world: World
    let page: Page

    before(async function () {
      if (!chromiumPath && !process.env.CI) return this.skip()
      journey = await startJourney({ name: 'fields', javaScriptEnabled })
      ;({ world, page } = journey)
      for (const service of ['smarthr', 'pca']) await world.control('PUT', '/limits', { service, enabled: false })
    })
    after(() => journey?.close())

    const button = (label: string) => journey.button(label)
    const main = async () => (await page.textContent('main')) ?? ''
    const way = (label: string) => page.getByRole('combobox', { name: `${label}：同期する向き` })

    it('is reached from the menu of a service that is connected', async () => {
      await journey.install('pca')
      await page.goto(`${world.appUrl}/pca/connection`)
      await page.getByText('連携する項目', { exact: true }).click()
      expect(await main()).to.include('PCAクラウド給与から読み取り、SmartHRに書き込む項目')
      await journey.look('connection')
      for (const [field, value] of [
        ['serviceId', '12345678'],
        ['servicePassword', PASSWORD],
        ['userName', 'user01'],
        ['password', PASSWORD],
      ] as const)
        await page.fill(`#${field}`, value)
      await button('連携開始').click()
      await page.waitForURL('**/pca')
      await page.getByRole('navigation').getByRole('link', { name: '項目の設定' }).click()

      expect(await page.textContent('h1')).to.equal('項目の設定')
      expect(await way('入社年月日').inputValue()).to.equal('both')
      await journey.look('page')
    })

    it('is filled by a preset, refused where nothing is left, and saved', async () => {
      await button('SmartHRを正とする').click()
      await page.waitForURL('**preset=smarthr')
      expect(await way('入社年月日').inputValue()).to.equal('to-service')
      await journey.look('preset')
      for (const select of await page.getByRole('combobox', { name: '同期する向き' }).all())
        // Nobody is registered without some of them: those are never off.
        if ((await select.locator('option[value=none]').count()) > 0) await select.selectOption('none')
      await button('保存').click()
      expect(await main()).to.include('すべての項目が「しない」になっています。')
      await journey.look('all-off')

      await way('入社年月日').selectOption('to-service')
      await way('戸籍上の性別').selectOption('both')
      await page.getByRole('checkbox', { name: '戸籍上の性別：新規登録のときだけ' }).check()
      await button('保存').click()
      expect(await main()).to.include('項目の設定を保存しました')
      expect(await way('生年月日').inputValue()).to.equal('none')
      await journey.look('saved')
    })

    it('is named where people are chosen, in the dialog, and in the report', async () => {
      const said = /は同期しません。戸籍上の性別は、新規登録のときだけ同期します。/
      await page.goto(`${world.appUrl}/pca`)
      const panel = page.locator('section.card', { hasText: 'SmartHRからPCAクラウド給与へ' })
      await panel.getByRole('button', { name: '同期を開始>' }).click()
      await page.waitForURL('**/area')
      await page.locator('label.panel').first().click()
      await button('次へ').click()
      await journey.until(() => Promise.resolve(page.url().endsWith('/select')))
      expect(await main())
        .to.match(/項目の設定：[^。]*生年月日[^。]*は同期しません。/)
        .and.match(said)
      await journey.look('select')

      await page.locator('tbody input[name=id]').first().check()
      await button('確認').click()
      await page.waitForURL('**/confirm')
      expect(await page.textContent('dialog')).to.match(said)
      await journey.look('confirm')
      await page.locator('dialog').getByRole('button', { name: '同期', exact: true }).click()
      await page.waitForURL('**/pca')
      await page.goto(`${world.appUrl}/pca/runs`)
      await page.locator('tbody a').first().click()
      await journey.until(async () => (await page.locator('#progress-title').count()) === 0)
      expect(await main()).to.match(said)
      await journey.look('report')
      expect(journey.complaints).to.deep.equal([])
    })
  })
}
