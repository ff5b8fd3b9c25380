import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { chromiumPath } from '../helpers/browser.js'
import { startJourney, type Journey } from '../helpers/journey.js'
import { reportOf } from '../helpers/waiting.js'
import { syncEverybody, toSelection } from '../helpers/walking.js'
import type { World } from '../helpers/world.js'

interface Crew {
  id: string
  emp_code: string
  tel_number: string
}

interface Employee {
  id: number
  num: string
}

for (const javaScriptEnabled of [true, false]) {
  describe(`what was done, taken back and put right ${javaScriptEnabled ? 'in a browser' : 'without JavaScript'}`, function () {
    this.timeout(120_000)
    let journey: Journey
    let world: World
    let page: Page
    let runId: string
    let earlier: Crew[]

    const crews = async () =>
      ((await world.control('GET', '/state?service=smarthr')) as { tenants: { crews: Crew[] }[] }).tenants[0]?.crews ??
      []
    const employees = async () =>
      ((await world.control('GET', '/state?service=freee')) as { companies: { employees: Employee[] }[] }).companies[0]
        ?.employees ?? []
    const phones = (all: readonly Crew[]) => Object.fromEntries(all.map(one => [one.emp_code, one.tel_number]))

    before(async function () {
      if (!chromiumPath && !process.env.CI) return this.skip()
      journey = await startJourney({ name: 'people', javaScriptEnabled })
      ;({ world, page } = journey)
      for (const service of ['smarthr', 'freee']) await world.control('PUT', '/limits', { service, enabled: false })
      const visitor = await world.connected()
      await world.control('POST', '/populate', { service: 'freee', employees: 6, overlap: 1, differing: 1, seed: 6 })
      earlier = await crews()
      runId = await toSelection(visitor, 'employees-to-smarthr')
      await syncEverybody(visitor)
      await reportOf(visitor, runId)
      await journey.context.addCookies(
        [...visitor.cookies].map(([name, value]) => ({ name, value, url: world.appUrl })),
      )
    })
    after(() => journey?.close())

    const button = (label: string) => journey.button(label)
    const main = async () => (await page.textContent('main')) ?? ''
    const leave = (step: string) => journey.until(() => Promise.resolve(!page.url().includes(step)))
    const ended = () => journey.until(async () => (await page.locator('#progress-title').count()) === 0)
    /** From the list of people to the end of the run, by a dialog that may ask for the number of people. */
    const writeAll = async (label: string, name: string) => {
      await page.locator('button[value=select-all], button[value=select-page]').last().click()
      await button('確認').click()
      await page.waitForURL('**/confirm')
      await journey.look(`confirm-${name}`)
      const count = page.locator('#guard_count')
      if ((await count.count()) > 0)
        await count.fill(/([\d,]+)名/.exec((await page.textContent('#dialog-text')) ?? '')?.[1] ?? '')
      await page.locator('dialog').getByRole('button', { name: label, exact: true }).click()
      await page.waitForURL('**/freee')
    }

    it('takes a run back from its report: the values before are shown, confirmed and in SmartHR again', async () => {
      const after = await crews()
      expect(phones(after)).not.to.deep.equal(phones(earlier))
      await page.goto(`${world.appUrl}/runs/${runId}`)
      await journey.look('report')
      await button('この同期を取り消す').click()
      await leave('/fetch')
      expect(await main()).to.include('取り消す同期')
      await journey.look('undo-select')
      await writeAll('元に戻す', 'undo')
      await page.goto(`${world.appUrl}/freee/runs`)
      expect(await main()).to.include('の取り消し')
      await page.locator('tbody a').first().click()
      await ended()
      await journey.look('undo-report')

      expect(phones(await crews())).to.deep.equal(phones(earlier))
    })

    it('finds one person by their number, and tells what was done about them and how it was taken back', async () => {
      await page.goto(`${world.appUrl}/people`)
      await journey.look('search')
      await page.getByRole('searchbox').fill('P000002')
      await button('検索').click()
      await journey.look('found')
      await page.locator('tbody a').first().click()
      await page.waitForURL('**/people/*')
      const story = page.locator('section', { has: page.getByRole('heading', { name: '行なったこと' }) })
      expect(await story.textContent())
        .to.include('電話番号')
        .and.include('取り消し')
      await journey.look('person')
      await page.getByText('記録をダウンロード').click()
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: 'CSV' }).first().click(),
      ])
      expect(download.suggestedFilename()).to.match(/\.csv$/)
    })

    it('checks that person alone, and writes what was confirmed', async () => {
      const check = page.locator('section', { has: page.getByRole('heading', { name: 'この人だけ差分を確認' }) })
      await check.getByRole('button').last().click()
      await leave('/fetch')
      await journey.look('one-select')
      expect(await page.locator('tbody tr').count()).to.equal(1)
      await writeAll('同期', 'one')
      await page.goto(`${world.appUrl}/freee/runs`)
      await page.locator('tbody a').first().click()
      await ended()
      expect(await main()).to.match(/成功\s*1件/)
    })

    it('pairs a person with another record, after showing what that would change', async () => {
      const free = (await employees()).find(({ num }) => num === 'P000005')
      // The record belongs to nobody in SmartHR any more.
      await world.control('POST', '/people', {
        service: 'smarthr',
        people: (await crews()).filter(({ emp_code }) => emp_code !== 'P000005'),
      })
      const somebody = (await crews()).find(({ emp_code }) => emp_code === 'P000002')
      const visitor = await world.signedIn()
      await toSelection(visitor, 'employees-to-smarthr')
      await page.goto(`${world.appUrl}/people/${somebody?.id}`)
      await page.getByRole('link', { name: /紐付けを/ }).click()
      await journey.look('pair')
      await page.getByRole('searchbox').fill('P000005')
      await button('検索').click()
      await journey.look('pair-found')
      await page.locator('tbody a').first().click()
      expect(await main()).to.include(String(free?.id))
      await journey.look('pair-confirm')
      await button('この登録と紐付ける').click()

      expect(await main())
        .to.include('紐付けを変更しました')
        .and.include(String(free?.id))
      expect(journey.complaints).to.deep.equal([])
    })
  })
}
