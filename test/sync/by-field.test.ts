import { expect } from 'chai'
import { reportOf } from '../helpers/waiting.js'
import { useWorld } from '../helpers/world.js'
import { boxesOf, toSelection } from '../helpers/walking.js'
import type { Visitor } from '../helpers/visitor.js'

const PEOPLE = 30

/** 社員番号 of everybody the page lists. */
const numbersOn = (visitor: Visitor) => [...visitor.page().html.matchAll(/class="key">([^<]+)</g)].map(([, key]) => key)

describe('what changes, by field', () => {
  const world = useWorld({ limitsOff: ['smarthr'] })
  let visitor: Visitor
  let runId: string
  beforeEach(async () => {
    visitor = await world.connected()
    const half = { service: 'smarthr', employees: PEOPLE, overlap: 0.8, differing: 0.9, seed: 5 }
    await world.control('POST', '/populate', half)
    runId = await toSelection(visitor, 'employees-from-smarthr')
  })

  const rows = async () => {
    const { rows: all } = await world.container.ownerPool.query<{ key: string; class: string; fields: string[] }>(
      'select key, class, changed_fields as fields from run_items where run_id = $1 order by key',
      [runId],
    )
    return all
  }
  /** Each button's field and the number it says. */
  const buttons = () =>
    new Map(
      [...visitor.page().html.matchAll(/value="field:([a-z-]+)"[^>]*>([^<]*)</g)].map(([, field = '', label = '']) => [
        field,
        Number(/([\d,]+)名$/.exec(label)?.[1]),
      ]),
    )
  const shown = () => numbersOn(visitor)

  it('stands above the list, with how many people each changes for', async () => {
    const expected = new Map<string, number>()
    for (const { class: of, fields } of await rows())
      if (of === 'changed') for (const field of fields) expected.set(field, (expected.get(field) ?? 0) + 1)

    expect(expected).to.not.have.property('size', 0)
    expect(buttons()).to.deep.equal(expected)
    expect([...buttons().values()].slice(0, 6)).to.deep.equal([...buttons().values()].sort((a, b) => b - a).slice(0, 6))
  })

  it('narrows the list to those people, keeps the ticks, and takes all of just them', async () => {
    const [field = ''] = [...buttons()].at(-1) ?? []
    const theirs = (await rows())
      .filter(({ class: of, fields }) => of === 'changed' && fields.includes(field))
      .map(({ key }) => key)
    await visitor.press(`field:${field}`)
    expect(shown()).to.deep.equal(theirs)
    expect(visitor.page().text).to.include('適用中：').and.include(`/ ${theirs.length}`)

    await visitor.press('select-page')
    expect(shown(), 'the list stays narrow').to.deep.equal(theirs)
    expect(visitor.page().text).to.include(`${theirs.length}名の従業員が選択されています。`)
    await visitor.press('field:')
    expect(shown()).to.have.length(PEOPLE)
    expect(visitor.page().text).to.include(`${theirs.length}名の従業員が選択されています。`)
  })

  it('is said of the selected in the dialog', async () => {
    const chosen = (await rows()).filter(({ class: of }) => of === 'changed')[0]
    const [, label = ''] =
      new RegExp(`value="field:${chosen?.fields[0]}"[^>]*>(.*?) [\\d,]+名<`).exec(visitor.page().html) ?? []
    const box = new RegExp(
      `name="id" value="(\\d+)"[^>]*aria-labelledby="k\\1[^>]*>[\\s\\S]*?class="key">${chosen?.key}<`,
    )
    await visitor.press('確認', { id: [box.exec(visitor.page().html)?.[1] ?? ''] })

    expect(visitor.page().text).to.include('変更する項目：').and.include(`${label} 1名`)
  })

  it('shows what it begins with to an address with a made-up field', async () => {
    const writable = (await rows()).filter(({ class: of }) => of === 'new' || of === 'changed').map(({ key }) => key)
    await visitor.get(`/runs/${runId}/select?field=${encodeURIComponent("x'; --")}`)
    expect(shown()).to.deep.equal(writable)
    await visitor.get(`/runs/${runId}/select?field=no-such-field`)
    expect(shown()).to.deep.equal(writable)
  })

  it('counts as the plan did whatever the list is narrowed to, and however ticks were made', async () => {
    const { ownerPool } = world.container
    const [field = ''] = [...buttons()].at(0) ?? []
    const views = ['', '?class=new', '?class=changed&class=new', '?class=same&class=excluded', `?field=${field}`]
    /** The counter, whom the buttons for many take, how many are selected. */
    const numbers = async () => {
      const said: string[] = []
      for (const view of views) {
        const { text } = await visitor.get(`/runs/${runId}/select${view}`)
        said.push(
          [...text.matchAll(/\/ [\d,]+|従業員[\d,]+名すべて|\S*選択されて\S*/g)].map(([found]) => found).join(' '),
        )
      }
      return said
    }
    const tick = [
      () => visitor.press('select-page'),
      async () => {
        await visitor.get(`/runs/${runId}/select?class=new`)
        await visitor.press('検索', { id: [] })
      },
      async () => {
        await visitor.get(`/runs/${runId}/select`)
        await visitor.press('clear')
      },
    ]
    for (const ticks of tick) {
      await ticks()
      const kept = await numbers()
      const { rows: saved } = await ownerPool.query<{ tallies: object }>('select tallies from runs where id = $1', [
        runId,
      ])
      expect(saved[0]?.tallies).to.be.an('object')
      await ownerPool.query('update runs set tallies = null, chosen = null where id = $1', [runId])
      expect(await numbers(), 'counted anew').to.deep.equal(kept)
      await ownerPool.query('update runs set tallies = $2 where id = $1', [runId, saved[0]?.tallies])
    }
  })
})

describe('a list that is searched', () => {
  const world = useWorld({ limitsOff: ['smarthr'] })

  it('shows each person found once, there and back, in the order asked for', async () => {
    const visitor = await world.connected()
    await world.control('POST', '/populate', {
      service: 'smarthr',
      employees: 130,
      overlap: 0.5,
      differing: 1,
      seed: 5,
    })
    const runId = await toSelection(visitor, 'employees-from-smarthr')
    const { rows } = await world.container.ownerPool.query<{ key: string; kana: string; takeable: boolean }>(
      `select key, kana, class in ('new', 'changed') and not blocked and not own_tick and not doomed as takeable
       from run_items where run_id = $1 and strpos(search, '0') > 0`,
      [runId],
    )
    expect(rows.length).to.be.greaterThan(110)
    const orders: Record<string, (pages: (string | undefined)[][]) => void> = {
      '': pages => expect(pages.flat()).to.deep.equal(rows.map(({ key }) => key).sort()),
      '&desc=1': pages =>
        expect(pages.flat()).to.deep.equal(
          rows
            .map(({ key }) => key)
            .sort()
            .reverse(),
        ),
      '&sort=kana': pages => expect(pages.flat()).to.have.members(rows.map(({ key }) => key)),
      '&sort=class': pages => expect(pages.flat()).to.have.members(rows.map(({ key }) => key)),
    }
    for (const [order, check] of Object.entries(orders)) {
      await visitor.get(`/runs/${runId}/select?q=0${order}`)
      const there = [numbersOn(visitor)]
      for (let page = 2; page <= 3; page += 1) {
        await visitor.press('次へ')
        there.push(numbersOn(visitor))
      }
      check(there)
      const back = [numbersOn(visitor)]
      for (let page = 2; page >= 1; page -= 1) {
        await visitor.press('前へ')
        back.unshift(numbersOn(visitor))
      }
      expect(back).to.deep.equal(there)
    }
    const takeable = rows.filter(row => row.takeable).length
    expect(visitor.page().text).to.include(`1–50 / ${rows.length}`).and.include(`一覧の従業員${takeable}名すべてを選択`)
    await visitor.get(`/runs/${runId}/select?q=nobody-is-called-so`)
    expect(visitor.page().text).to.include('該当する従業員はいません')
  })
})

describe('people of whom the plan knows that they will fail', () => {
  const world = useWorld({ limitsOff: ['smarthr'] })

  it('are told of before anything is sent: the page shows them alone, and says how many are selected all the same', async () => {
    const visitor = await world.connected()
    const runId = await toSelection(visitor, 'employees-from-smarthr')
    const { rows: doomed } = await world.container.ownerPool.query<{ key: string }>(
      'select key from run_items where run_id = $1 and doomed order by key',
      [runId],
    )
    expect(doomed).to.not.have.length(0)
    expect(visitor.page().text).to.include(`このままでは失敗する従業員が${doomed.length}名います。`)

    await visitor.press('doomed:1')
    expect(numbersOn(visitor)).to.deep.equal(doomed.map(({ key }) => key))
    expect(visitor.page().text).to.match(/適用中：.*このままでは失敗する従業員/)
    expect(visitor.page().html, 'no button takes them').to.not.include('value="select-page"')
    await visitor.press('確認', { id: boxesOf(visitor) })
    expect(visitor.page().text).to.include(`${doomed.length}名はこのままでは失敗します。`)
    await visitor.press('同期')
    const report = await reportOf(visitor, runId)
    expect(report.text, 'the plan was right').to.include(`失敗 ${doomed.length}件`).and.include('成功 0件')
  })
})
