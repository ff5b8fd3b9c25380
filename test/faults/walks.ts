import { eventually, reportOf, whenRead } from '../helpers/waiting.js'
import { chooseEverybody, countAsked, syncEverybody, toSelection } from '../helpers/walking.js'
import type { Visitor } from '../helpers/visitor.js'
import type { Clean } from './model.js'
import { freee, mikiwame, payslips, pca, smarthr, smarthrByMail, type Held, type Service } from './observed.js'
import type { Stage } from './stage.js'

/** One way of an administrator through the product, and what its run is known to need. */
export interface Walk {
  connector: string
  from: Service
  to: Service
  clean: Clean
  /** how long a create without an answer is looked for before it is sent again, s */
  looksForS: number
  /** Puts people on both sides; how many of them are to be written. */
  fill(stage: Stage, order: { people: number; seed: number }, visitor: Visitor): Promise<Filled>
  /** From the dashboard to the order; the run's id. */
  start(stage: Stage, visitor: Visitor): Promise<string>
}

/** `ought`: what the target is to hold of everybody in the end, where it is not what the source holds. */
export type Filled = number | { amount: number; ought: readonly Held[] }

/** Half are new, and all the others differ. */
const bothSides =
  (service: string, other: string) =>
  async (stage: Stage, { people, seed }: { people: number; seed: number }) => {
    await stage.control('POST', '/populate', {
      service,
      with: other,
      employees: people,
      overlap: 0.5,
      differing: 1,
      seed,
    })
    return people
  }

type Json = Readonly<Record<string, unknown>>

const midoriOf = async (stage: Stage) =>
  ((await stage.state('smarthr')).tenants as Json[]).find(({ subdomain }) => subdomain === 'midori-shokai') ?? {}

/** PCA takes digits for its 社員コード. */
async function fillPca(stage: Stage, order: { people: number; seed: number }) {
  const amount = await bothSides('smarthr', 'pca')(stage, order)
  const inDigits = (code: unknown) => String(code).trim().replace('P', '1')
  const crews = ((await midoriOf(stage)).crews as Json[]).map(crew => ({ ...crew, emp_code: inDigits(crew.emp_code) }))
  await stage.control('POST', '/people', { service: 'smarthr', people: crews })
  const [area] = ((await stage.state('pca')).products as { Pay20: { employees: Json[] }[] }).Pay20
  const people = (area?.employees ?? []).map(({ Code, LastName, FirstName, LastKana, FirstKana, ...one }) => ({
    ...{ LastName, FirstName, LastKana, FirstKana, Gender: one.Gender },
    Code: inDigits(Code),
    BirthDate: String(one.BirthDate),
    EnterDate: String(one.EnterDate),
  }))
  await stage.control('POST', '/people', { service: 'pca', people })
  return amount
}

/** ミキワメ takes people of departments that it knows. */
async function fillMikiwame(stage: Stage, order: { people: number; seed: number }) {
  const departments = ((await midoriOf(stage)).departments as Json[]).flatMap(({ name, code }) =>
    code ? [{ name, code }] : [],
  )
  await stage.control('PUT', '/switches', { service: 'mikiwame', departments })
  return bothSides('smarthr', 'mikiwame')(stage, order)
}

const wizard = (connector: string, flow: string) => async (_: Stage, visitor: Visitor) => {
  const runId = await toSelection(visitor, flow, undefined, connector)
  await syncEverybody(visitor)
  return runId
}

/** A run over people who all differ, from one end to the other; what the target held before is what an undo is to bring back. */
const synced =
  (flow: string, from: Service, to: Service): Walk['fill'] =>
  async (stage, { people, seed }, visitor) => {
    const order = { service: from.name, with: to.name, employees: people, overlap: 1, differing: 1, seed }
    await stage.control('POST', '/populate', order)
    const ought = to.people(await stage.state(to.name))
    const runId = await wizard('freee', flow)(stage, visitor)
    await reportOf(visitor, runId)
    await eventually('the mail of the run', async () => (await stage.mails()).some(({ text }) => text.includes(runId)))
    const held = new Map(to.people(await stage.state(to.name)).map(({ key, facts }) => [key, JSON.stringify(facts)]))
    const moved = ought.filter(({ key, facts }) => held.get(key) !== JSON.stringify(facts)).length
    if (moved < people) throw new Error(`an undo would be seen with ${moved} of ${people} people only`)
    return { amount: people, ought }
  }

/** ［この同期を取り消す］ on the report of the one run that there is. */
async function undo(stage: Stage, visitor: Visitor): Promise<string> {
  const [run] = await stage.rows<{ id: string }>('select id from runs')
  await visitor.get(`/runs/${run?.id}`)
  await visitor.press('この同期を取り消す')
  const runId = /\/runs\/([0-9a-f-]{36})/.exec(visitor.page().url)?.[1] ?? ''
  await whenRead(visitor, runId)
  await visitor.get(`/runs/${runId}/select`)
  await chooseEverybody(visitor, '確認')
  await visitor.press('元に戻す', countAsked(visitor))
  return runId
}

/** A button of the dashboard that reads and writes without a further question. */
const oneClick = (connector: string, flow: string) => async (stage: Stage, visitor: Visitor) => {
  await visitor.get(`/${connector}`)
  const form = visitor
    .page()
    .html.split('<form')
    .find(part => part.includes(`value="${flow}"`))
  const csrf = /name="_csrf" value="([^"]+)"/.exec(form ?? '')?.[1] ?? ''
  await visitor.post(`/${connector}/runs/new`, { _csrf: csrf, flow })
  const [run] = await stage.rows<{ id: string }>('select id from runs order by created_at desc limit 1')
  if (!run) throw new Error(`no run at ${visitor.page().url}: ${visitor.page().text.slice(0, 300)}`)
  return run.id
}

/** The month of the newest statements, by the wall clock of the services. */
const thisMonth = () => new Date(Date.now() + 9 * 3_600_000).toISOString().slice(0, 'YYYY-MM'.length)

export const WALKS = {
  'to freee': {
    connector: 'freee',
    from: smarthr,
    to: freee,
    clean: { reads: 12, writesPerNew: 6, writesPerChanged: 4 },
    looksForS: 120,
    fill: bothSides('smarthr', 'freee'),
    start: wizard('freee', 'employees-from-smarthr'),
  },
  'to SmartHR': {
    connector: 'freee',
    from: freee,
    to: smarthr,
    clean: { reads: 12, writesPerNew: 1, writesPerChanged: 1 },
    looksForS: 10,
    fill: bothSides('freee', 'smarthr'),
    start: wizard('freee', 'employees-to-smarthr'),
  },
  'to PCA': {
    connector: 'pca',
    from: smarthr,
    to: pca,
    clean: { reads: 12, writesPerNew: 1, writesPerChanged: 1 },
    looksForS: 10,
    fill: fillPca,
    start: wizard('pca', 'employees-from-smarthr'),
  },
  'to ミキワメ': {
    connector: 'mikiwame',
    from: smarthrByMail,
    to: mikiwame,
    clean: { reads: 12, writesPerNew: 1, writesPerChanged: 1 },
    looksForS: 10,
    fill: fillMikiwame,
    start: oneClick('mikiwame', 'employees-from-smarthr'),
  },
  'undo in SmartHR': {
    connector: 'freee',
    from: freee,
    to: smarthr,
    clean: { reads: 12, writesPerNew: 1, writesPerChanged: 1 },
    looksForS: 10,
    fill: synced('employees-to-smarthr', freee, smarthr),
    start: undo,
  },
  'undo in freee': {
    connector: 'freee',
    from: smarthr,
    to: freee,
    clean: { reads: 22, writesPerNew: 6, writesPerChanged: 4 },
    looksForS: 10,
    fill: synced('employees-from-smarthr', smarthr, freee),
    start: undo,
  },
  payslips: {
    connector: 'freee',
    from: freee,
    to: payslips,
    clean: { reads: 20, writesPerNew: 1, writesPerChanged: 0 },
    looksForS: 10,
    async fill(stage, { people, seed }) {
      await stage.control('POST', '/populate', { service: 'freee', employees: people, overlap: 1, seed })
      // Every tenth is paid on another day.
      return people - Math.floor(people / 10)
    },
    async start(_, visitor) {
      const runId = await toSelection(visitor, 'salary-payslips', thisMonth())
      await whenRead(visitor, runId)
      await visitor.get(`/runs/${runId}/select`)
      await visitor.press('search', { q: `${thisMonth().replace('-', '/')}/25` })
      await visitor.press(visitor.page().html.includes('value="select-all"') ? 'select-all' : 'select-page')
      await visitor.press('確認')
      await visitor.press('取り込み')
      return runId
    },
  },
} as const satisfies Record<string, Walk>

export type WalkName = keyof typeof WALKS
