import { expect } from 'chai'
import iconv from 'iconv-lite'
import { NOON } from '../helpers/attendance.js'
import type { Fields, Visitor } from '../helpers/visitor.js'
import { useWorld } from '../helpers/world.js'

const BRAND = 'kinkakuji'
const PAGE = `/${BRAND}/settings/values`

const DEPARTMENTS = [
  { id: 'd-head', name: '本社', code: '100' },
  { id: 'd-osaka', name: '大阪支店', code: '0200' },
  { id: 'd-store', name: '物流', code: null },
]

describe('the page 対応表', () => {
  const world = useWorld({ worker: false, at: NOON, limitsOff: ['smarthr', BRAND] })
  let visitor: Visitor
  beforeEach(async () => {
    visitor = await world.connected(BRAND)
    await world.control('PUT', '/switches', { service: 'smarthr', departments: DEPARTMENTS })
    await visitor.get(PAGE)
  })

  interface Saved {
    name: string
    used: string
    entries: Record<string, { value: string; label: string }>
  }
  const stored = async (): Promise<Saved[]> =>
    (await world.container.ownerPool.query<Saved>('select name, used, entries from value_tables order by id')).rows
  const last = async () => (await stored()).at(-1)
  const told = async (act = 'value-tables.saved') =>
    (
      await world.container.ownerPool.query<{ details: Record<string, unknown>; who: string | null }>(
        'select details, admin_name as who from audit_events where act = $1 order by id',
        [act],
      )
    ).rows
  const idOf = (name: string): string =>
    new RegExp(`<select id="to-([^"]+)"[^>]*aria-label="(?:\\w+ )?${name}：`).exec(visitor.page().html)?.[1] ?? ''
  const chosenIn = (name: string) => {
    const [, select = ''] =
      new RegExp(`<select id="to-${idOf(name)}"[^>]*>([\\s\\S]*?)</select>`).exec(visitor.page().html) ?? []
    return /<option value="([^"]*)" selected/.exec(select)?.[1]
  }
  const useIn = () => /name="use" value="([^"]+)" checked/.exec(visitor.page().html.replace(/\s+/g, ' '))?.[1]
  const to = (chosen: Readonly<Record<string, string>>): Fields =>
    Object.fromEntries(Object.entries(chosen).map(([name, value]) => [`to-${idOf(name)}`, value]))

  it('is in the menu, has a help, and shows both lists with what holds while nothing is saved', async () => {
    const page = visitor.page()
    expect(page.html).to.match(/<a href="\/kinkakuji\/settings\/values" aria-current="page">対応表</)
    expect(page.html).to.include(`/help/${BRAND}/value-tables`)
    expect((await visitor.get(`/help/${BRAND}/value-tables`)).text).to.include('対応表のヘルプ')
    expect(page.text)
      .to.include('SmartHRの部署 → 勤革時の所属事業所')
      .and.include('SmartHRの雇用形態 → 勤革時の雇用区分')
      .and.include('勤革時の所属 → SmartHRの所属事業所')
      .and.include('100 本社')
      .and.include('3000 倉庫')
    await visitor.get(PAGE)
    expect(chosenIn('本社')).to.equal('')
    expect(useIn()).to.equal('none')
    expect(await stored()).to.deep.equal([])
    await visitor.press('save', { use: 'all', ...to({ 本社: '1000' }) })
    expect(useIn()).to.equal('all')
  })

  it('keeps what is chosen, shows it again behind what is open, and tells 操作履歴 what changed and who did it', async () => {
    await visitor.press('save', { use: 'new', ...to({ 本社: '1000', 大阪支店: '2000' }) })
    expect(visitor.page().text).to.include('対応表を保存しました')
    expect([chosenIn('本社'), chosenIn('物流')]).to.deep.equal(['1000', ''])
    expect(visitor.page().text).to.match(/物流.*100 本社/)
    expect(await last()).to.deep.equal({
      name: 'division',
      used: 'new',
      entries: {
        [idOf('本社')]: { value: '1000', label: '1000 本社' },
        [idOf('大阪支店')]: { value: '2000', label: '2000 大阪支店' },
      },
    })
    await visitor.press('save', { use: 'all', ...to({ 大阪支店: '' }) })
    expect(Object.keys((await last())?.entries ?? {})).to.deep.equal([idOf('本社')])
    expect(await stored()).to.have.length(2)

    const events = await told()
    const title = 'SmartHRの部署 → 勤革時の所属事業所'
    expect(events.map(({ details }) => details.changes)).to.deep.equal([
      [
        { label: `${title}：使い方`, before: '使わない', after: '使う（新規登録の従業員だけ）' },
        { label: `${title}：本社`, before: '', after: '1000 本社' },
        { label: `${title}：大阪支店`, before: '', after: '2000 大阪支店' },
      ],
      [
        {
          label: `${title}：使い方`,
          before: '使う（新規登録の従業員だけ）',
          after: '使う（登録済みの従業員にも送る）',
        },
        { label: `${title}：大阪支店`, before: '2000 大阪支店', after: '' },
      ],
    ])
    for (const { who } of events) expect(who).to.be.a('string').and.not.equal('')
    expect((await visitor.get('/audit')).text).to.include('対応表を保存')
  })

  it('fills in what is called the same, which holds nowhere before it is saved', async () => {
    await visitor.press('同じ名前で埋める', to({ 本社: '3000' }))
    expect(visitor.page().text).to.include('同じ名前の値を1件選択しました。')
    expect([chosenIn('本社'), chosenIn('大阪支店'), chosenIn('物流')]).to.deep.equal(['3000', '2000', ''])
    expect(await stored()).to.deep.equal([])
    await visitor.press('save')
    expect(visitor.page().text).to.include('対応表を使う場合は、使い方を選択して［保存］を押してください')
    expect((await last())?.entries[idOf('大阪支店')]?.value).to.equal('2000')
    expect((await last())?.used).to.equal('none')
    await visitor.press('同じ名前で埋める')
    expect(visitor.page().text).to.include('同じ名前の値は見つかりませんでした。')
  })

  const bad: Record<string, [fields: () => Fields, says: string]> = {
    'a value that the service does not have': [() => to({ 本社: '9999' }), '「本社」に選択した値が見つかりません。'],
    'a value of SmartHR that there is not': [() => ({ 'to-nobody': '1000' }), '一覧にない値が含まれています。'],
    'what every object has': [() => ({ 'to-__proto__': '1000' }), '一覧にない値が含まれています。'],
    'a use that there is not': [() => ({ use: 'sometimes' }), '対応表の使い方が選択されていません。'],
    'a table without a value': [() => ({ use: 'new', ...to({ 本社: '' }) }), '値が1つも選択されていません。'],
    'an array for a value': [
      () => ({ [`to-${idOf('本社')}`]: ['1000', '2000'] }),
      '「本社」に選択した値が見つかりません。',
    ],
  }
  for (const [what, [fields, says]] of Object.entries(bad)) {
    it(`refuses ${what} with a sentence, and keeps nothing of it`, async () => {
      await visitor.press('save', { use: 'none', ...to({ 本社: '' }) })
      const before = await stored()
      const page = await visitor.press('save', {
        ...to({ 物流: '3000' }),
        ...fields(),
        ...(what.includes('without') && to({ 物流: '' })),
      })

      expect(page.status).to.equal(422)
      expect(page.text).to.include(says)
      const [, at = ''] = /<li> ?<a href="#([^"]+)">/.exec(page.html.replace(/\s+/g, ' ')) ?? []
      expect(page.html).to.include(`id="${at}"`)
      expect(await stored()).to.deep.equal(before)
      expect((await told()).length).to.equal(1)
    })
  }

  const download = async (encoding?: 'sjis') => {
    const answer = await fetch(`${world.appUrl}${PAGE}.csv?table=division${encoding ? `&encoding=${encoding}` : ''}`, {
      headers: { cookie: [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    })
    return Buffer.from(await answer.arrayBuffer())
  }

  it('leaves as a file in two encodings, comes back as it was, and is told', async () => {
    await visitor.press('save', { use: 'new', ...to({ 本社: '1000', 物流: '3000' }) })
    const entries = (await last())?.entries
    const utf8 = await download()
    expect(utf8.subarray(0, 3).toString('hex')).to.equal('efbbbf')
    expect(utf8.toString('utf8').slice(1).split('\r\n')).to.deep.equal([
      '"部署コード","部署","所属事業所コード","所属事業所"',
      '"100","本社","1000","本社"',
      '"0200","大阪支店","",""',
      '"","物流","3000","倉庫"',
      '',
    ])
    const sjis = await download('sjis')
    expect(iconv.decode(sjis, 'cp932')).to.equal(utf8.toString('utf8').slice(1))
    for (const bytes of [utf8, sjis]) {
      await visitor.press('save', { use: 'new', ...to({ 本社: '3000', 物流: '' }) })
      expect((await visitor.send('取り込む', { bytes })).text).to.include('対応表に3件を取り込みました')
      expect((await last())?.entries).to.deep.equal(entries)
      expect((await last())?.used).to.equal('new')
    }
    expect((await told('export.value-tables')).map(({ details }) => details)).to.deep.equal([
      { file: '対応表_部署_所属事業所（CSV、UTF-8）', rows: 3 },
      { file: '対応表_部署_所属事業所（CSV、Shift_JIS）', rows: 3 },
    ])
    expect((await told()).at(-1)?.details).to.include({ rows: 3, file: '対応表_部署_所属事業所' })
  })

  it('says that a file alone does not switch the table on', async () => {
    const bytes = '部署コード,部署,所属事業所コード,所属事業所\n100,,2000,\n'
    expect((await visitor.send('取り込む', { bytes })).text).to.include('使い方を選択して［保存］を押してください')
    expect(await last()).to.deep.include({ used: 'none' })
  })

  const HEAD = '部署コード,部署,所属事業所コード,所属事業所'

  it('says of how many lines a choice was taken back, and counts none that had no value', async () => {
    await visitor.press('save', { use: 'all', ...to({ 本社: '1000', 物流: '3000' }) })
    const page = await visitor.send('取り込む', { bytes: `${HEAD}\n100,,,\n0200,,,\n,物流,1000,\n` })
    expect(page.text).to.include('対応表に3件を取り込みました。このうち1件は、空欄のため選択を解除しました')
    expect(Object.values((await last())?.entries ?? {}).map(({ value }) => value)).to.deep.equal(['1000'])
  })

  for (const [what, lines, says] of [
    ['cut-off lines, which take nothing back', '100\n', '2行目：列の数が見出しより少なくなっています。'],
    ['what would leave a used table without a value', '100,,,\n,物流,,\n', '値が1つも選択されていません。対応表は変更'],
  ] as const)
    it(`refuses ${what}`, async () => {
      await visitor.press('save', { use: 'all', ...to({ 本社: '1000', 物流: '3000' }) })
      const before = await stored()
      const page = await visitor.send('取り込む', { bytes: `${HEAD}\n${lines}` })
      expect(page.status).to.equal(422)
      expect(page.text).to.include(says)
      expect(await stored()).to.deep.equal(before)
    })

  for (const [what, bytes, says] of [
    ['an unknown code', '部署コード,部署,所属事業所コード,所属事業所\n200,,2000,\n', '2行目：部署のコード「200」'],
    ['a file of something else', '社員番号,姓\n1,相沢\n', '1行目の見出しが'],
    ['no file', null, 'CSVファイルが選択されていません。選択してください。'],
    ['a file that is too big', Buffer.alloc(1_100_000, 'あ'), 'ファイルが1MBを超えています。'],
  ] as const)
    it(`refuses ${what} with a sentence, and stores nothing`, async () => {
      const page = await visitor.send('取り込む', bytes === null ? null : { bytes })
      expect(page.status).to.equal(422)
      expect(page.text).to.include(says)
      expect(await stored()).to.deep.equal([])
      expect(await told()).to.deep.equal([])
      expect((await visitor.get(page.url)).url).to.include(PAGE)
    })

  it('takes no file without the form’s token', async () => {
    const form = new FormData()
    form.append('file', new Blob(['部署コード,部署,所属事業所コード,所属事業所\n100,,2000,\n']), 'values.csv')
    const answer = await fetch(`${world.appUrl}${PAGE}/file?table=division`, {
      method: 'POST',
      body: form,
      headers: { cookie: [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    })
    expect(answer.status).to.equal(403)
    expect(await stored()).to.deep.equal([])
  })

  it('says why where the lists can’t be read, and changes nothing', async () => {
    await world.control('PUT', '/switches', { service: BRAND, stopToken: '*' })
    const page = await visitor.get(PAGE)
    expect(page.status).to.be.greaterThan(399)
    expect(page.text).to.include('連携が無効になっています。')
    expect(page.html).to.not.include('name="use"')
  })

  it('has all rows of a long list, page by page, and keeps those that a page does not show', async () => {
    const departments = Array.from({ length: 130 }, (_, n) => ({
      name: `部署${n}`,
      code: `D${String(n).padStart(3, '0')}`,
    }))
    await world.control('PUT', '/switches', { service: 'smarthr', departments })
    await visitor.get(PAGE)
    await visitor.press('save', { use: 'new', ...to({ 部署0: '1000' }) })
    const first = [...visitor.page().html.matchAll(/<select id="to-/g)].length
    await visitor.get(`${PAGE}?table=division&page=2`)
    const second = [...visitor.page().html.matchAll(/<select id="to-/g)].length
    expect([first, second]).to.deep.equal([100, 30])
    expect(chosenIn('部署0')).to.equal('1000')
    await visitor.get(PAGE)
    await visitor.press('save', to({ 部署1: '2000' }))
    expect(Object.values((await last())?.entries ?? {}).map(({ value }) => value)).to.have.members(['1000', '2000'])
  })

  it('is none of a service without such lists, nor under another name', async () => {
    for (const connector of ['freee', 'pca', 'csv', 'mikiwame', 'money-forward']) {
      const page = await visitor.get(`/${connector}`)
      expect(page.html, connector).to.not.include('settings/values')
      for (const path of ['', '.csv', '/file'])
        expect((await visitor.get(`/${connector}/settings/values${path}`)).status, connector + path).to.equal(404)
      expect((await visitor.get(`/help/${connector}/value-tables`)).status).to.equal(404)
    }
    expect((await visitor.get(`${PAGE}?table=nothing`)).status).to.equal(404)
    expect((await visitor.get(`${PAGE}?table=constructor`)).status).to.equal(404)
  })

  it('leads to the connection where there is none', async () => {
    expect((await visitor.get('/king-of-time/settings/values')).url).to.include('/king-of-time/connection')
  })

  it('is the company’s: a colleague sees it, another company does not', async () => {
    await visitor.press('save', { use: 'new', ...to({ 本社: '2000' }) })
    const colleague = await world.signedIn('jiro@midori.example')
    expect((await colleague.get(PAGE)).html).to.include('value="2000" selected')
    const stranger = await world.connected(BRAND, 'taro@aozora.example')
    expect((await stranger.get(PAGE)).html).to.not.include('value="2000" selected')
    expect((await stranger.get(`${PAGE}.csv`)).html).to.not.include('大阪支店","2000')
  })
})
