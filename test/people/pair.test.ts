import { expect } from 'chai'
import { parse } from 'csv-parse/sync'
import { toSelection } from '../helpers/walking.js'
import { ADMIN_NAME, useWorld } from '../helpers/world.js'
import type { Visitor } from '../helpers/visitor.js'

interface Employee {
  id: number
  num: string
  displayName: string
}
interface Crew {
  id: string
  emp_code: string
}

const FLOW = 'employees-from-smarthr'

describe('紐付けを直す', () => {
  const world = useWorld({ at: '2026-11-20T12:00:00+09:00', limitsOff: ['smarthr', 'freee'] })

  const query = async <T extends object>(sql: string, values: unknown[] = []): Promise<T[]> =>
    (await world.container.ownerPool.query<T>(sql, values)).rows
  const employees = async () =>
    ((await world.control('GET', '/state?service=freee')) as { companies: { employees: Employee[] }[] }).companies[0]
      ?.employees ?? []
  const crews = async () =>
    ((await world.control('GET', '/state?service=smarthr')) as { tenants: { crews: Crew[] }[] }).tenants[0]?.crews ?? []
  const pairs = () =>
    query<{ crew: string; record: string; dead: boolean }>(
      'select smarthr_id as crew, service_id as record, dead from links order by 1, 2',
    )
  const leadsTo = (visitor: Visitor, record: number) =>
    new RegExp(`pair/freee\\?to=${record}["&]`).test(visitor.page().html)

  const fileOf = async (visitor: Visitor, path: string) => {
    const cookie = [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    return (await fetch(world.appUrl + path, { headers: { cookie } })).text()
  }

  /** Two people on both sides, and a third whom only freee has. The first is paired with their own record. */
  const paired = async () => {
    const visitor = await world.connected()
    await world.control('POST', '/populate', { service: 'freee', employees: 3, overlap: 1 })
    const [first, second] = await crews()
    await world.control('POST', '/people', { service: 'smarthr', people: [first, second] })
    await toSelection(visitor, FLOW)
    const [own, others, free] = await employees()
    if (!first || !second || !own || !others || !free) throw new Error('there are too few')
    const at = `/people/${first.id}/pair/freee`
    expect(await pairs()).to.deep.include({ crew: first.id, record: String(own.id), dead: false })
    return { visitor, first, second, own, others, free, at }
  }

  it('finds another record, says what would change, and is used by the next run', async () => {
    const { visitor, first, own, free, at } = await paired()
    await visitor.get(`/people/${first.id}`)
    expect(visitor.page().html).to.include(`href="${at}"`)
    await visitor.get(at)
    await visitor.press('検索', { q: free.num })
    expect(leadsTo(visitor, free.id)).to.equal(true)
    const before = (await world.calls('freee')).length
    const page = await visitor.get(`${at}?to=${free.id}`)
    expect(page.text)
      .to.include(String(own.id))
      .and.include(String(free.id))
      .and.match(/変更する項目（[1-9]/)
    expect((await world.calls('freee')).slice(before).length).to.be.within(1, 2)
    expect(await pairs(), 'a look changes nothing').to.deep.include({
      crew: first.id,
      record: String(own.id),
      dead: false,
    })
    await visitor.press('この登録と紐付ける')

    expect(visitor.page().text).to.include('紐付けを変更しました').and.include(String(free.id)).and.include(ADMIN_NAME)
    expect((await pairs()).filter(({ crew }) => crew === first.id)).to.deep.equal([
      { crew: first.id, record: String(free.id), dead: false },
    ])
    const runId = await toSelection(visitor, FLOW)
    const [item] = await query<{ target: string }>(
      'select target_id as target from run_items where run_id = $1 and source_id = $2',
      [runId, first.id],
    )
    expect(item?.target).to.equal(String(free.id))
    expect((await visitor.get('/audit')).text)
      .to.include('紐付けを変更')
      .and.include(`freee人事労務のID：${own.id} → ${free.id}`)
  })

  it('searches what the last run has listed, without asking the service', async () => {
    const { visitor, free, at } = await paired()
    await toSelection(visitor, 'employees-to-smarthr')
    const before = (await world.calls('freee')).length
    await visitor.get(`${at}?q=${encodeURIComponent(free.displayName.slice(0, 1))}`)

    expect((await world.calls('freee')).length).to.equal(before)
    expect(leadsTo(visitor, free.id)).to.equal(true)
  })

  it('gives no record to two people, and leaves a pair alone that has changed since', async () => {
    const { visitor, first, second, own, others, free, at } = await paired()
    await visitor.get(`${at}?q=${others.num}`)
    expect(leadsTo(visitor, others.id)).to.equal(false)
    expect(visitor.page().text).to.include('ほかの従業員と紐付き済み')
    const csrf = async () => {
      await visitor.get(at)
      return /name="_csrf" value="([^"]+)"/.exec(visitor.page().html)?.[1] ?? ''
    }
    const taken = await visitor.post(at, { _csrf: await csrf(), before: String(own.id), to: String(others.id) })
    expect(taken.status).to.equal(409)
    expect(taken.text).to.include('と紐付いているため、紐付けられません')
    const stale = await visitor.post(at, { _csrf: await csrf(), before: '1', to: String(free.id) })
    expect(stale.status).to.equal(409)
    expect(stale.text).to.include('紐付けが変わった')
    expect(await pairs()).to.deep.include.members([
      { crew: first.id, record: String(own.id), dead: false },
      { crew: second.id, record: String(others.id), dead: false },
    ])
  })

  for (const to of ['99999999', '../1010', '..', '.', 'abc'])
    it(`keeps no pair with 「${to}」, which the service does not have`, async () => {
      const { visitor, first, own, at } = await paired()
      const looked = await visitor.get(`${at}?to=${encodeURIComponent(to)}`)
      expect(looked.status).to.equal(409)
      expect(looked.text).to.include('この登録を確認できなかったため、紐付けられません')
      await visitor.get(at)
      const csrf = /name="_csrf" value="([^"]+)"/.exec(visitor.page().html)?.[1] ?? ''
      const saved = await visitor.post(at, { _csrf: csrf, before: String(own.id), to })
      expect(saved.status).to.equal(409)
      expect(saved.text).to.include('この登録を確認できなかったため、紐付けられません')
      expect((await pairs()).filter(({ crew }) => crew === first.id)).to.deep.equal([
        { crew: first.id, record: String(own.id), dead: false },
      ])
    })

  it('keeps the id as the service gives it, whatever way it was written', async () => {
    const { visitor, first, own, others, free, at } = await paired()
    await visitor.get(at)
    const csrf = /name="_csrf" value="([^"]+)"/.exec(visitor.page().html)?.[1] ?? ''
    const taken = await visitor.post(at, { _csrf: csrf, before: String(own.id), to: `0${others.id}` })
    expect(taken.text).to.include('と紐付いているため、紐付けられません')
    await visitor.get(at)
    await visitor.post(at, { _csrf: csrf, before: String(own.id), to: `0${free.id}` })
    expect((await pairs()).filter(({ crew }) => crew === first.id)).to.deep.equal([
      { crew: first.id, record: String(free.id), dead: false },
    ])
  })

  it('shows no preview of a record that is paired with another person, and says so', async () => {
    const { visitor, others, at } = await paired()
    const page = await visitor.get(`${at}?to=${others.id}`)
    expect(page.status).to.equal(409)
    expect(page.text).to.include('と紐付いているため、紐付けられません').and.not.include('この登録と紐付ける')
  })

  it('says whose a record is, leads there, and lets another one be searched by the same words', async () => {
    const { visitor, second, others, free, at } = await paired()
    await visitor.get(`${at}?to=${others.id}&q=${encodeURIComponent(free.num)}`)
    const [seen] = await query<{ key: string; name: string }>('select key, name from run_items where source_id = $1', [
      second.id,
    ])
    expect(visitor.page().text).to.include(
      `すでに別の従業員（社員番号${seen?.key}、${seen?.name}）と紐付いているため、紐付けられません。`,
    )
    expect(visitor.page().html).to.include(`href="/people/${second.id}"`)
    await visitor.press('検索')
    expect(leadsTo(visitor, free.id)).to.equal(true)
  })

  it('comes back to the search, with its words, from a record that is gone and a pair that has changed', async () => {
    const { visitor, first, free, at } = await paired()
    const searchStands = (q: string) => {
      expect(visitor.page().status).to.equal(409)
      expect(visitor.page().html).to.match(new RegExp(`<input type="search" name="q" value="${q}"`))
      expect(visitor.page().text).to.include('紐付けを直す').and.include('今の紐付け')
    }
    await visitor.get(`${at}?to=99999999&q=${free.num}`)
    searchStands(free.num)
    expect(visitor.page().text).to.include('この登録を確認できなかったため')
    await visitor.press('検索')
    await visitor.get(/href="([^"]+\?to=[^"]+)"/.exec(visitor.page().html)?.[1]?.replaceAll('&amp;', '&') ?? '')
    await query('update links set service_id = $1 where smarthr_id = $2', ['77', first.id])
    await visitor.press('この登録と紐付ける')
    searchStands(free.num)
    expect(visitor.page().text).to.include('紐付けが変わった').and.include('77')
    expect(await pairs()).to.deep.include({ crew: first.id, record: '77', dead: false })
  })

  for (const status of [500, 429])
    it(`stays at the choice, with the words, while the service answers ${status}`, async () => {
      const { visitor, first, own, free, at } = await paired()
      await visitor.get(`${at}?q=${free.num}`)
      await visitor.get(`${at}?to=${free.id}&q=${free.num}`)
      const fault = { service: 'freee', path: '/employees', status, body: {}, headers: { 'retry-after': '3600' } }
      await world.control('POST', '/faults', fault)
      const kept = () => {
        expect(visitor.page().status).to.equal(503)
        expect(visitor.page().html).to.match(new RegExp(`<input type="search" name="q" value="${free.num}"`))
        expect(visitor.page().text).to.match(/紐付けを直す.*時間をおいて/)
      }
      await visitor.press('この登録と紐付ける')
      kept()
      await visitor.press('検索')
      kept()
      await visitor.get(`${at}?to=${free.id}&q=${free.num}`)
      kept()
      expect(await pairs()).to.deep.include({ crew: first.id, record: String(own.id), dead: false })
    })

  it('lets the record of before be found by its number again, so that nobody is registered twice', async () => {
    const { visitor, first, second, own, others, free } = await paired()
    // the wrong way round: the first one has the second one's record
    await query('delete from links')
    await query(
      `insert into links (tenant_id, connector, account_id, smarthr_id, service_id)
       select tenant_id, connector, account_id, $1, $2 from connections where connector = 'freee'`,
      [first.id, String(others.id)],
    )
    const at = `/people/${first.id}/pair/freee`
    await visitor.get(`${at}?to=${own.id}`)
    await visitor.press('この登録と紐付ける')
    const runId = await toSelection(visitor, FLOW)

    const items = await query<{ source: string; target: string; class: string }>(
      'select source_id as source, target_id as target, class from run_items where run_id = $1',
      [runId],
    )
    expect(items.map(({ source, target }) => `${source} ${target}`).sort()).to.deep.equal(
      [`${first.id} ${own.id}`, `${second.id} ${others.id}`].sort(),
    )
    expect(items.map(item => item.class)).not.to.include('new')
    expect(free.id).to.be.greaterThan(0)
  })

  it('stands in the story and its file: every record the person was paired with, since when, and by whom', async () => {
    const { visitor, first, own, free, at } = await paired()
    const [made] = await query<{ run: string }>('select run_id as run from links where smarthr_id = $1', [first.id])
    // Pairs are dated by the database, whose clock is another here.
    await query(`update links set created_at = '2026-11-20T01:00:00Z'`)
    for (const to of [free, own]) {
      await visitor.get(`${at}?to=${to.id}`)
      await visitor.press('この登録と紐付ける')
    }

    const page = await visitor.get(`/people/${first.id}`)
    const [theirs, mine] = [`${free.id}（社員番号 ${free.num}）`, `${own.id}（社員番号 ${own.num}）`]
    const story = page.text.slice(page.text.indexOf('行なったこと'))
    const line = (act: string, from: string, to: string) =>
      `${act} freee人事労務 紐付け freee人事労務のID：${from} → ${to} ${ADMIN_NAME}`
    const told = [
      line('紐付けの変更', theirs, mine),
      line('紐付けの変更', mine, theirs),
      `2026/11/20 10:00 紐付け （2026/11/20 10:00） freee人事労務 紐付け freee人事労務のID：（なし） → ${mine} ${ADMIN_NAME}`,
    ]
    const places = told.map(text => story.indexOf(text))
    expect(places, story)
      .to.deep.equal([...places].sort((a, b) => a - b))
      .and.not.include(-1)
    expect(page.html).to.include(`<a href="/runs/${made?.run}">紐付け<span`)
    const rows = parse(await fileOf(visitor, `/people/${first.id}/story.csv`), { bom: true, columns: true }) as Record<
      string,
      string
    >[]
    const pairsOf = rows.filter(row => row['区分'] === '紐付け')
    expect(pairsOf.map(row => [row['同期'], row['変更前'], row['変更後'], row['実行者'], row['同期ID']])).to.deep.equal(
      [
        ['紐付けの変更', theirs, mine, ADMIN_NAME, ''],
        ['紐付けの変更', mine, theirs, ADMIN_NAME, ''],
        ['紐付け', '（なし）', mine, ADMIN_NAME, made?.run],
      ],
    )
    const [{ details } = { details: [] }, ...more] = await query<{ details: { before: string; after: string }[] }>(
      `select details->'changes' as details from audit_events where act = 'pair.replaced' order by id desc`,
    )
    expect([details, ...more.map(event => event.details)].flat(), '操作履歴 says the same').to.deep.equal(
      [
        [own, free],
        [free, own],
      ]
        .map(([before, after]) => ({ label: 'freee人事労務のID', before: `${before?.id}`, after: `${after?.id}` }))
        .reverse(),
    )
  })

  it('keeps 社員番号 as long as a run keeps its people, and the ids for longer', async () => {
    const { visitor, first, own, free, at } = await paired()
    await visitor.get(`${at}?to=${free.id}`)
    await visitor.press('この登録と紐付ける')
    const story = async () => (await visitor.get(`/people/${first.id}`)).text
    await world.container.housekeeping()
    expect(await story()).to.include(`${own.id}（社員番号 ${own.num}） → ${free.id}（社員番号 ${free.num}）`)
    await query(`update pair_changes set at = at - interval '31 days'`)
    await world.container.housekeeping()

    expect(await story()).to.include(`${own.id} → ${free.id} `)
    expect(await query('select from pair_changes where before_key is not null or after_key is not null')).to.deep.equal(
      [],
    )
  })

  it('says of a pair that a run has ended, which run did, since when it was, and what to do', async () => {
    const { visitor, first, own } = await paired()
    await world.control('POST', '/people', { service: 'freee', people: [] })
    const runId = await toSelection(visitor, FLOW)
    expect(await pairs()).to.deep.include({ crew: first.id, record: String(own.id), dead: true })

    const page = await visitor.get(`/people/${first.id}`)
    expect(page.text)
      .to.include(`freee人事労務のID：${own.id} → （なし）`)
      .and.include(`登録を確認できなくなったため、紐付けを終了しました`)
      .and.include('［紐付けを直す］から選択してください')
    expect(page.html).to.include(`<a href="/runs/${runId}">紐付けの終了<span`)
  })

  it('is changed once by two presses of one button, and says to both that it was', async () => {
    const { visitor, first, free, at } = await paired()
    await visitor.get(`${at}?to=${free.id}`)
    const pages = [visitor, visitor.twin()]
    await Promise.all(pages.map(page => page.press('この登録と紐付ける')))
    for (const page of pages) expect(page.page().text).to.include('紐付けを変更しました')
    expect((await pairs()).filter(({ crew }) => crew === first.id)).to.deep.equal([
      { crew: first.id, record: String(free.id), dead: false },
    ])
    expect(await query(`select from audit_events where act = 'pair.replaced'`)).to.have.length(1)
  })

  it('leaves a pair as it was made that is chosen once more', async () => {
    const { visitor, first, own, at } = await paired()
    const before = await query('select * from links order by smarthr_id')
    await visitor.get(`${at}?to=${own.id}`)
    await visitor.press('この登録と紐付ける')

    expect(visitor.page().text).to.include('紐付けは元のままです（変更なし）')
    expect(await query('select * from links order by smarthr_id')).to.deep.equal(before)
    expect((await visitor.get(`/people/${first.id}`)).text).not.to.include('紐付けの変更')
    expect((await visitor.get('/audit')).text).to.include('変更なし')
  })

  it('is not there for another company, nor where numbers tell who is who', async () => {
    const { at, first, visitor } = await paired()
    const theirs = await world.signedIn('taro@aozora.example')
    expect((await theirs.get(at)).status).to.equal(404)
    expect((await visitor.get(`/people/${first.id}/pair/pca`)).status).to.equal(404)
  })
})
