import { expect } from 'chai'
import { chromiumPath } from '../helpers/browser.js'
import { startJourney, type Journey } from '../helpers/journey.js'

const LONG_NAME = '株式会社みどり商会ホールディングスグループ東日本統括本部第二事業所'

/** What has the focus: its id, or its words. */
const FOCUS = 'document.activeElement.id || document.activeElement.textContent.trim()'

for (const javaScriptEnabled of [true, false]) {
  describe(`The selection page, with${javaScriptEnabled ? '' : 'out'} JavaScript`, function () {
    this.timeout(240_000)
    let journey: Journey

    before(async function () {
      if (!chromiumPath && !process.env.CI) return this.skip()
      journey = await startJourney({ name: 'select', javaScriptEnabled })
      const { world, page } = journey
      for (const service of ['smarthr', 'freee']) await world.control('PUT', '/limits', { service, enabled: false })
      const visitor = await world.connected()
      const people = { service: 'smarthr', employees: 3_000, overlap: 0.5, differing: 0.2, seed: 5 }
      await world.control('POST', '/populate', javaScriptEnabled ? people : { ...people, employees: 130 })
      const host = new URL(world.appUrl).hostname
      const cookies = [...visitor.cookies].map(([name, value]) => ({ name, value, domain: host, path: '/' }))
      await journey.context.addCookies(cookies)
      await page.goto(`${world.appUrl}/freee/runs/new?flow=employees-from-smarthr`)
      await journey.button('次へ').click()
      await journey.until(() => Promise.resolve(page.url().includes('/select')))
      const { ownerPool } = world.container
      await ownerPool.query('update tenants set name = $1', [LONG_NAME])
      // Two people of whom the plan knows that they will fail, and one whose number looks like another one's.
      await ownerPool.query(`update runs set tallies = tallies || '{"doomed": 2, "ownTicks": 1}'`)
    })
    after(() => journey?.close())

    const open = () => journey.page.goto(new URL(journey.page.url()).origin + new URL(journey.page.url()).pathname)
    const count = () => journey.page.locator('[data-count]').textContent()

    it('has the first person on the first screen, of a telephone and of a small notebook', async () => {
      const { page } = journey
      for (const [width, height] of [
        [375, 812],
        [1280, 800],
      ] as const) {
        await page.setViewportSize({ width, height })
        await open()
        expect(await page.textContent('body'))
          .to.include(LONG_NAME)
          .and.include('このままでは失敗する従業員 2名')
        const person = await page.locator('tbody tr').first().boundingBox()
        const bar = await page.locator('.float').boundingBox()
        expect((person?.y ?? NaN) + (person?.height ?? NaN), `${width} px`).to.be.at.most(bar?.y ?? NaN)
        expect(bar?.y, 'the bar stays in sight').to.be.lessThan(height)
      }
      await page.setViewportSize({ width: 1280, height: 900 })
    })

    it('says what to look at behind a fold that names it', async () => {
      const { page } = journey
      await open()
      expect(await page.getByText('失敗する2名だけを表示').isVisible()).to.equal(false)
      await page.locator('.cautions summary').click()
      expect(await page.getByText('失敗する2名だけを表示').isVisible()).to.equal(true)
    })

    it('goes to what was found after a search and after a filter, and says how many that are', async () => {
      const { page } = journey
      await open()
      await page.fill('#q', 'P00000')
      await journey.button('検索').click()
      await page.waitForURL(/q=P00000/)
      expect(await page.evaluate(FOCUS)).to.equal('found')
      expect(await page.locator('#found [role=status]').textContent()).to.match(/\d名$/)

      await page.locator('summary', { hasText: '絞り込み' }).click()
      await page.selectOption('#f-department', { index: 1 })
      await journey.button('適用').click()
      await page.waitForURL(/department=/)
      expect(await page.evaluate(FOCUS)).to.equal('found')
      await journey.button('条件をクリア').last().click()
      await page.waitForURL(url => !url.search.includes('department'))
      expect(await page.evaluate(FOCUS)).to.equal('found')
    })

    it('goes back to the button that opened the dialog, in the list as it was', async () => {
      const { page } = journey
      await open()
      await journey.button('次へ').first().click()
      await page.waitForURL(/at=/)
      const list = await page.locator('tbody .key').allTextContents()
      await page.locator('tbody input[name=id]').first().check()
      await page.locator('#go').click()
      await page.waitForURL(/confirm/)
      await page.getByText('キャンセル').last().click()
      await page.waitForURL(/select/)
      expect(await page.evaluate(FOCUS)).to.equal('go')
      expect(await page.locator('tbody .key').allTextContents()).to.deep.equal(list)
      expect(await count()).to.include('1名の従業員が選択されています。')
      await journey.button('選択解除').click()
      await page.waitForLoadState()
    })

    it('keeps the head of its table in sight', async () => {
      const { page } = journey
      await open()
      await page.locator('tbody tr').nth(30).scrollIntoViewIfNeeded()
      const head = await page.locator('thead th').first().boundingBox()
      expect(head?.y).to.equal(0)
    })

    it('is accessible with all its folds open', async () => {
      await open()
      await journey.look('list')
      if (javaScriptEnabled) {
        await journey.page.evaluate('for (const one of document.querySelectorAll("details")) one.open = true')
        await journey.look('unfolded')
      }
    })

    if (!javaScriptEnabled) return
    it('ticks all between two clicks, the second with Shift, says how many, and stores them', async () => {
      const { page } = journey
      await open()
      const boxes = page.locator('tbody input[name=id]')
      await boxes.nth(2).click()
      await boxes.nth(9).click({ modifiers: ['Shift'] })
      await journey.until(async () => ((await count()) ?? '').includes('8名の従業員が選択されています。'))
      expect(await count()).to.include('8名をまとめて選択しました。')
      await journey.until(async () => {
        const { rows } = await journey.world.container.ownerPool.query<{ n: number }>(
          'select count(*)::int as n from run_items where selected',
        )
        return rows[0]?.n === 8
      })
      await boxes.nth(5).click()
      await boxes.nth(2).click({ modifiers: ['Shift'] })
      await journey.until(async () => ((await count()) ?? '').includes('4名の従業員が選択されています。'))
      expect(await count()).to.include('4名をまとめて選択解除しました。')
      expect(journey.complaints).to.deep.equal([])
    })
  })
}
