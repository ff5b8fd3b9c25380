import { expect } from 'chai'
import { decode, type Visitor } from '../helpers/visitor.js'
import { everybodyOf, toSelection } from '../helpers/walking.js'
import { reportOf } from '../helpers/waiting.js'
import { useWorld } from '../helpers/world.js'

/** 社員番号 of everybody the page lists, in its order. */
const numbersOn = (visitor: Visitor) => [...visitor.page().html.matchAll(/class="key">([^<]*)</g)].map(([, key]) => key)

interface Row {
  id: string
  key: string
  kana: string
  class: string
  department: string | null
  type: string | null
  warned: boolean
  doomed: boolean
  selected: boolean
  fields: string[]
  source: string
}

/** Whoever the list begins with. */
const writable = ({ class: of }: Row) => of === 'new' || of === 'changed'

const FLOW = 'employees-from-smarthr'

describe('the list of a plan', () => {
  const world = useWorld({ limitsOff: ['smarthr', 'freee'] })
  let visitor: Visitor
  let runId: string
  beforeEach(async () => {
    visitor = await world.connected()
    runId = await toSelection(visitor, FLOW)
    await visitor.get(`/runs/${runId}/select`)
  })

  const rowsOf = async (id = runId): Promise<Row[]> => {
    const { rows } = await world.container.ownerPool.query<Row>(
      `select id::text, key, kana, class, crew_department as department, employment_type as type, warned, doomed, selected,
         changed_fields as fields, source_id as source from run_items where run_id = $1 order by key collate "C", id`,
      [id],
    )
    return rows
  }
  const keys = (rows: readonly Row[]) => rows.map(({ key }) => key)
  /** What a list of the filter offers: its values and their head-counts. */
  const offered = (name: string) => {
    const [, options = ''] =
      new RegExp(`<select[^>]*name="${name}">([\\s\\S]*?)</select>`).exec(visitor.page().html) ?? []
    return [...options.matchAll(/<option value="([^"]*)"[^>]*>([^<]*)</g)].map(([, value = '', label = '']) => ({
      value: decode(value),
      label: decode(label),
    }))
  }
  const filter = (filled: Record<string, string | string[]>) => visitor.press('filter', filled)

  it('begins with those who can be written, and shows the others at a click', async () => {
    const all = await rowsOf()
    const same = all.filter(({ class: of }) => of === 'same')
    expect(same).to.not.have.length(0)

    expect(numbersOn(visitor)).to.deep.equal(keys(all.filter(writable)))
    expect(visitor.page().text).to.include(`差分なし${same.length}名を表示`).and.not.include('適用中')
    await visitor.press('class:same')
    expect(numbersOn(visitor)).to.deep.equal(keys(all.filter(row => writable(row) || same.includes(row))))
    await visitor.press('class:same')
    expect(numbersOn(visitor)).to.deep.equal(keys(all.filter(writable)))
  })

  it('says that nothing is to be written where nobody stands in it, and how to see the others', async () => {
    await world.container.ownerPool.query(`update run_items set class = 'same' where run_id = $1`, [runId])
    await world.container.ownerPool.query('update runs set same_count = 40, tallies = null where id = $1', [runId])

    await visitor.get(`/runs/${runId}/select`)
    expect(numbersOn(visitor)).to.deep.equal([])
    expect(visitor.page().text).to.include('同期が必要な従業員はいません。').and.include('差分なし40名を表示')
  })

  it('is narrowed by 部署 and 雇用形態 as SmartHR has them, with head-counts, together with words and an order', async () => {
    const all = (await rowsOf()).filter(writable)
    for (const [name, of] of [
      ['department', (row: Row) => row.department],
      ['type', (row: Row) => row.type],
    ] as const) {
      const counted = new Map<string, number>()
      for (const row of all) counted.set(of(row) ?? '', (counted.get(of(row) ?? '') ?? 0) + 1)
      expect(counted.size, name).to.be.greaterThan(1)
      expect(
        new Map(
          offered(name)
            .slice(1)
            .map(({ value, label }) => [value, label]),
        ),
      ).to.deep.equal(
        new Map([...counted].map(([value, people]) => [`=${value}`, `${value || '（なし）'}（${people}名）`])),
      )
    }

    const both = all.find(({ department, type }) => department !== null && type !== null)
    const theirs = all.filter(row => row.department === both?.department && row.type === both.type)
    await filter({ department: `=${both?.department}`, type: `=${both?.type}` })
    expect(numbersOn(visitor)).to.deep.equal(keys(theirs))
    expect(visitor.page().text).to.include(`適用中：部署：${both?.department}、雇用形態：${both?.type}`)

    await visitor.press('sort:key')
    expect(visitor.page().url).to.include('desc=1')
    expect(numbersOn(visitor)).to.deep.equal(keys(theirs).reverse())
    const words = theirs[0]?.key ?? ''
    await visitor.press('検索', { q: words })
    expect(numbersOn(visitor)).to.deep.equal(keys(theirs.filter(({ key }) => key.includes(words))).reverse())

    await visitor.press('unfilter')
    expect(numbersOn(visitor)).to.deep.equal(keys(all).reverse())
  })

  it('takes somebody of no department for （なし）, and nobody else', async () => {
    const { ownerPool } = world.container
    const [somebody] = (await rowsOf()).filter(writable)
    await ownerPool.query('update run_items set crew_department = null where id = $1', [somebody?.id])
    await visitor.get(`/runs/${runId}/select?department=%3D`)

    expect(numbersOn(visitor)).to.include(somebody?.key)
    const nowhere = (await rowsOf()).filter(row => writable(row) && row.department === null)
    expect(numbersOn(visitor)).to.deep.equal(keys(nowhere))
    expect(visitor.page().text).to.include('部署：（なし）')
  })

  it('shows those with a warning alone, or those who are selected, and takes all of just them', async () => {
    const { ownerPool } = world.container
    const [first, second, third] = (await rowsOf()).filter(row => writable(row) && !row.doomed)
    await ownerPool.query('update run_items set warned = false where run_id = $1', [runId])
    await ownerPool.query('update run_items set warned = true where id = any ($1)', [[first?.id, second?.id]])
    await ownerPool.query(`update runs set facets = jsonb_set(facets, '{warned,changed}', '2') where id = $1`, [runId])
    await visitor.get(`/runs/${runId}/select`)
    await filter({ warned: '1' })
    expect(numbersOn(visitor)).to.deep.equal([first?.key, second?.key])
    await visitor.press('select-page')
    expect(visitor.page().text).to.include('2名の従業員が選択されています。')

    await visitor.get(`/runs/${runId}/select`)
    await filter({ chosen: '1' })
    expect(numbersOn(visitor)).to.deep.equal([first?.key, second?.key])
    expect(visitor.page().text).to.include('適用中：選択中のみ')
    await visitor.press('検索', { id: [second?.id ?? ''] })
    expect(numbersOn(visitor), 'who is no longer ticked is no longer shown').to.deep.equal([second?.key])
    expect(numbersOn(visitor)).to.not.include(third?.key)
  })

  it('counts a problem, a remark and a number that looks like another one as warnings', async () => {
    const rows = await rowsOf()
    const doomed = rows.filter(row => row.doomed)
    expect(doomed).to.not.have.length(0)
    expect(doomed.every(({ warned }) => warned)).to.equal(true)
    expect(rows.filter(row => row.class === 'same' && row.warned)).to.deep.equal([])
  })

  it('offers nothing to narrow by for a plan of the release before, which has not counted', async () => {
    expect(offered('department')).to.not.deep.equal([])
    await world.container.ownerPool.query(`update runs set revision = revision + 1 where id = $1`, [runId])

    await visitor.get(`/runs/${runId}/select`)
    expect(offered('department')).to.deep.equal([])
    expect(offered('type')).to.deep.equal([])
    expect(visitor.page().html).to.not.include('name="warned"')
  })

  it('keeps its filters through ticks, the dialog and キャンセル', async () => {
    const [somebody] = (await rowsOf()).filter(row => writable(row) && !row.doomed && row.department !== null)
    await filter({ department: `=${somebody?.department}` })
    const there = numbersOn(visitor)
    await visitor.press('select-page')
    expect(numbersOn(visitor)).to.deep.equal(there)

    await visitor.press('確認')
    expect(visitor.page().url).to.include('/confirm')
    const [, back = ''] = /data-cancel[^>]* href="([^"]*)"/.exec(visitor.page().html) ?? []
    expect(back).to.match(/#go$/)
    await visitor.get(decode(back))
    expect(numbersOn(visitor)).to.deep.equal(there)
    expect(visitor.page().html).to.include('id="go"')
  })

  it('comes back as it was narrowed when a later run of the flow is opened, until the conditions are cleared', async () => {
    const [somebody] = (await rowsOf()).filter(row => row.department !== null && writable(row))
    await visitor.press('検索', { q: 'a', department: `=${somebody?.department}`, chosen: '1' })

    const later = await toSelection(visitor, FLOW)
    await visitor.get(`/runs/${runId}/select?department=${encodeURIComponent(`=${somebody?.department}`)}&q=a`)
    await visitor.get(`/runs/${later}/select`)
    const theirs = (await rowsOf(later)).filter(row => writable(row) && row.department === somebody?.department)
    expect(numbersOn(visitor), 'neither words nor ticks come back').to.deep.equal(keys(theirs))
    expect(visitor.page().text).to.include(`適用中：部署：${somebody?.department}`)

    await visitor.press('unfilter')
    expect(numbersOn(visitor)).to.deep.equal(keys((await rowsOf(later)).filter(writable)))
    await visitor.get(`/runs/${runId}/select`)
    expect(visitor.page().text, 'cleared').to.not.include('適用中')
    const other = await toSelection(visitor, 'employees-to-smarthr')
    await visitor.get(`/runs/${other}/select`)
    expect(visitor.page().text, 'another flow').to.not.include('適用中')
  })

  it('does not come back as it was narrowed where that shows nobody of the new plan, or nobody to write', async () => {
    const { ownerPool } = world.container
    const [field = ''] = (await rowsOf()).find(row => row.class === 'changed' && row.fields.length > 0)?.fields ?? []
    const [somebody] = (await rowsOf()).filter(row => row.department !== null && writable(row))
    const [department, gone] = [somebody?.department ?? '', 'なくなった部署']
    const later = await toSelection(visitor, FLOW)
    const forget = `update run_items set changed_fields = array_remove(changed_fields, $2) where run_id = $1`
    await ownerPool.query(forget, [later, field])
    await ownerPool.query(`update runs set tallies = tallies #- array['fields', $2::text] where id = $1`, [
      later,
      field,
    ])
    const everybody = keys((await rowsOf(later)).filter(writable))
    for (const earlier of [`field=${field}`, 'class=excluded', 'class=same&class=excluded', `department==${gone}`]) {
      await visitor.get(`/runs/${runId}/select?${earlier}`)
      await visitor.get(`/runs/${later}/select`)
      expect(numbersOn(visitor), earlier).to.deep.equal(everybody)
      expect(visitor.page().text, earlier).to.not.include('適用中')
    }

    await visitor.get(`/runs/${runId}/select?field=${field}&department=${encodeURIComponent(`=${department}`)}`)
    await visitor.get(`/runs/${later}/select`)
    expect(visitor.page().text, 'what does show somebody').to.include(`適用中：部署：${department}`)
    await visitor.get(`/runs/${later}/select?field=${field}`)
    expect(numbersOn(visitor)).to.deep.equal([])
    expect(visitor.page().html, 'nobody to leave it out for').to.not.include(`value="omit:${field}"`)
  })

  it('knows of whoever SmartHR has which 部署 and 雇用形態 they have there, also when the other side is read from', async () => {
    const bySource = new Map((await rowsOf()).map(row => [row.key, row]))
    const other = await rowsOf(await toSelection(visitor, 'employees-to-smarthr'))
    const known = other.filter(({ class: of }) => of === 'changed' || of === 'same')
    expect(known).to.not.have.length(0)
    expect(known.filter(({ department, type }) => department !== null && type !== null)).to.not.have.length(0)
    for (const { key, department, type } of known) {
      const there = bySource.get(key)
      if (there) expect({ department, type }, key).to.deep.equal({ department: there.department, type: there.type })
    }
    for (const { department, type } of other.filter(({ class: of }) => of === 'new'))
      expect({ department, type }).to.deep.equal({ department: null, type: null })
  })

  it('leads from what will fail to the person in SmartHR, before and after', async () => {
    const [doomed] = (await rowsOf()).filter(row => row.doomed)
    const href = `/crews/${doomed?.source}"`
    expect(visitor.page().html).to.include(href)
    const fine = (await rowsOf()).find(row => writable(row) && !row.warned)
    expect(visitor.page().html, 'where nothing is wrong').to.not.include(`/crews/${fine?.source}"`)

    await visitor.press('doomed:1')
    await visitor.press('確認', { id: [doomed?.id ?? ''] })
    expect(visitor.page().html).to.include(href)
    await visitor.press('同期')
    const report = await reportOf(visitor, runId)
    expect(report.html).to.include(href)
  })

  it('is listed in the dialog by field: those whom it changes for, while 同期 takes all who are selected', async () => {
    await visitor.press('select-page')
    const chosen = (await rowsOf()).filter(row => row.selected)
    await visitor.press('確認')
    const [, field = ''] = /href="[^"]*\/confirm\?field=([a-z-]+)"/.exec(visitor.page().html) ?? []
    const theirs = chosen.filter(row => row.class === 'changed' && row.fields.includes(field))
    expect(theirs.length).to.be.greaterThan(0).and.lessThan(chosen.length)

    await visitor.get(`/runs/${runId}/confirm?field=${field}`)
    const listed = [...visitor.page().html.matchAll(/<section aria-label="(\S+) /g)].map(([, key = '']) => key)
    expect(listed).to.have.members(keys(theirs))
    expect(visitor.page().text).to.include(`選択した${chosen.length}名すべてを同期します。`)

    await visitor.press('同期')
    const report = await reportOf(visitor, runId)
    expect(report.text, 'all of them were written').to.include(`成功 ${chosen.length}件`)
  })
})

describe('the pages of a plan', () => {
  const PEOPLE = 330
  const world = useWorld({ limitsOff: ['smarthr', 'freee'] })
  let visitor: Visitor
  let runId: string
  beforeEach(async () => {
    visitor = await world.connected()
    await world.control('POST', '/populate', { service: 'smarthr', employees: PEOPLE, overlap: 0, seed: 7 })
    runId = await toSelection(visitor, FLOW)
  })
  const all = async () => {
    const { rows } = await world.container.ownerPool.query<{ key: string }>(
      'select key from run_items where run_id = $1 order by key collate "C", id',
      [runId],
    )
    return rows.map(({ key }) => key)
  }
  const numbers = () =>
    [...visitor.page().html.matchAll(/<nav class="pages"[\s\S]*?<\/nav>/g)].flatMap(([nav]) =>
      [...nav.matchAll(/>([\d…]+|最初へ|前へ|次へ|最後へ)</g)].map(([, label]) => label),
    )

  it('are numbered, and each number leads there', async () => {
    const people = await all()
    await visitor.get(everybodyOf(runId))
    expect(numbers()).to.deep.equal(['1', '2', '3', '…', '7', '次へ', '最後へ'])
    await visitor.press('3')
    expect(numbersOn(visitor)).to.deep.equal(people.slice(100, 150))
    expect(visitor.page().text).to.include(`101–150 / ${PEOPLE}名`)
    expect(numbers()).to.deep.equal(['最初へ', '前へ', '1', '2', '3', '4', '5', '…', '7', '次へ', '最後へ'])
    await visitor.press('最後へ')
    expect(numbersOn(visitor)).to.deep.equal(people.slice(300))
    expect(visitor.page().text).to.include(`301–330 / ${PEOPLE}名`)
    expect(numbers()).to.deep.equal(['最初へ', '前へ', '1', '…', '5', '6', '7'])
    await visitor.press('5')
    expect(numbersOn(visitor)).to.deep.equal(people.slice(200, 250))
    await visitor.press('前へ')
    expect(numbersOn(visitor)).to.deep.equal(people.slice(150, 200))
    await visitor.press('最初へ')
    expect(numbersOn(visitor)).to.deep.equal(people.slice(0, 50))
  })

  it('hold a hundred people where that is asked for, in any order and with words', async () => {
    const people = await all()
    await visitor.get(everybodyOf(runId))
    await visitor.press('filter', { rows: '100' })
    expect(numbersOn(visitor)).to.deep.equal(people.slice(0, 100))
    await visitor.press('sort:key')
    await visitor.press('最後へ')
    expect(numbersOn(visitor)).to.deep.equal([...people].reverse().slice(300))
    await visitor.press('前へ')
    expect(numbersOn(visitor)).to.deep.equal([...people].reverse().slice(200, 300))
    await visitor.press('検索', { q: 'P0' })
    await visitor.press('最後へ')
    expect(numbersOn(visitor)).to.deep.equal([...people].reverse().slice(300))
  })

  it('begin at the first for a made-up place', async () => {
    for (const place of ['x', Buffer.from('{"f":true,"s":99999999,"p":2}').toString('base64url')]) {
      await visitor.get(`${everybodyOf(runId)}&at=${place}`)
      expect(numbersOn(visitor)[0], place).to.equal((await all())[0])
    }
  })
})
