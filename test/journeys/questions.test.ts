import { expect } from 'chai'
import type { Locator, Page } from 'playwright-core'
import { chromiumPath } from '../helpers/browser.js'
import { startJourney, type Journey } from '../helpers/journey.js'

const CONTACT = 'support@renkei.example'

/** What is asked by who has only the dashboard in front of them, and by how many clicks it is answered. */
describe('An administrator who has been told nothing', function () {
  this.timeout(240_000)
  let journey: Journey
  let page: Page
  let clicks = 0

  before(async function () {
    if (!chromiumPath && !process.env.CI) return this.skip()
    journey = await startJourney({ name: 'questions', world: { environment: { SUPPORT_MAIL: CONTACT } } })
    ;({ page } = journey)
    const { world } = journey
    for (const service of ['smarthr', 'freee']) await world.control('PUT', '/limits', { service, enabled: false })
    const visitor = await world.connected()
    const host = new URL(world.appUrl).hostname
    const cookies = [...visitor.cookies].map(([name, value]) => ({ name, value, domain: host, path: '/' }))
    await journey.context.addCookies(cookies)
  })
  after(() => journey?.close())

  const click = async (what: Locator) => {
    await what.click()
    clicks += 1
    await page.waitForLoadState()
  }
  const main = async () => ((await page.textContent('main')) ?? '').replaceAll(/\s+/g, ' ')
  const toDashboard = async () => {
    clicks = 0
    await page.goto(`${journey.world.appUrl}/freee`)
  }
  const toSelection = async () => {
    await toDashboard()
    const panel = page.locator('section.card', { hasText: 'SmartHRからfreee人事労務へ' })
    await click(panel.getByRole('link', { name: '同期を開始' }))
    await click(journey.button('次へ'))
    await journey.until(() => Promise.resolve(page.url().includes('/select')))
  }

  it('sees by four clicks why somebody can not be synced, and where to mend it', async () => {
    await toSelection()
    await click(page.locator('.cautions summary'))
    await click(page.getByRole('button', { name: /^失敗する.+だけを表示/ }))
    await page.waitForURL(/doomed=/)

    const rows = await page.locator('tbody tr .what').allInnerTexts()
    expect(rows).to.not.have.length(0)
    for (const row of rows)
      expect(row)
        .to.match(/ください。/)
        .and.include('SmartHRの従業員情報を開く')
    expect(clicks).to.equal(4)
  })

  it('sees by four clicks whose address changes, and from what to what', async () => {
    const people = { service: 'smarthr', employees: 120, overlap: 0.5, differing: 1, seed: 9 }
    await journey.world.control('POST', '/populate', people)
    await toSelection()
    await click(page.locator('summary', { hasText: '変更する項目' }))
    const button = page.locator('.dd-panel').getByRole('button', { name: /^現住所（市区町村/ })
    const many = /([\d,]+)名/.exec((await button.textContent()) ?? '')?.[1] ?? ''
    await click(button)
    await page.waitForURL(/field=/)

    expect(Number(many)).to.be.greaterThan(1)
    expect(await page.locator('#found').textContent()).to.include(`${many}名`)
    const rows = await page.locator('tbody tr .what').allInnerTexts()
    expect(rows).to.have.length(Number(many))
    for (const row of rows) expect(row).to.match(/現住所（市区町村[^）]*）：.+→.+/)
    expect(clicks).to.equal(4)
  })

  it('takes a wrong tick back by one click before the sync', async () => {
    await toSelection()
    const box = page.locator('tbody input[name=id]').first()
    await box.check()
    await journey.until(async () => ((await page.textContent('[data-count]')) ?? '').startsWith('1名'))
    clicks = 0
    await click(box)
    await journey.until(async () => ((await page.textContent('[data-count]')) ?? '').includes('選択されていません'))
    expect(clicks).to.equal(1)
  })

  it('takes it back by five clicks after the sync, and sees what goes back', async () => {
    await page.getByRole('row', { name: '差分あり' }).first().locator('input[name=id]').check()
    await page.locator('#go').click()
    await page.waitForURL(/confirm/)
    await page.locator('dialog').getByRole('button', { name: '同期', exact: true }).click()
    await page.waitForURL(/freee$/)
    await journey.until(async () => {
      await page.reload()
      return (await main()).includes('従業員情報同期終了')
    })

    await toDashboard()
    await click(page.getByRole('link', { name: /^従業員情報同期終了/ }).first())
    const undo = journey.button('この同期を取り消す')
    const top = (await undo.boundingBox())?.y ?? NaN
    expect(top, 'it stands above the list of people').to.be.lessThan(
      (await page.locator('#people').boundingBox())?.y ?? 0,
    )
    await click(undo)
    await journey.until(() => Promise.resolve(page.url().includes('/select')))
    expect(await page.locator('tbody tr .what').first().innerText()).to.include('→')
    await click(page.getByRole('button', { name: /^このページの従業員1名/ }))
    await click(journey.button('確認'))
    await page.waitForURL(/confirm/)
    await click(page.locator('dialog').getByRole('button', { name: '元に戻す' }))
    await page.waitForURL(/freee$/)
    await journey.until(async () => {
      const { rows } = await journey.world.container.ownerPool.query<{ state: string }>(
        'select state from runs where undo_of is not null',
      )
      return rows[0]?.state === 'succeeded'
    })
    expect(clicks).to.equal(5)
  })

  it('finds whom to call at the foot of every page, without a click', async () => {
    for (const path of ['/freee', '/freee/runs', '/freee/schedule', '/freee/changes', '/people', '/help']) {
      await page.goto(`${journey.world.appUrl}${path}`)
      expect(await page.locator('footer').getByRole('link', { name: CONTACT }).isVisible(), path).to.equal(true)
    }
  })
})
