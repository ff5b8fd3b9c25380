import { expect } from 'chai'
import request from 'supertest'
import { createApp } from '../../server/app.js'
import { movedReason, stuckReason } from '../../server/apply/outcomes.js'
import { useWorld } from '../helpers/world.js'
import { withoutBreaks } from '../helpers/visitor.js'
import { createGallery, gallery } from '../views/gallery.js'
import { words } from '../views/markup.js'

const SET = { SUPPORT_URL: 'https://help.example/renkei', SUPPORT_MAIL: 'help@renkei.example' }

describe('The help', () => {
  const world = useWorld({ environment: SET })
  const ask = (path: string) => request(createApp(world.container)).get(path)
  const read = async (path: string) => withoutBreaks((await ask(path).expect(200)).text)
  const linksIn = (html: string) => [...html.matchAll(/href="(\/help\/[^"#?]+)"/g)].map(([, href = '']) => href)

  /** The mark beside the heading of a page. */
  const markOf = (html: string) => /<a\s+class="help-mark"\s+href="([^"]+)"/.exec(html)?.[1]

  it('is read by everybody, page by page, and every page of it leads on', async () => {
    const seen = new Set<string>()
    const left = ['/help']
    for (let path = left.pop(); path !== undefined; path = left.pop()) {
      if (seen.has(path)) continue
      seen.add(path)
      const html = await read(path)
      expect(words(html), path)
        .to.include('お問い合わせ')
        .and.not.match(/undefined|\bnull\b/)
      left.push(...linksIn(html))
    }

    const { connectors } = world.container
    expect(connectors.length).to.be.greaterThan(5)
    for (const { id } of connectors)
      for (const topic of ['connection', 'dashboard', 'select', 'confirm', 'report', 'runs'])
        expect([...seen]).to.include(`/help/${id}/${topic}`)
  })

  it('is a link beside the heading of every page of a service, to the help of just that page', async () => {
    const pictures = createGallery()
    const marks = new Map<string, string | undefined>()
    for (const [name, { view, locals }] of Object.entries(gallery)) {
      if (!locals.connector || view === 'pages/help') continue
      marks.set(name, markOf((await request(pictures).get(`/${name}`)).text))
    }
    const without = [...marks].filter(([, mark]) => mark === undefined).map(([name]) => name)

    expect(without).to.deep.equal([])
    expect(marks.get('select')).to.equal('/help/freee/select')
    // The pictures show some pages with a service that has none of that kind.
    for (const topic of new Set([...marks.values()].map(mark => mark?.split('/').at(-1) ?? ''))) {
      const answers = await Promise.all(world.container.connectors.map(({ id }) => ask(`/help/${id}/${topic}`)))
      expect(
        answers.map(({ status }) => status),
        topic,
      ).to.include(200)
    }
  })

  it('says what becomes of each reason: what happened, and beside it what to do', async () => {
    const html = await read('/help/freee/report')
    const rows = [...html.matchAll(/<tr>\s*<td[^>]*>([^<]*)<\/td>\s*<td[^>]*>([^<]*)<\/td>\s*<\/tr>/g)].map(row =>
      row.slice(1),
    )

    for (const reason of [movedReason('freee人事労務'), stuckReason('SmartHR')]) {
      const row = rows.find(([cause = '']) => reason.startsWith(cause) && cause.length > 10)
      expect(row?.join(''), reason).to.equal(reason)
      expect(row?.[1]).to.match(/ください。$/)
    }
    expect(rows.filter(([, remedy]) => remedy === '')).to.deep.equal([])
    // Each service has its own.
    expect(words(await read('/help/pca/report'))).to.include('PCAの同時接続数の上限')
    expect(words(html)).not.to.include('PCA')
  })

  it('says what the service calls it, and leads to the manual on it', async () => {
    const html = await read('/help/freee/select')

    expect(words(html)).to.include('社員番号 従業員番号')
    expect(html).to.include('href="https://support.smarthr.jp/ja/help/articles/360026104194/"')
  })

  it('says whom to ask, where the operator has set it', async () => {
    const html = await read('/help/freee/report')

    expect(html).to.include('href="https://help.example/renkei"').and.include('href="mailto:help@renkei.example"')
  })

  it('is not there for a service, or a page of it, that is not there', async () => {
    for (const path of [
      '/help/nobody',
      '/help/freee/area',
      '/help/freee/nothing',
      '/help/mikiwame/settings',
      '/help/a/b',
    ])
      await ask(path).expect(404)
  })

  it('leads an administrator on a page to the help of that page, and shows nothing of the company to others', async () => {
    const visitor = await world.connected()
    await visitor.get('/freee/connection')

    expect(markOf(visitor.page().html)).to.equal('/help/freee/connection')
    expect(await read('/help/freee/connection')).not.to.include('みどり商会')
  })
})
