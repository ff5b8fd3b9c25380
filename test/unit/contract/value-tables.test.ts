import { expect } from 'chai'
import { connectors } from '../../../server/connectors/registry.js'
import type { ListEntry, SyncFlow, Values } from '../../../server/contract/contract.js'
import {
  askedOptions,
  lacksValue,
  openField,
  sameName,
  tabledOptions,
  tableFields,
  tablesFor,
  tablesOf,
  type OpenTable,
  type TableEntries,
  type ValueTable,
} from '../../../server/contract/value-tables.js'
import { comparedFields } from '../../../server/runs/compared-fields.js'
import { difference } from '../../../server/runs/difference.js'

const entry = (value: string, name = `名前${value}`, code: string | null = value): ListEntry => ({
  value,
  name,
  code,
  label: code === null ? name : `${code} ${name}`,
})

const all = connectors.flatMap(tablesOf)
const CONTEXT = { today: '2026-11-20', settings: {} }
const DAYS = { asOf: '2026-11-20', plan: '2026-11-20' }

/** What a person of the source is, who has this value. */
const whoHas = ({ option: { from } }: ValueTable, value: string | null): Values => ({
  [from.path]: value,
  [from.shown]: value === null ? null : `名前${value}`,
})

const outcome = (table: ValueTable, open: OpenTable, source: Values, target: Values | null) =>
  difference([openField(table.flow, table.option, open)], table.flow.direction, source, target, CONTEXT)

/** Always the same numbers. */
function randoms(seed: number) {
  let state = seed
  return (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state % below
  }
}

describe('対応表', () => {
  it('has a name of its own in all flows of a connector', () => {
    expect(all.length).to.be.greaterThan(5)
    for (const connector of connectors) {
      const names = tablesOf(connector).map(({ option }) => option.name)
      expect(names, connector.id).to.deep.equal([...new Set(names)])
    }
  })

  for (const table of all.slice(0, 3)) {
    const { flow, option } = table
    const targets = ['t1', 't2'].map(value => entry(value))
    const entries: TableEntries = { s1: entry('t1'), gone: entry('t9'), __proto__x: entry('t2') }
    const open = { entries, targets, days: DAYS }
    const said = (value: string | null, target: Values | null, changed: Partial<OpenTable> = {}) =>
      outcome(table, { ...open, ...changed }, whoHas(table, value), target)

    describe(`${flow.id}: ${option.name}`, () => {
      it('gives the value that stands for the person’s, under its name', () => {
        const { set, changes, problems, notes } = said('s1', null)
        expect({ set, problems, notes }).to.deep.equal({ set: { [option.path]: 't1' }, problems: [], notes: [] })
        expect(changes).to.deep.equal([{ field: option.name, label: option.label, before: '', after: 't1 名前t1' }])
      })

      it('shows before and after of somebody who is there, and nothing where both are the same', () => {
        expect(said('s1', { [option.path]: 't2' }).changes).to.deep.equal([
          { field: option.name, label: option.label, before: 't2 名前t2', after: 't1 名前t1' },
        ])
        expect(said('s1', { [option.path]: 't1' })).to.deep.include({ set: {}, changes: [], notes: [] })
        expect(said('s1', { [option.path]: 'unknown' }).changes[0]?.before).to.equal('unknown')
      })

      for (const [what, value, says] of [
        ['a value that nobody has mapped', 's2', '対応表で選択されていません。'],
        ['a value whose target is gone', 'gone', 'に見つかりません。'],
        ['what every object has', 'constructor', '対応表で選択されていません。'],
      ] as const)
        it(`guesses nothing for ${what}: a new person waits, another one’s value stays`, () => {
          const created = said(value, null)
          expect(created.set).to.deep.equal({})
          expect(created.problems.join()).to.include(says).and.include('取得し直してください。')
          expect(lacksValue([openField(flow, option, open)], flow, whoHas(table, value))).to.equal(true)
          const known = said(value, { [option.path]: 't2' })
          expect(known.set).to.deep.equal({})
          expect(known.problems).to.deep.equal([])
          expect(known.notes.join()).to.include(says).and.include(`${option.label}は変更しません。`)
        })

      it('asks for what the source lacks: a new person waits, another one’s value stays, and both are told', () => {
        const says = `${option.from.label}が登録されていないため`
        expect(said(null, null).problems.join()).to.include(says)
        const known = said(null, { [option.path]: 't2' })
        expect(known).to.deep.include({ set: {}, problems: [] })
        expect(known.notes.join())
          .to.include(says)
          .and.include(`${option.label}は変更しません。`)
          .and.include(`${flow.from}で${option.from.label}を登録してから、取得し直してください。`)
        expect(said(null, { [option.path]: null })).to.deep.include({ set: {}, problems: [], notes: [] })
      })

      it('changes a value that is kept by days only from a day of the plan’s month on', () => {
        const days = { asOf: '2026-10-31', plan: '2026-11-20' }
        const known = said('s1', { [option.path]: 't2' }, { days })
        expect(known.set).to.deep.equal(option.dated ? {} : { [option.path]: 't1' })
        if (option.dated) expect(known.notes.join()).to.include('取得した月より前')
        expect(said('s1', { [option.path]: 't1' }, { days }).notes).to.deep.equal([])
        expect(said('s1', null, { days }).set).to.deep.equal({ [option.path]: 't1' })
        const first = { asOf: '2026-11-01', plan: '2026-11-20' }
        expect(said('s1', { [option.path]: 't2' }, { days: first }).set).to.deep.equal({ [option.path]: 't1' })
      })
    })
  }

  it('sends what the table says or nothing, whatever table, lists and people', () => {
    const random = randoms(17)
    let [sent, kept] = [0, 0]
    for (let round = 0; round < 3_000; round += 1) {
      const table = all[random(all.length)]
      if (!table) throw new Error('no table')
      const values = Array.from({ length: 1 + random(6) }, (_, n) => `s${n}`)
      const targets = Array.from({ length: random(5) }, (_, n) => entry(`t${n}`))
      const entries = Object.fromEntries(
        values.flatMap(value => (random(3) > 0 ? [[value, entry(`t${random(6)}`)] as const] : [])),
      )
      const month = String(10 + random(3))
      const days = { asOf: `2026-${month}-0${1 + random(9)}`, plan: '2026-11-20' }
      const value = random(7) === 0 ? null : `s${random(8)}`
      const target = random(2) === 0 ? null : { [table.option.path]: random(4) === 0 ? null : `t${random(6)}` }
      const { set, problems, notes } = outcome(table, { entries, targets, days }, whoHas(table, value), target)

      const wanted = value === null ? undefined : entries[value]?.value
      const isThere = targets.some(one => one.value === wanted)
      const paths = Object.keys(set)
      if (paths.length > 0) {
        sent += 1
        expect(set).to.deep.equal({ [table.option.path]: wanted })
        expect(isThere).to.equal(true)
      } else {
        kept += 1
        // Nobody new goes without, and nobody is left as they are without a word but who is right already.
        if (target === null) expect(problems.length).to.equal(1)
        else if (
          value === null ? target[table.option.path] !== null : !(isThere && target[table.option.path] === wanted)
        )
          expect(notes.length, JSON.stringify({ value, entries, target })).to.equal(1)
      }
    }
    expect(Math.min(sent, kept)).to.be.greaterThan(300)
  })

  it('answers the wizard’s question where it is used, and is compared only where it is for those who are there', () => {
    const flow = connectors
      .flatMap(({ flows }) => flows)
      .find((one): one is SyncFlow => one.kind === 'sync' && tabledOptions(one).length === 2)
    if (!flow) throw new Error('no flow with two tables')
    const [one, two] = tabledOptions(flow).map(({ name }) => name)
    const saved = (use: 'none' | 'new' | 'all') => ({ id: '1', use, entries: {} })
    const names = (tables: ReturnType<typeof tablesFor>) => askedOptions(flow, tables).map(({ name }) => name)
    expect(tablesFor(flow, {})).to.equal(null)
    expect(tablesFor(flow, { [String(one)]: saved('none') })).to.equal(null)
    const half = tablesFor(flow, { [String(one)]: saved('all'), [String(two)]: saved('none') })
    expect(half).to.deep.equal({ [String(one)]: { id: '1', use: 'all' } })
    expect(names(null)).to.deep.equal([one, two])
    expect(names(half)).to.deep.equal([two])
    expect(names(tablesFor(flow, { [String(one)]: saved('new'), [String(two)]: saved('all') }))).to.deep.equal([])
    const compared = (tabled: typeof half) =>
      comparedFields(flow, { ruled: null, tabled, omitted: [] })
        .map(({ id }) => id)
        .filter(id => tableFields(flow).some(field => field.id === id))
    expect(compared(half)).to.deep.equal([one])
    expect(compared(tablesFor(flow, { [String(one)]: saved('new') }))).to.deep.equal([])
  })

  it('suggests what is called the same, and nothing where several are', () => {
    const targets = [entry('1', '本社'), entry('2', '大阪 支店'), entry('3', '倉庫'), entry('4', '倉庫')]
    const suggested = (name: string) => sameName({ name }, targets)?.value ?? null
    expect(suggested('本社')).to.equal('1')
    expect(suggested('本社/大阪支店')).to.equal('2')
    expect(suggested('本社/営業部')).to.equal(null)
    expect(suggested('倉庫')).to.equal(null)
  })
})
