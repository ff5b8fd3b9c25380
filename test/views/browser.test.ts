import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { violationsOf } from '../helpers/accessibility.js'
import { chromiumPath } from '../helpers/browser.js'
import { openGallery, type GalleryTab } from './looking.js'
import { RUN_ID } from './samples.js'

describe('The pages in a browser', function () {
  this.timeout(900_000)
  let tab: GalleryTab
  let page: Page
  /** what the gallery answers when a page asks how far a run is */
  let progress: { status: number; body: unknown }
  let asked = 0

  before(async function () {
    if (!chromiumPath && !process.env.CI) return this.skip()
    tab = await openGallery(() => {
      asked += 1
      return progress
    })
    page = tab.page
  })
  beforeEach(() => {
    progress = {
      status: 200,
      body: { state: 'fetching', phase: 'fetching', ended: false, done: 3120, total: 10_234, text: '' },
    }
    asked = 0
  })
  after(() => tab?.close())

  const open = async (name: string, width = 1280) => {
    await page.setViewportSize({ width, height: 900 })
    await page.goto(`${tab.url}/${name}`)
  }

  /** Waits for something that a page does by itself. */
  const eventually = async (holds: () => Promise<boolean>, what: string) => {
    for (const deadline = Date.now() + 15_000; !(await holds());) {
      if (Date.now() > deadline) throw new Error(`${what} did not happen`)
      await page.waitForTimeout(50)
    }
  }

  it('are accessible with everything unfolded', async () => {
    // A page that waits for a run stays as it is while the server is in trouble.
    progress = { status: 503, body: {} }
    const found: string[] = []
    for (const name of ['dashboard', 'select', 'select-odd', 'report', 'report-queued']) {
      await open(name)
      await page.evaluate('for (const details of document.querySelectorAll("details")) details.open = true')
      for (const violation of await violationsOf(page)) found.push(`${name}: ${violation}`)
    }
    expect(found).to.deep.equal([])
  })

  it('show where the focus is on everything that can be reached by Tab', async () => {
    for (const name of ['home', 'dashboard', 'select-error', 'settings-errors', 'confirm', 'disconnect']) {
      await open(name)
      for (let press = 0; press < 25; press++) {
        await page.keyboard.press('Tab')
        const ring = await page.evaluate(
          '(() => { const on = document.activeElement; const style = getComputedStyle(on); return on === document.body || style.outlineStyle !== "none" ? null : on.outerHTML })()',
        )
        expect(ring, name).to.equal(null)
      }
    }
  })

  it('open a dialog at what has to be put right, and say beside the button that something has', async () => {
    for (const [width, height] of [
      [1280, 800],
      [375, 812],
    ] as const) {
      await page.setViewportSize({ width, height })
      await page.goto(`${tab.url}/confirm-guarded-error`)
      expect(await page.evaluate('document.activeElement.id'), String(width)).to.equal('guard_count')
      const box = await page.locator('#guard_count').boundingBox()
      expect(box && box.y >= 0 && box.y + box.height <= height, String(width)).to.equal(true)
      expect(await page.locator('.foot .buttons .err').isVisible(), String(width)).to.equal(true)
    }
  })

  it('open a question that can undo nothing at キャンセル, and at the box that was not ticked, with a word beside the button', async () => {
    for (const name of ['disconnect', 'take-back']) {
      await open(name)
      expect(await page.evaluate('document.activeElement.textContent'), name).to.equal('キャンセル')
      await open(`${name}-error`)
      expect(await page.evaluate('document.activeElement.id'), name).to.equal('sure')
      expect(await page.locator('.foot .buttons .err').isVisible(), name).to.equal(true)
    }
  })

  it('hide nothing that has the focus under the buttons at the bottom', async () => {
    await open('select')
    const hidden: string[] = []
    for (let press = 0; press < 60; press++) {
      await page.keyboard.press('Tab')
      const under = await page.evaluate(
        // The table's own frame is taller than the screen.
        `(() => { const on = document.activeElement; const float = document.querySelector('.float')
          if (on === document.body || float.contains(on) || on.matches('.reel')) return null
          return on.getBoundingClientRect().bottom > float.getBoundingClientRect().top + 1 ? on.outerHTML : null })()`,
      )
      if (typeof under === 'string') hidden.push(under)
    }
    expect(hidden).to.deep.equal([])
  })

  it('keep the buttons that choose many in sight on a phone', async () => {
    await open('select', 375)
    for (const op of ['select-page', 'select-all', 'clear']) {
      const box = await page.locator(`button[value=${op}]`).boundingBox()
      expect(box && box.x >= 0 && box.x + box.width <= 375, op).to.equal(true)
    }
  })

  it('give every column of a table the room it needs, and never break a date or an address', async () => {
    const narrow: string[] = []
    for (const width of [375, 1280]) {
      for (const [name, selector, least] of [
        ['select-odd', 'td.who', 140],
        ['select-odd', 'td.where', 170],
        ['report', 'td.what', 230],
        ['dashboard-mail', 'td.title', 170],
      ] as const) {
        await open(name, width)
        const box = await page.locator(selector).first().boundingBox()
        if (!box || box.width < least) narrow.push(`${name} ${selector} at ${width}: ${box?.width}`)
      }
      await open('dashboard-mail', width)
      const broken = await page.evaluate(
        `[...document.querySelectorAll('td.when, td.by')].flatMap(cell => {
          const range = document.createRange()
          return [...cell.childNodes].filter(node => node.nodeType === 3 && node.data.trim()).flatMap(node => {
            range.selectNodeContents(node)
            const parts = [...range.getClientRects()]
            // What is longer than the screen has to break somewhere.
            const fits = parts.reduce((sum, { width }) => sum + width, 0) < innerWidth - 60
            return parts.length > 1 && fits ? [node.data] : []
          })
        })`,
      )
      expect(broken, `at ${width}`).to.deep.equal([])
    }
    expect(narrow).to.deep.equal([])
  })

  it('say in the visible part of a table that it is empty', async () => {
    for (const width of [320, 375, 1280]) {
      await open('select-no-match', width)
      const box = await page.locator('.reel .empty').boundingBox()
      expect(box && box.x >= 0 && box.x + box.width <= width, String(width)).to.equal(true)
    }
  })

  it('ask how many it is about beside the button, wherever the people are moved to', async () => {
    for (const [width, height] of [
      [1280, 800],
      [375, 812],
    ] as const) {
      await page.setViewportSize({ width, height })
      await page.goto(`${tab.url}/confirm-guarded`)
      for (const top of [0, 100_000]) {
        await page.evaluate(`document.querySelector('dialog .body').scrollTop = ${top}`)
        for (const place of ['#guard_count', '.foot button[type=submit]']) {
          const box = await page.locator(place).boundingBox()
          expect(box && box.y >= 0 && box.y + box.height <= height, `${place} at ${width}`).to.equal(true)
        }
      }
      const body = await page.locator('dialog .body').boundingBox()
      expect(body?.height, `the people at ${width}`).to.be.greaterThan(300)
    }
  })

  it('press the main button of a dialog by Enter in its field, and none that shows other people', async () => {
    await open('confirm-guarded')
    await page.evaluate(`document.querySelector('dialog form').addEventListener('submit', event => {
      event.preventDefault()
      window.pressed = [event.submitter.textContent.trim(), event.submitter.name]
    })`)
    await page.locator('#guard_count').press('Enter')

    expect(await page.evaluate('window.pressed')).to.deep.equal(['同期', ''])
    expect(await page.getByRole('button', { name: '同期', exact: true }).count(), 'it is read once').to.equal(1)
  })

  it('show on a phone what changes without moving anything sideways', async () => {
    const off: string[] = []
    for (const [name, cells] of [
      ['select', 'tbody .diff li'],
      ['changes', 'tbody td'],
      ['columns', 'tbody select'],
      ['report', '#people ~ .list tbody .what'],
    ] as const) {
      await open(name, 375)
      const boxes = await Promise.all((await page.locator(cells).all()).map(cell => cell.boundingBox()))
      expect(boxes, name).to.not.have.length(0)
      if (boxes.some(box => box && (box.x < 0 || box.x + box.width > 375))) off.push(name)
      if (
        await page.evaluate('[...document.querySelectorAll(".reel")].some(reel => reel.scrollWidth > reel.clientWidth)')
      )
        off.push(`${name} moves`)
    }
    expect(off).to.deep.equal([])
  })

  it('keep the head of the list in sight wherever it is a table', async () => {
    for (const width of [752, 900, 1280]) {
      await open('select', width)
      await page.locator('tbody tr').nth(30).scrollIntoViewIfNeeded()
      expect((await page.locator('thead th').first().boundingBox())?.y, String(width)).to.equal(0)
      const wider = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'
      expect(await page.evaluate(wider), String(width)).to.equal(0)
    }
  })

  it('cast a shadow where a table goes on', async () => {
    const shadows = () =>
      page.evaluate(
        '["::before", "::after"].map(edge => getComputedStyle(document.querySelector(".reel"), edge).opacity)',
      )
    await open('runs', 760)
    expect(await shadows()).to.deep.equal(['0', '1'])
    await page.evaluate('document.querySelector(".reel").scrollLeft = 10_000')
    await eventually(async () => String(await shadows()) === '1,0', 'the shadow on the other side')
    await open('select')
    expect(await shadows()).to.deep.equal(['0', '0'])
  })

  it('keep the boxes of people apart from the head of the table', async () => {
    await open('select')
    const grounds = await page.evaluate(
      '["thead", "tbody"].map(part => getComputedStyle(document.querySelector(part + " td.tick")).backgroundColor)',
    )
    expect(grounds).to.deep.equal(['rgb(237, 235, 232)', 'rgba(0, 0, 0, 0)'])
  })

  it('open and close the changes of everybody by one button, and on paper', async () => {
    await open('select')
    const shown = async () => {
      const folds = await page.locator('[data-fold]').count()
      return [folds - (await page.locator('[data-fold][open]').count()), await page.textContent('[data-unfold] button')]
    }
    const all = await page.locator('[data-fold]').count()
    expect(await shown()).to.deep.equal([all, 'すべて開く'])
    await page.click('[data-unfold] button')
    await eventually(async () => String(await shown()) === '0,すべて閉じる', 'all of them open')
    await page.click('[data-unfold] button')
    await eventually(async () => String(await shown()) === `${all},すべて開く`, 'all of them closed')
    await page.evaluate('dispatchEvent(new Event("beforeprint"))')
    await eventually(async () => String(await shown()) === '0,すべて閉じる', 'all of them open on paper')
  })

  it('count ticks at once, those on other pages included', async () => {
    await open('select')
    await page.locator('[data-all]').check()
    await eventually(
      async () => (await page.textContent('[data-count]')) === '50名の従業員が選択されています。',
      'the count of the whole page',
    )
    await page.locator('input[name=id]').first().uncheck()
    await eventually(
      async () => (await page.textContent('[data-count]')) === '49名の従業員が選択されています。',
      'the count without one',
    )
    await open('select-middle')
    await page.locator('input[name=id]').first().uncheck()
    await eventually(
      async () => (await page.textContent('[data-count]')) === '10,233名の従業員が選択されています。',
      'the count of all pages',
    )
  })

  it('say to who only listens which value was before and which is after', async () => {
    await open('select')
    expect(await page.locator('tbody tr').first().ariaSnapshot())
      .to.include('変更前：鈴木')
      .and.include('変更後：佐藤')
  })

  it('leave the confirmation by Esc, as キャンセル does', async () => {
    await open('confirm')
    expect(await page.evaluate('document.activeElement.id')).to.equal('dialog-title')
    await page.keyboard.press('Escape')
    await page.waitForURL(`**/runs/${RUN_ID}/select#go`)
  })

  it('close a menu by Esc and go back to where it was opened', async () => {
    await open('dashboard')
    await page.locator('details.menu summary').click()
    await page.keyboard.press('Escape')
    expect(await page.locator('details.menu').getAttribute('open')).to.equal(null)
    expect(await page.evaluate('document.activeElement.localName')).to.equal('summary')
  })

  it('hide the menu of a service behind a button on a phone, which keys and no script open', async () => {
    const menu = page.getByRole('navigation', { name: '連携メニュー' })
    const shown = async () => (await menu.getByRole('link').all()).length
    await open('dashboard')
    const all = await shown()
    expect(all).to.be.greaterThan(5)
    expect(await menu.getByText('メニュー', { exact: true }).isVisible()).to.equal(false)

    const still = await tab.browser.newPage({ javaScriptEnabled: false, viewport: { width: 375, height: 812 } })
    for (const [on, goto] of [
      [page, () => open('dashboard', 375)],
      [still, () => still.goto(`${tab.url}/dashboard`)],
    ] as const) {
      await goto()
      const there = on.getByRole('navigation', { name: '連携メニュー' })
      expect(await there.getByRole('link').all()).to.have.length(0)
      await there.getByText('メニュー', { exact: true }).focus()
      await on.keyboard.press('Enter')
      expect(await there.getByRole('link').all()).to.have.length(all)
      for (const link of await there.getByRole('link').all()) {
        const box = await link.boundingBox()
        expect(box && box.x >= 0 && box.x + box.width <= 375 && box.height >= 44).to.equal(true)
      }
    }
    await still.close()

    await page.keyboard.press('Tab')
    await page.keyboard.press('Escape')
    expect(await shown()).to.equal(0)
    expect(await page.evaluate('document.activeElement.localName')).to.equal('summary')
  })

  it('show on a phone who was changed in what, whole and within the screen', async () => {
    await open('changes', 375)
    const cells = ['鈴木', '佐藤', '0012'].map(text => page.locator('tbody').getByText(text).first())
    const sides = ['変更前', '変更後'].map(label => page.locator(`tbody [data-label="${label}"]`).first())
    for (const cell of [...cells, ...sides]) {
      const box = await cell.boundingBox()
      expect(box && box.x >= 0 && box.x + box.width <= 375, await cell.innerText()).to.equal(true)
    }
    expect(await page.evaluate('document.querySelector(".reel").scrollWidth <= innerWidth')).to.equal(true)
  })

  it('have the buttons of all services in one line', async () => {
    for (const width of [1280, 375]) {
      await open('home', width)
      const places = await page.evaluate(
        '[...document.querySelectorAll(".store .btn")].map(button => Math.round(button.getBoundingClientRect().right))',
      )
      expect([...new Set(places as number[])], String(width)).to.have.length(1)
    }
  })

  it('move the progress without reloading, and stay while the server is in trouble', async () => {
    progress = { status: 500, body: { error: '予期しないエラーが発生しました。' } }
    await open('fetch')
    await page.evaluate('window.stayed = true')
    await eventually(() => Promise.resolve(asked >= 1), 'the first question')
    progress = {
      status: 200,
      body: {
        state: 'fetching',
        phase: 'fetching',
        ended: false,
        done: 8000,
        total: 10_234,
        text: '10,234名のうち8,000名',
      },
    }
    await eventually(async () => (await page.textContent('[data-text]')) === '10,234名のうち8,000名', 'the new figure')
    expect(await page.locator('progress').getAttribute('value')).to.equal('8000')
    expect(await page.evaluate('window.stayed')).to.equal(true)
  })

  it('show the next page once the state has changed', async () => {
    await open('fetch')
    const again = page.waitForEvent('load', { timeout: 15_000 })
    progress = { status: 200, body: { state: 'ready', phase: 'ready', ended: false, done: 1, total: 1, text: '' } }
    await again
    expect(asked).to.equal(1)
  })

  it('stop asking when told to', async () => {
    // The page of the test before would ask, too.
    await page.goto('about:blank')
    asked = 0
    const calm = await tab.browser.newPage({ locale: 'ja-JP' })
    await calm.clock.install({ time: 0 })
    await calm.clock.pauseAt(1_000)
    await calm.goto(`${tab.url}/fetch`)
    await calm.clock.runFor(2_500)
    await eventually(() => Promise.resolve(asked === 1), 'the first question')
    await calm.getByRole('button', { name: '自動での再読み込みを停止' }).click()
    await calm.clock.runFor(60_000)
    expect(await calm.textContent('h1')).to.equal('従業員情報の取得')
    expect(asked).to.equal(1)
    await calm.close()
  })

  it('were never told off by the browser', () => {
    expect(tab.complaints).to.deep.equal([])
  })
})
