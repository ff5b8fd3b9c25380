import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { chromiumPath } from '../helpers/browser.js'
import { startJourney, type Journey } from '../helpers/journey.js'
import { smarthrOf } from '../helpers/scopes.js'
import { reportOf } from '../helpers/waiting.js'
import { syncEverybody, toSelection } from '../helpers/walking.js'
import type { Visitor } from '../helpers/visitor.js'
import type { World } from '../helpers/world.js'
import { TO_FREEE, watching } from '../schedule/watching.js'

const AT = '2026-11-20T12:00:00+09:00'

for (const javaScriptEnabled of [true, false]) {
  describe(`定期チェック ${javaScriptEnabled ? 'in a browser' : 'without JavaScript'}`, function () {
    this.timeout(120_000)
    let journey: Journey
    let world: World
    let page: Page
    let night: ReturnType<typeof watching>

    /** Sessions don't outlive a night. */
    const comeIn = async (visitor?: Visitor) => {
      const { cookies } = visitor ?? (await world.signedIn())
      await journey.context.clearCookies()
      await journey.context.addCookies([...cookies].map(([name, value]) => ({ name, value, url: world.appUrl })))
    }
    const phones = async (people: number, digit: number) => {
      const smarthr = await smarthrOf(world)
      for (const [nth, { id }] of (await smarthr.crews()).slice(0, people).entries())
        await smarthr.change(id, { tel_number: `03-555${String(digit)}-${String(1_000 + nth)}` })
    }

    before(async function () {
      if (!chromiumPath && !process.env.CI) return this.skip()
      journey = await startJourney({ name: 'schedule', javaScriptEnabled, world: { at: AT } })
      ;({ world, page } = journey)
      night = watching(world)
      await night.moveTo(new Date(AT))
      for (const service of ['smarthr', 'freee']) await world.control('PUT', '/limits', { service, enabled: false })
      const visitor = await world.connected()
      await world.control('POST', '/populate', { service: 'smarthr', employees: 8, overlap: 1, differing: 1, seed: 7 })
      const runId = await toSelection(visitor, TO_FREEE)
      await syncEverybody(visitor)
      await reportOf(visitor, runId)
      await comeIn(visitor)
    })
    after(() => journey?.close())

    const button = (label: string) => journey.button(label)
    const main = async () => (await page.textContent('main')) ?? ''
    const form = () =>
      page.locator('section', { has: page.getByRole('heading', { name: 'SmartHRからfreee人事労務へ' }) })
    const dashboard = async () => {
      await comeIn()
      await page.goto(`${world.appUrl}/freee`)
    }

    it('is set up on a page of its own, where 自動で同期 can not be chosen yet', async () => {
      await page.goto(`${world.appUrl}/freee`)
      await page.getByRole('navigation').getByRole('link', { name: '定期チェック' }).click()
      await journey.look('page')
      expect(await form().getByRole('radio', { name: '自動で同期' }).isDisabled()).to.equal(true)
      expect(await main()).to.match(/（現在 \d／3回）/)
      await form()
        .getByRole('button', { name: /定期チェックを始める|保存/ })
        .click()
      expect(await main()).to.include('毎日 2時台に確認します（知らせるだけ）')
      await journey.look('saved')
    })

    it('shows in the morning how many differ, leads to them, and the figure is gone after 同期', async () => {
      const before = (await night.writes()).length
      await phones(2, 1)
      const here = (await night.writes()).length
      await night.nextCheck()
      await dashboard()
      expect(await main()).to.match(/SmartHRと差分が2件あります（新規0・更新2）11月21日 2:\d\d確認/)
      await journey.look('dashboard')
      expect((await night.writes()).length, 'the check has written nothing').to.equal(here)
      expect(here).to.be.greaterThan(before)
      await button('内容を確認').click()
      await page.waitForURL('**/select**')
      expect(await page.locator('tbody tr').count()).to.equal(2)
      await page.locator('button[value=select-all], button[value=select-page]').last().click()
      await button('確認').click()
      await page.waitForURL('**/confirm')
      await page.locator('dialog').getByRole('button', { name: '同期', exact: true }).click()
      await page.waitForURL('**/freee')
      await night.runEnded()
      await page.reload()
      expect(await main()).to.include('差分なし')
      await journey.look('after')
    })

    it('goes by itself once it was chosen, and says so on dashboard and report', async () => {
      await night.ranWell(3)
      await page.goto(`${world.appUrl}/freee/schedule`)
      await form().getByRole('radio', { name: '自動で同期' }).check()
      await form().getByRole('button', { name: '保存' }).click()
      expect(await main()).to.include('毎日 2時台に確認します（自動で同期）')
      await journey.look('automatic')
      await phones(2, 2)
      await night.nextCheck()
      await night.runEnded()
      await dashboard()
      expect(await main()).to.include('差分なし')
      await journey.look('automatic-dashboard')
      await page.goto(`${world.appUrl}/freee/runs`)
      await page.locator('tbody a').first().click()
      expect(await main())
        .to.include('定期チェック（自動）：')
        .and.match(/成功\s*2件/)
      await journey.look('automatic-report')
      expect(journey.complaints).to.deep.equal([])
    })
  })
}
