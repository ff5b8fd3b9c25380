import { expect } from 'chai'
import { parse } from 'csv-parse/sync'
import { reportOf } from '../helpers/waiting.js'
import { chooseEverybody, countAsked, toSelection } from '../helpers/walking.js'
import { useWorld, type LoggedCall } from '../helpers/world.js'

interface Employee {
  num: string
  payroll: { profile: { value: Record<string, string> }[] }
}
interface Crew {
  id: string
  emp_code: string
  tel_number: string | null
}

/** So many runs, or as many as fit into so many seconds. */
const RUNS = Number(process.env.STORY_RUNS ?? 1_000)
const SECONDS = process.env.STORY_RUNS ? Number.POSITIVE_INFINITY : 40
const LEAST = 8

/** Numbers that look random and come again with the same seed. */
function randomOf(seed: number) {
  let state = seed
  return (below: number): number => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
    return Math.floor((state / 4_294_967_296) * below)
  }
}

const NOBODY_KNOWS = '?'

const FAULTS: readonly object[] = [
  { status: 422, body: { code: 1, type: 'bad_request', message: 'できません。', errors: [] } },
  { status: 500, applyFirst: true },
  { status: 503 },
  { drop: true, applyFirst: true },
  { drop: true },
]

/** What SmartHR's stand-in has received about somebody in one run; the body is not known of what struck a fault at once. */
interface Received {
  method: string
  body: Record<string, unknown> | undefined
  status: number
}

describe('a person’s story', () => {
  const world = useWorld({ limitsOff: ['smarthr', 'freee'], container: { waits: { lookUpAfterMs: [20, 50] } } })

  it('says what the service has received, run by run and person by person, whatever went wrong', async function () {
    const random = randomOf(Number(process.env.STORY_SEED ?? 7))
    const visitor = await world.connected()
    await world.control('POST', '/populate', { service: 'smarthr', employees: 0 })
    await world.control('POST', '/populate', { service: 'freee', employees: 14, seed: 3 })
    const { companies } = (await world.control('GET', '/state?service=freee')) as {
      companies: { employees: Employee[] }[]
    }
    const everybody = companies[0]?.employees ?? []
    let there = 4
    /** by 社員番号, then by run */
    const log = new Map<string, Map<string, Received[]>>()
    const crews = async () =>
      ((await world.control('GET', '/state?service=smarthr')) as { tenants: { crews: Crew[] }[] }).tenants[0]?.crews ??
      []

    const began = Date.now()
    let runs = 0
    while (runs < RUNS && (runs < LEAST || Date.now() - began < SECONDS * 1_000)) {
      if (random(3) === 0) there = Math.min(there + 1, everybody.length)
      for (const employee of everybody.slice(0, there))
        if (random(2) === 0) {
          const profile = employee.payroll.profile.at(-1)?.value ?? {}
          Object.assign(profile, { phone1: '090', phone2: '1234', phone3: String(1_000 + random(9_000)) })
        }
      await world.control('POST', '/people', { service: 'freee', people: everybody.slice(0, there) })
      const before = (await world.calls('smarthr')).length
      const runId = await toSelection(visitor, 'employees-to-smarthr')
      if (/value="(select-all|select-page)"/.test(visitor.page().html)) {
        await chooseEverybody(visitor, '確認')
        if (random(2) === 0)
          await world.control('POST', '/faults', {
            service: 'smarthr',
            method: random(2) === 0 ? 'PATCH' : 'POST',
            path: '/v1/crews',
            times: 1 + random(2),
            after: random(3),
            ...FAULTS[random(FAULTS.length)],
          })
        // nobody is as quick as this administrator, who may press 60 times a minute
        await world.container.ownerPool.query('delete from sign_in_limits')
        const { status, text } = await visitor.press('同期', countAsked(visitor))
        expect(status, text).to.equal(200)
        await reportOf(visitor, runId)
        await world.control('DELETE', '/faults')
      }
      const codes = new Map((await crews()).map(({ id, emp_code }) => [id, emp_code]))
      for (const { method, path, body, status } of (await world.calls('smarthr')).slice(before) as (Omit<
        LoggedCall,
        'body'
      > &
        Pick<Received, 'body'>)[]) {
        const id = /\/api\/v1\/crews(?:\/([^/?]+))?$/.exec(path)
        if (!id || !['POST', 'PATCH'].includes(method)) continue
        const code = id[1] === undefined ? ((body?.emp_code ?? NOBODY_KNOWS) as string) : (codes.get(id[1]) ?? '')
        const ofPerson = log.get(code) ?? new Map<string, Received[]>()
        log.set(code, ofPerson.set(runId, [...(ofPerson.get(runId) ?? []), { method, body, status }]))
      }
      runs += 1
    }

    let episodes = 0
    for (const { id, emp_code, tel_number } of await crews()) {
      const { html } = await visitor.get(`/people/${id}/story.csv`)
      const told = new Map<string, Record<string, string>[]>()
      for (const row of parse(html, { bom: true, columns: true }) as Record<string, string>[])
        if (row['結果']) told.set(row['同期ID'] ?? '', [...(told.get(row['同期ID'] ?? '') ?? []), row])
      const received = log.get(emp_code) ?? new Map<string, Received[]>()
      expect([...told.keys()].sort(), `runs that wrote ${emp_code}`).to.include.members([...received.keys()])
      expect(
        [...told].filter(([, [row]]) => row?.['区分'] === '新規登録' && row['結果'] === '成功').length,
        `${emp_code} was registered once`,
      ).to.equal(1)
      let phone: string | null = null
      // the newest comes first
      for (const [runId, rows] of [...told].reverse()) {
        const calls = received.get(runId) ?? []
        const succeeded = rows[0]?.['結果'] === '成功'
        const after = rows.find(row => row['項目'] === '電話番号')?.['変更後']
        if (succeeded) expect(calls, `${emp_code} in ${runId}`).not.to.have.length(0)
        else expect(calls.filter(({ status }) => status >= 200 && status < 300)).to.have.length(0)
        const sent = calls.flatMap(({ body }) => (typeof body?.tel_number === 'string' ? [body.tel_number] : []))
        if (after !== undefined) for (const number of sent) expect(number, `${emp_code} in ${runId}`).to.equal(after)
        else expect(sent).to.deep.equal([])
        if (succeeded && after !== undefined) phone = after
        episodes += 1
      }
      expect(phone, `${emp_code} has in SmartHR what was told last`).to.equal(tel_number)
    }
    // how often each create was sent stands in what is kept for 13 months
    const { rows } = await world.container.ownerPool.query<{ run: string; sent: number }>(
      `select run_id as run, count(*)::int as sent from person_events where what = 'sent' group by 1`,
    )
    const posts = new Map<string, number>()
    for (const ofPerson of log.values())
      for (const [run, calls] of ofPerson) {
        const sent = calls.filter(({ method }) => method === 'POST').length
        if (sent > 0) posts.set(run, (posts.get(run) ?? 0) + sent)
      }
    expect(new Map(rows.map(({ run, sent }) => [run, sent]))).to.deep.equal(posts)
    expect(episodes).to.be.greaterThan(runs)
  })
})
