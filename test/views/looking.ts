import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import type { Browser, Page } from 'playwright-core'
import { violationsOf } from '../helpers/accessibility.js'
import { chromiumPath, complaintsOf, offScreen, picture, startBrowser, widerBy } from '../helpers/browser.js'
import { createGallery, gallery } from './gallery.js'
import type { Picture } from './pictures.js'

const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** The gallery behind HTTP, with one tab of a browser in front of it. */
export interface GalleryTab {
  browser: Browser
  page: Page
  url: string
  complaints: string[]
  close(): Promise<void>
}

/** Serves the gallery; `progress` answers pages that ask how far a run is. */
export async function openGallery(progress: () => { status: number; body: unknown }): Promise<GalleryTab> {
  const app = createGallery()
  app.get('/runs/:id/progress', (_req, res) => {
    const { status, body } = progress()
    res.status(status).json(body)
  })
  app.get('/runs/:id/select', (_req, res) => void res.type('html').send('<title>back</title>'))
  const server: Server = createServer(app).listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  const browser = await startBrowser()
  const context = await browser.newContext({
    locale: 'ja-JP',
    reducedMotion: 'reduce',
    viewport: { width: 1280, height: 900 },
  })
  const page = await context.newPage()
  return {
    browser,
    page,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    complaints: complaintsOf(page, /status of [45]\d\d/),
    async close() {
      await browser.close()
      server.close()
    },
  }
}

const inGallery = (wanted: (picture: Picture) => boolean) =>
  Object.fromEntries(Object.entries(gallery).filter(([, picture]) => wanted(picture)))

const OF_RUNS = /^pages\/(wizard\/|report|runs)/

/** The gallery in two halves, since looking at all of it takes long. */
export const pagesOfRuns = inGallery(({ view }) => OF_RUNS.test(view))
export const otherPages = inGallery(({ view }) => !OF_RUNS.test(view))

/** Every picture is looked at on a phone and in forced colours, too: takes as long again. */
const ALL = process.env.LOOK_AT === 'all'

/** A window that is higher can't be drawn. */
const MOST_PIXELS = 16_000

/** The first picture of each page stands for the others there. */
const first = new Set(
  Object.keys(gallery).filter(
    (name, nth, all) => nth === all.findIndex(other => gallery[other]?.view === gallery[name]?.view),
  ),
)

/** Looks at each picture once, on a desk and on a phone. */
export function lookAt(title: string, pictures: Readonly<Record<string, Picture>>) {
  describe(title, function () {
    this.timeout(900_000)
    let tab: GalleryTab
    before(async function () {
      if (!chromiumPath && !process.env.CI) return this.skip()
      // Pages that wait for a run stay as they are while the server is in trouble.
      tab = await openGallery(() => ({ status: 503, body: {} }))
    })
    after(() => tab?.close())

    for (const name of Object.keys(pictures)) {
      it(`${name}: accessible by axe; nothing is off screen on a desk and on a phone`, async () => {
        const { page, url } = tab
        await page.setViewportSize({ width: 1280, height: 900 })
        await page.goto(`${url}/${name}`)
        expect(await violationsOf(page, { tags: WCAG })).to.deep.equal([])
        expect(await offScreen(page), 'on a desk').to.deep.equal([])
        if (ALL || first.has(name)) {
          await page.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' })
          expect(await violationsOf(page, { tags: WCAG }), 'in forced colours').to.deep.equal([])
          // As high as the page: what the bar at the bottom covers can be moved from under it, which axe doesn't know.
          const height = Number(await page.evaluate('document.documentElement.scrollHeight'))
          await page.setViewportSize({ width: 375, height: Math.min(4 * height, MOST_PIXELS) })
          await page.emulateMedia({ forcedColors: 'none', reducedMotion: 'reduce' })
          expect(await violationsOf(page, { tags: WCAG }), 'on a phone').to.deep.equal([])
        }
        for (const width of [1280, 375]) await picture(page, `gallery/${name}`, width)
        for (const width of [375, 320]) {
          await page.setViewportSize({ width, height: 800 })
          expect(await offScreen(page), `${String(width)} pixels`).to.deep.equal([])
          expect(await widerBy(page), `${String(width)} pixels`).to.be.at.most(0)
        }
      })
    }

    it('were never told off by the browser', () => {
      expect(tab.complaints).to.deep.equal([])
    })
  })
}
