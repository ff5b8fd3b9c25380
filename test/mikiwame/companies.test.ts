import { expect } from 'chai'
import { loadConfig } from '../../server/config.js'
import { createContainer } from '../../server/container.js'
import { startWorker } from '../../server/jobs/worker.js'
import { linkMikiwame } from '../helpers/connecting.js'
import { reportOf } from '../helpers/waiting.js'
import { DEPARTMENTS, useMikiwame } from './mikiwame.world.js'

const MIDORI = 'midori-shokai:renkei-demo-mikiwame'
const AOZORA = 'aozora-kogyo:renkei-demo-mikiwame-aozora'
const TARO = 'taro@aozora.example'
const UNREGISTERED = 'この企業アカウントは、ミキワメとの連携に登録されていないため、連携も同期もできません。'

/** What each company of ミキワメ was asked to write, by the token that the call carried. */
interface Company {
  name: string
  divisions: { code: string; name: string }[]
}

describe('a company of SmartHR that the operator has not registered for ミキワメ', () => {
  const { world, linked } = useMikiwame()

  it('is told so before it is asked for consent, and what to do; nothing is linked or written', async () => {
    const visitor = await world.signedIn(TARO, '/mikiwame')
    const asked = (await world.calls('mikiwame')).length
    await visitor.get('/mikiwame/connection')
    await visitor.press('連携する')

    expect(new URL(visitor.page().url).pathname).to.equal('/mikiwame/connection')
    expect(visitor.page().text).to.include(UNREGISTERED).and.include('登録を依頼してください。')
    // Nor by the page behind that button.
    await visitor.get('/mikiwame/connection/confirm')
    await visitor.press('連携する')
    if (visitor.page().html.includes('許可する')) await visitor.press('許可する')
    expect(visitor.page().text).to.include(UNREGISTERED)
    const { rows } = await world.container.ownerPool.query('select from connections')
    expect(rows).to.have.length(0)
    expect(await world.calls('mikiwame')).to.have.length(asked)
  })

  it('does not keep the registered one out, whoever tried first', async () => {
    await linkMikiwame(await world.signedIn(TARO, '/mikiwame')).catch(() => undefined)
    const visitor = await linked()

    expect(visitor.page().text).to.include('SmartHRとの連携設定が完了しました。')
  })
})

describe('several companies of SmartHR at ミキワメ', () => {
  const { world, linked, sync, click } = useMikiwame({ MIKIWAME_COMPANIES: `${MIDORI},${AOZORA}` })
  const companies = async () =>
    ((await world.control('GET', '/state?service=mikiwame')) as { companies: Company[] }).companies
  const namesOf = (company: Company | undefined) => company?.divisions.map(({ name }) => name)

  it('each write into their own company there', async () => {
    const before = await companies()
    const [midori, aozora] = [await linked(), await linked(TARO)]
    await sync(aozora, DEPARTMENTS)
    const between = await companies()
    expect(namesOf(between[0])).to.deep.equal(namesOf(before[0]))
    await sync(midori, DEPARTMENTS)
    const after = await companies()

    expect(namesOf(after[0])).not.to.deep.equal(namesOf(before[0]))
    expect(namesOf(after[1])).to.deep.equal(namesOf(between[1]))
  })

  it('no longer write once the operator has taken them out: the report says so', async () => {
    const visitor = await linked()
    await world.stopWorker()
    await click(visitor, DEPARTMENTS)
    const { rows } = await world.container.ownerPool.query<{ id: string }>('select id from runs')
    const before = await companies()
    const without = createContainer(loadConfig({ ...world.environment, MIKIWAME_COMPANIES: AOZORA }), {
      log: world.container.log,
    })
    const worker = await startWorker({
      pool: without.jobPool,
      handlers: without.handlers,
      concurrency: 1,
      log: without.log,
      everyMinute: without.housekeeping,
    })
    try {
      expect((await reportOf(visitor, rows[0]?.id ?? '')).text).to.include(UNREGISTERED)
    } finally {
      await worker.stop()
      await without.close()
      await world.startWorker()
    }
    expect(await companies()).to.deep.equal(before)
  })
})
