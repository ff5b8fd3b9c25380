import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { chromiumPath } from '../helpers/browser.js'
import { startJourney, type Journey } from '../helpers/journey.js'

/** What has the focus, as a person who sees the page finds it. */
interface Focused {
  /** its words, or its name */
  text: string
  tag: string
  /** drawn around it, and on the screen */
  ring: boolean
  /** it stands behind what had the focus before, as the page is read */
  onward: boolean
}

const FOCUSED = `(() => {
  const on = document.activeElement
  const label = on.getAttribute('aria-label') ?? (on.labels?.[0] ?? on).textContent
  const style = getComputedStyle(on)
  const box = on.getBoundingClientRect()
  const before = window.hadFocus
  window.hadFocus = on
  return {
    text: label.replaceAll(/\\s+/g, ' ').trim(),
    tag: on.localName,
    ring: on === document.body || (style.outlineStyle !== 'none' && box.bottom > 0 && box.top < innerHeight),
    onward: !before?.isConnected || on === document.body || before === on ||
      Boolean(before.compareDocumentPosition(on) & 4),
  }
})()`

const MOST_TABS = 150

describe('An administrator with a keyboard alone', function () {
  this.timeout(240_000)
  let journey: Journey
  let page: Page

  before(async function () {
    if (!chromiumPath && !process.env.CI) return this.skip()
    journey = await startJourney({ name: 'keyboard' })
    ;({ page } = journey)
    const { world } = journey
    for (const service of ['smarthr', 'freee']) await world.control('PUT', '/limits', { service, enabled: false })
    await world.control('POST', '/populate', {
      service: 'smarthr',
      employees: 60,
      overlap: 0.5,
      differing: 0.4,
      seed: 5,
    })
    const visitor = await world.connected()
    const host = new URL(world.appUrl).hostname
    const cookies = [...visitor.cookies].map(([name, value]) => ({ name, value, domain: host, path: '/' }))
    await journey.context.addCookies(cookies)
  })
  after(() => journey?.close())

  const focused = async () => (await page.evaluate(FOCUSED)) as Focused

  /** Presses Tab until something of these words has the focus; what lies between is seen and stands in order. */
  const tabTo = async (text: string | RegExp, tag?: string) => {
    const passed: string[] = []
    await page.evaluate('delete window.hadFocus')
    for (let press = 0; press < MOST_TABS; press++) {
      await page.keyboard.press('Tab')
      const on = await focused()
      expect(on.ring, `${on.tag} ${on.text} is seen`).to.equal(true)
      if (press > 0) expect(on.onward, `${on.text} stands in order`).to.equal(true)
      passed.push(on.text)
      const found = typeof text === 'string' ? on.text === text : text.test(on.text)
      if (found && (tag === undefined || on.tag === tag)) return
    }
    throw new Error(`${String(text)} is not reached: ${passed.join(' | ')}`)
  }
  const press = async (text: string | RegExp, tag?: string) => {
    await tabTo(text, tag)
    await page.keyboard.press('Enter')
  }
  const title = () => page.textContent('h1')

  it('chooses somebody, looks at the changes, goes back and is where it was', async () => {
    await page.goto(`${journey.world.appUrl}/freee`)
    await press('本文に移動')
    await tabTo('同期を開始')
    await press('同期を開始')
    await page.waitForURL(/runs\/new/)
    expect(await title()).to.equal('情報取得基準日')
    await press('次へ')
    await journey.until(() => Promise.resolve(page.url().includes('/select')))

    await tabTo(/./, 'input')
    expect((await focused()).text, 'the first field is the search').to.equal('社員番号・氏名で検索')
    await page.evaluate('document.querySelector("tbody input[name=id]").closest("tr").id = "first"')
    while ((await page.evaluate('document.activeElement.closest("tr")?.id')) !== 'first')
      await page.keyboard.press('Tab')
    await page.keyboard.press('Space')
    await journey.until(async () => ((await page.textContent('[data-count]')) ?? '').includes('1名の従業員'))
    await press('確認')
    await page.waitForURL(/confirm/)
    expect((await focused()).tag, 'the dialog opens at its title').to.equal('h2')
    await page.keyboard.press('Escape')
    await page.waitForURL(/select/)
    expect((await focused()).text).to.equal('確認')
  })

  it('syncs, and reads the report', async () => {
    await page.keyboard.press('Enter')
    await page.waitForURL(/confirm/)
    const inside = new Set<string>()
    for (let count = 0; count < 40; count++) {
      await page.keyboard.press('Tab')
      inside.add(String(await page.evaluate('document.activeElement.closest("dialog") !== null')))
      if ((await focused()).tag === 'body') inside.delete('false')
    }
    expect([...inside], 'the focus stays in the dialog').to.deep.equal(['true'])
    await press('同期', 'button')
    await page.waitForURL(/freee$/)
    expect(await page.evaluate('document.activeElement.classList.contains("bar-success")'), 'what happened').to.equal(
      true,
    )
    await page.goto(`${journey.world.appUrl}/freee/runs`)
    await press(/^SmartHRからfreee人事労務へ|^freee人事労務からSmartHRへ/, 'a')
    await page.waitForURL(/runs\/[\w-]+$/)
    await journey.until(async () => (await page.locator('#progress-title').count()) === 0)
    await tabTo(/^すべて開く|^一覧をダウンロード/)
  })

  it('comes to everything on the other pages, seen and in order', async () => {
    const { appUrl } = journey.world
    for (const [path, last] of [
      ['/freee/schedule', /^定期チェックを始める/],
      ['/freee/settings/scopes/new', '保存'],
      ['/freee/settings/fields', '保存'],
      ['/freee/changes', '表示'],
      ['/people', '検索'],
      ['/audit', /^CSVをダウンロード/],
    ] as const) {
      const answer = await page.goto(`${appUrl}${path}`)
      expect(answer?.status(), path).to.equal(200)
      await tabTo(last)
    }
    await page.goto(`${appUrl}/people`)
    await tabTo(/./, 'input')
    await page.keyboard.type('P')
    await page.keyboard.press('Enter')
    await page.waitForURL(/q=P/)
    expect(await page.evaluate('document.activeElement.classList.contains("found")')).to.equal(true)
    await press(/./, 'a')
    expect(await title()).to.equal('従業員の記録')
  })

  it('was never told off by the browser', () => {
    expect(journey.complaints).to.deep.equal([])
  })
})
