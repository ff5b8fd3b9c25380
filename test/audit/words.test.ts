import { expect } from 'chai'
import { startFeedWorld, type FeedWorld } from '../feed/feed.world.js'
import { tablesWith } from '../helpers/dump.js'
import { eventually, reportOf } from '../helpers/waiting.js'
import { syncEverybody, toSelection } from '../helpers/walking.js'
import { useWorld, type World } from '../helpers/world.js'
import { EMPLOYEES, useMikiwame, type Json } from '../mikiwame/mikiwame.world.js'

/** Somebody else than the person a call was about: name, number and address. */
const CANARIES = ['鬼灯 綾之介', 'Q-77', 'canary@leak.example']
const SAID = `${CANARIES[0]}（社員番号${CANARIES[1]}、${CANARIES[2]}）が、すでに使用しています。`
const GONE =
  '連携先からの応答の内容は、個人を特定できる場合があるため、保存期間の終了とともに削除しました。必要な場合は、連携先の画面で確認してください。'

const later = async (world: World) => {
  await world.container.ownerPool.query(`update runs set ended_at = ended_at - interval '31 days'`)
  await world.container.housekeeping()
}
const inLogs = (world: World) => CANARIES.filter(canary => world.logs.some(line => line.includes(canary)))
const mailAbout = (world: World, runId: string) =>
  eventually('the mail', async () => (await world.mails()).find(mail => mail.text.includes(runId)))

describe('what a service says of a person', () => {
  const world = useWorld({ limitsOff: ['smarthr', 'freee'] })

  const refused = async (method: string) => {
    await world.control('POST', '/faults', {
      service: 'freee',
      method,
      path: '/employees',
      times: 2,
      status: 400,
      body: { status_code: 400, errors: [{ type: 'validation', messages: [SAID] }] },
    })
    const visitor = await world.connected()
    const runId = await toSelection(visitor, 'employees-from-smarthr')
    await syncEverybody(visitor)
    return { visitor, runId, report: await reportOf(visitor, runId) }
  }

  for (const [what, method] of [
    ['a new person', 'POST'],
    ['a change', 'PUT'],
  ] as const)
    it(`stands in report, file and mail, in clear nowhere, and goes with the people: ${what}`, async () => {
      const { visitor, runId, report } = await refused(method)

      expect(report.text).to.include(SAID)
      expect((await visitor.get(`/runs/${runId}/errors.csv`)).html).to.include(SAID)
      expect((await mailAbout(world, runId)).text).to.include(SAID)
      expect(await tablesWith(world, CANARIES)).to.deep.equal([])
      expect(inLogs(world)).to.deep.equal([])
      const places = (await world.container.data.due.keyCounts()).map(({ place, values }) => `${place} ${values}`)
      const { rows } = await world.container.ownerPool.query<{ n: number }>(
        'select count(*)::int as n from run_items where said is not null',
      )
      expect(rows[0]?.n).to.equal(2)
      expect(places.some(place => place.startsWith('run_items '))).to.equal(true)

      await later(world)
      const after = (await visitor.get(`/runs/${runId}`)).text
      expect(after).to.include(GONE).and.include('入社日を入力してください').and.not.include(SAID)
      expect(await tablesWith(world, CANARIES)).to.deep.equal([])
      const left = await world.container.ownerPool.query('select from run_items where said is not null')
      expect(left.rowCount).to.equal(0)
    })

  it('is opened in its own row alone', async () => {
    const { visitor, runId } = await refused('POST')
    await world.container.ownerPool.query(
      `update run_items set said = (select said from run_items where said is not null order by id limit 1)
       where said is not null`,
    )

    expect((await visitor.get(`/runs/${runId}`)).status).to.equal(500)
  })
})

describe('what a service says of a whole run', () => {
  const { world, switches, linked, sync } = useMikiwame()

  it('stands in report, file and mail, in clear nowhere, and goes with the people', async () => {
    await switches('smarthr', { departments: [{ name: '営業部', code: 'A001' }], crews: [] })
    await switches('mikiwame', { departments: [], employees: [] })
    await world.control('POST', '/faults', {
      service: 'mikiwame',
      method: 'POST',
      status: 403,
      body: { errors: [{ code: 'never_heard_of', message: SAID }] },
    })
    const visitor = await linked()
    const { report, runId } = await sync(visitor, 'departments-from-smarthr')
    const rowsOf = async (sql: string) => (await world.container.ownerPool.query<Json>(sql)).rows

    expect(report.text).to.include(`エラー内容 ${SAID}`)
    expect((await visitor.get(`/runs/${runId}/errors.csv`)).html).to.include(SAID)
    expect((await mailAbout(world, runId)).text).to.include(SAID)
    expect(await tablesWith(world, CANARIES)).to.deep.equal([])
    expect(inLogs(world)).to.deep.equal([])
    expect(await rowsOf('select from runs where said is not null')).to.have.length(1)
    expect(await rowsOf('select from run_items where said is not null')).to.have.length(1)

    await later(world)
    const after = (await visitor.get(`/runs/${runId}`)).text
    expect(after).to.include(`エラー内容 ${GONE}`).and.not.include(SAID)
    expect(await rowsOf('select failure, said from runs')).to.deep.equal([{ failure: GONE, said: null }])
    expect(await rowsOf('select reason from run_results')).to.deep.equal([{ reason: GONE }])
  })

  it('goes, with the numbers of others that our own sentences name', async () => {
    const crew = (changes: Json): Json => ({
      last_name: '梅',
      first_name: '太郎',
      last_name_yomi: 'ウメ',
      first_name_yomi: 'タロウ',
      ...changes,
    })
    await switches('smarthr', {
      departments: [],
      crews: [crew({ emp_code: 'Q-77', email: 'same@aaa.com' }), crew({ emp_code: 'Q-78', email: 'same@aaa.com' })],
    })
    await switches('mikiwame', { departments: [], employees: [] })
    const visitor = await linked()
    const { report, runId } = await sync(visitor, EMPLOYEES)
    expect(report.text).to.include('（社員番号: Q-77）').and.include('（社員番号: Q-78）')

    await later(world)
    expect(await tablesWith(world, ['Q-77', 'Q-78'])).to.deep.equal([])
    expect((await visitor.get(`/runs/${runId}`)).text).to.include('メールアドレスが重複しています。')
  })
})

describe('what a service that fetches says of a person', () => {
  let feed: FeedWorld
  before(async () => {
    feed = await startFeedWorld()
  })
  after(() => feed.world.close())
  beforeEach(() => feed.reset())

  it('stands in report, file and mail, in clear nowhere, and goes with the people', async () => {
    const { visitor, token } = await feed.ready()
    const runId = await feed.publish(visitor, 'employees', ['001001'])
    await feed.get('employees', token)
    const answer = await feed.post('acknowledgements', token, {
      snapshot: runId,
      results: [{ employee_code: '001001', status: 'failed', message: SAID }],
    })
    expect(answer.status, JSON.stringify(answer.body)).to.equal(200)
    const report = await reportOf(visitor, runId)

    expect(report.text).to.include(`「${SAID}」`)
    expect((await visitor.get(`/runs/${runId}/errors.csv`)).html).to.include(SAID)
    expect((await mailAbout(feed.world, runId)).text).to.include(SAID)
    expect(await tablesWith(feed.world, CANARIES)).to.deep.equal([])
    expect(inLogs(feed.world)).to.deep.equal([])

    await feed.world.container.ownerPool.query(`update runs set ended_at = ended_at - interval '31 days'`)
    await feed.world.container.housekeeping()
    expect((await visitor.get(`/runs/${runId}`)).text)
      .to.include(`「${GONE}」`)
      .and.not.include(SAID)
  })
})
