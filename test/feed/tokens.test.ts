import { createHash } from 'node:crypto'
import { expect } from 'chai'
import { fieldsOf } from '../helpers/visitor.js'
import { connectMoneyForward, issueToken } from '../helpers/connecting.js'
import { startFeedWorld, type FeedWorld } from './feed.world.js'

describe('access tokens', () => {
  let feed: FeedWorld
  before(async () => {
    feed = await startFeedWorld()
  })
  after(() => feed.world.close())
  beforeEach(() => feed.reset())

  const connected = async (email = 'hanako@midori.example', key?: string) => {
    const visitor = await feed.world.signedIn(email, '/money-forward')
    await connectMoneyForward(visitor, key)
    return visitor
  }
  const everything = async (): Promise<string> => {
    const { all } = await feed.one<{ all: string }>(
      `select (select coalesce(string_agg(t::text, ''), '') from access_tokens t) ||
         (select coalesce(string_agg(h::text, ''), '') from access_token_hashes h) ||
         (select coalesce(string_agg(s::text, ''), '') from sessions s) ||
         (select coalesce(string_agg(r::text, ''), '') from runs r) as all`,
    )
    return all
  }

  it('are shown once, kept as a hash, and told nowhere else', async () => {
    const visitor = await connected()
    const token = await issueToken(visitor, { name: '給与の本番', memo: '2026年11月に登録' })

    expect(token).to.match(/^rk_[\w-]{43}$/)
    expect(visitor.page().text)
      .to.include('アクセストークンを発行しました')
      .and.include('この画面にだけ表示されます')
      .and.include('接続先URL')
      .and.include(feed.world.appUrl)
      .and.include('midori-shokai')
    expect(visitor.page().headers.get('cache-control')).to.equal('no-store')
    const stored = await everything()
    expect(stored).to.include(createHash('sha256').update(token).digest('hex')).and.include('給与の本番')
    expect(stored).not.to.include(token)
    expect(feed.world.logs.join('')).not.to.include(token)
    await visitor.get('/money-forward/access-tokens')
    expect(visitor.page().text)
      .to.include('給与の本番')
      .and.include('2026年11月に登録')
      .and.include('未使用')
      .and.include('1件')
      .and.not.include(token)
    expect((await visitor.get('/money-forward/access-tokens/new')).text).not.to.include(token)
  })

  it('are issued once, however often the form is sent', async () => {
    const visitor = await connected()
    await visitor.get('/money-forward/access-tokens/new')
    const form = { ...Object.fromEntries(fieldsOf(visitor.page().html)), name: '二重' }
    const boxes = (name: string) =>
      fieldsOf(visitor.page().html)
        .filter(([field]) => field === name)
        .map(([, value]) => value)
    const sent = { ...form, resource: boxes('resource'), attribute: boxes('attribute') }
    const first = await visitor.post('/money-forward/access-tokens/new', sent)
    const second = await visitor.post('/money-forward/access-tokens/new', sent)

    expect(first.html).to.include('id="issued"')
    expect(second.url).to.match(/\/access-tokens$/)
    expect(second.text).to.include('すでに発行されています')
    const { n } = await feed.one<{ n: number }>('select count(*) as n from access_tokens')
    expect(n).to.equal(1)
  })

  it('may have the same name, and come newest first', async () => {
    const visitor = await connected()
    const tokens = [await issueToken(visitor), await issueToken(visitor)]
    await visitor.get('/money-forward/access-tokens')

    expect(new Set(tokens).size).to.equal(2)
    expect(visitor.page().html.match(/無効にする<\/a>/g)).to.have.length(2)
  })

  it('keep what was typed when something is wrong', async () => {
    const visitor = await connected()
    await visitor.get('/money-forward/access-tokens/new')
    const page = await visitor.press('登録', {
      name: '',
      memo: 'メモは残る',
      resource: ['dependents'],
      attribute: ['last_name'],
    })

    expect(page.status).to.equal(422)
    expect(page.text).to.include('アクセストークン名が入力されていません。')
    expect(page.html)
      .to.include('value="メモは残る"')
      .and.match(/value="dependents" checked/)
    expect(page.html).not.to.match(/value="employees" checked/)
    for (const [fields, text] of [
      [{ name: 'あ'.repeat(101) }, 'アクセストークン名は、100文字以内で入力してください。'],
      [{ name: 'x', memo: 'あ'.repeat(501) }, 'メモは、500文字以内で入力してください。'],
      [{ name: 'x', resource: [] }, 'リソースが選択されていません。'],
      [{ name: 'x', attribute: [] }, '「参照」を許可する項目が選択されていません。'],
      [{ name: 'x', attribute: ['no_such_item'] }, '「参照」を許可する項目が選択されていません。'],
    ] as const) {
      await visitor.get('/money-forward/access-tokens/new')
      expect((await visitor.press('登録', fields)).text).to.include(text)
    }
    const { n } = await feed.one<{ n: number }>('select count(*) as n from access_tokens')
    expect(n).to.equal(0)
  })

  it('store null for every item and the list for some, and say so', async () => {
    const visitor = await connected()
    await issueToken(visitor, { name: '全部' })
    await issueToken(visitor, { name: '一部', resource: ['employees'], attribute: ['last_name', 'first_name'] })
    const { rows } = await feed.world.container.ownerPool.query<{ resources: string[]; attributes: string[] | null }>(
      'select resources, attributes from access_tokens order by name',
    )
    await visitor.get('/money-forward/access-tokens')

    expect(rows.map(row => row.attributes)).to.deep.include.members([null, ['last_name', 'first_name']])
    expect(visitor.page().text)
      .to.include('リソース：従業員情報')
      .and.match(/アトリビュート：2\/\d+項目/)
  })

  it('show when they were last used, and are revoked after one more question', async () => {
    const { visitor, token } = await feed.ready()
    await feed.get('employees', token)
    await visitor.get('/money-forward/access-tokens')
    expect(visitor.page().text).to.include('2026/11/20 12:0').and.not.include('未使用')
    const end = /href="([^"]+\/revoke)"/.exec(visitor.page().html)?.[1] ?? ''
    await visitor.get(end)
    expect(visitor.page().text).to.include('アクセストークンを無効にしますか？')
    expect((await feed.get('employees', token)).status).to.equal(404)
    await visitor.press('無効にする')

    expect(visitor.page().text).to.include('アクセストークンを無効にしました').and.include('0件')
    expect((await feed.get('employees', token)).status).to.equal(401)
    expect((await visitor.get(end)).url).to.match(/\/access-tokens$/)
    const { n } = await feed.one<{ n: number }>('select count(*) as n from access_token_hashes')
    expect(n).to.equal(0)
  })

  it('need a connection', async () => {
    const visitor = await feed.world.signedIn('hanako@midori.example', '/money-forward')
    expect((await visitor.get('/money-forward/access-tokens')).text).to.include('アクセストークンはありません。')
    const page = await visitor.get('/money-forward/access-tokens/new')

    expect(page.url).to.match(/\/money-forward\/connection$/)
    expect(page.text).to.include('API KEYを登録すると、連携を始められます。')
  })

  it('are there only for services that fetch', async () => {
    const visitor = await feed.world.signedIn()

    expect((await visitor.get('/freee/access-tokens')).status).to.equal(404)
    expect((await visitor.get('/freee/access-tokens/new')).status).to.equal(404)
    expect((await visitor.get('/freee')).html).not.to.include('/access-tokens')
    expect((await visitor.get('/money-forward')).html).to.include('href="/money-forward/access-tokens"')
  })

  it("are a company's own: another one neither sees nor revokes them", async () => {
    const ours = await connected()
    const token = await issueToken(ours, { name: 'みどりのトークン' })
    await ours.get('/money-forward/access-tokens')
    const end = /href="([^"]+\/revoke)"/.exec(ours.page().html)?.[1] ?? ''
    const theirs = await connected('taro@aozora.example', '9d1f4e6a-2b35-4c8d-8a17-5e0c3b7f6d42')
    const csrf = fieldsOf(theirs.page().html).find(([name]) => name === '_csrf')?.[1] ?? ''

    expect((await theirs.get('/money-forward/access-tokens')).text).not.to.include('みどりのトークン')
    expect((await theirs.get(end)).status).to.equal(404)
    expect((await theirs.post(end, { _csrf: csrf })).status).to.equal(404)
    expect((await feed.get('employees', token)).body).to.include({ code: 'snapshot_not_found' })
    const { container } = feed.world
    const seen = (await container.db('access_tokens').count('* as n').first()) as { n: number }
    expect(seen.n).to.equal(0)
  })
})
