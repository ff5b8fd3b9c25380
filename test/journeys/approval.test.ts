import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { TO_SMARTHR, toDialog } from '../approval/asking.js'
import { chromiumPath } from '../helpers/browser.js'
import { startJourney, type Journey } from '../helpers/journey.js'
import type { Visitor } from '../helpers/visitor.js'
import { reportOf } from '../helpers/waiting.js'
import { ADMIN_NAME, type World } from '../helpers/world.js'

for (const javaScriptEnabled of [true, false]) {
  describe(`承認 ${javaScriptEnabled ? 'in a browser' : 'without JavaScript'}`, function () {
    this.timeout(120_000)
    let journey: Journey
    let world: World
    let page: Page
    let hanako: Visitor
    let jiro: Visitor
    let runId: string

    before(async function () {
      if (!chromiumPath && !process.env.CI) return this.skip()
      journey = await startJourney({ name: 'approval', javaScriptEnabled })
      ;({ world, page } = journey)
      for (const service of ['smarthr', 'freee']) await world.control('PUT', '/limits', { service, enabled: false })
      hanako = await world.connected()
      jiro = await world.signedIn('jiro@midori.example')
    })
    after(() => journey?.close())

    const main = async () => (await page.textContent('main')) ?? ''
    const button = (label: string) => journey.button(label)

    /** The browser is in the hands of this administrator now. */
    const as = async (visitor: Visitor, path: string) => {
      await journey.context.clearCookies()
      await journey.context.addCookies(
        [...visitor.cookies].map(([name, value]) => ({ name, value, url: world.appUrl })),
      )
      await page.goto(world.appUrl + path)
    }

    it('is chosen on a page of its own, which the menu leads to', async () => {
      await as(hanako, '/freee')
      await page.getByRole('navigation').getByRole('link', { name: '承認' }).click()
      expect(await page.textContent('h1')).to.equal('承認')
      await page.check(`input[name="mode-${TO_SMARTHR}"][value="always"]`)
      await button('保存').click()
      expect(await journey.words()).to.include('承認の設定を保存しました')
      await journey.look('rules')
    })

    it('turns the button of the dialog into ［承認を依頼］, and the dashboard says that it waits', async () => {
      runId = await toDialog(hanako)
      await as(hanako, `/runs/${runId}/confirm`)
      expect(await journey.words()).to.include('この同期には、ほかの管理者の承認が必要です。')
      await journey.look('dialog')
      await button('承認を依頼').click()
      await page.waitForURL('**/freee')
      expect(await main()).to.include('あなたが依頼した承認待ちの依頼が1件あります。')
      await journey.look('dashboard-of-asker')
      await page.goto(`${world.appUrl}/runs/${runId}/select`)
      expect(await main()).to.include('変更すると、承認の依頼は無効になります')
      await journey.look('select')
      await page.goto(`${world.appUrl}/runs/${runId}`)
      expect(await main()).to.include('依頼を取り下げる')
      await journey.look('own')
    })

    it('shows the same plan to the other, who sends it back with a comment', async () => {
      await as(jiro, '/freee')
      expect(await main()).to.include('承認待ちの依頼が1件あります。')
      await journey.look('dashboard-of-other')
      await page.getByRole('link', { name: '依頼を確認' }).click()
      await page.waitForURL('**/approval')
      expect(await main()).to.include(`${ADMIN_NAME}さんが承認を依頼した内容です`)
      await journey.look('approval')
      await button('差し戻す').click()
      expect(await main()).to.include('コメントが入力されていません。')
      await journey.look('error')
      await page.fill('#comment', '口座番号を確認してください')
      await button('差し戻す').click()
      await page.waitForURL('**/approval')
      expect(await main()).to.include('差し戻し')
    })

    it('leads whoever asked from the comment to the dialog, and is asked for once more', async () => {
      await as(hanako, `/runs/${runId}/approval`)
      expect(await main()).to.match(/コメント\s*口座番号を確認してください/)
      await journey.look('returned')
      await page.getByRole('link', { name: '内容を確認' }).click()
      await page.waitForURL('**/confirm')
      expect(await journey.words()).to.include('コメント：口座番号を確認してください')
      await journey.look('dialog-returned')
      await button('承認を依頼').click()
      await page.waitForURL('**/freee')
    })

    it('begins when the other agrees, and the report names both', async () => {
      await as(jiro, `/runs/${runId}/approval`)
      await button('承認して同期').click()
      await page.waitForURL('**/freee')
      await reportOf(jiro, runId)
      await page.goto(`${world.appUrl}/runs/${runId}`)
      const facts = (await page.textContent('dl')) ?? ''
      expect(facts).to.match(new RegExp(`実行者\\s*${ADMIN_NAME}\\s*承認者\\s*坂本 修`))
      await journey.look('report')
    })

    it('is made weaker by two alone, or by a day', async () => {
      await as(hanako, '/freee/settings/approval')
      await page.check(`input[name="mode-${TO_SMARTHR}"][value="off"]`)
      await button('保存').click()
      expect(await main()).to.include('に適用されます。')
      await as(jiro, '/freee/settings/approval')
      await journey.look('weaker')
      await button('変更に同意する').click()
      expect(await journey.words()).to.include('変更に同意しました')
      expect(await page.isChecked(`input[name="mode-${TO_SMARTHR}"][value="off"]`)).to.equal(true)
      expect(journey.complaints).to.deep.equal([])
    })
  })
}
