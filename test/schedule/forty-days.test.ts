import { expect } from 'chai'
import { reportOf } from '../helpers/waiting.js'
import { syncEverybody, toSelection } from '../helpers/walking.js'
import { useWorld } from '../helpers/world.js'
import { TO_FREEE, watching } from './watching.js'

interface Crew {
  id: string
  emp_code: string
  tel_number: string | null
}

const DAYS = 40

/** The same numbers every time. */
function createDice(seed: number) {
  let state = seed
  return (sides: number): number => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
    return Math.floor((state / 4_294_967_296) * sides)
  }
}

describe('Forty days of 定期チェック', () => {
  const world = useWorld({ at: '2026-11-20T12:00:00+09:00', limitsOff: ['smarthr', 'freee'] })
  const { begin, nextCheck, checks, moveTo, schedule, writes, query, ranWell, runEnded } = watching(world)
  beforeEach(() => moveTo(new Date('2026-11-20T12:00:00+09:00')))

  const crews = async (): Promise<Crew[]> => {
    const state = (await world.control('GET', '/state?service=smarthr')) as {
      tenants: { subdomain: string; crews: Crew[] }[]
    }
    return state.tenants.find(({ subdomain }) => subdomain === 'midori-shokai')?.crews ?? []
  }
  const inFreee = async () => {
    const { companies } = (await world.control('GET', '/state?service=freee')) as { companies: unknown }
    return JSON.stringify(companies)
  }
  const token = async () => {
    const { rows } = await world.container.ownerPool.query<{ tenant_id: string; admin_id: string }>(
      'select tenant_id, admin_id from smarthr_grants',
    )
    const [grant] = rows
    return world.container.grants.of(grant?.tenant_id ?? '', grant?.admin_id ?? '').token()
  }
  /** Somebody works in SmartHR. */
  const phone = async (id: string, tel: string) => {
    const answer = await fetch(`${world.sandboxUrl}/smarthr/api/v1/crews/${id}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${await token()}`, 'content-type': 'application/json' },
      body: JSON.stringify({ tel_number: tel }),
    })
    expect(answer.ok).to.equal(true)
  }
  /** Mails of this kind, by the beginning of their subject. */
  const told = async (subject: string) => (await world.mails()).filter(mail => mail.subject.startsWith(subject)).length
  const toFreee = async () =>
    (await world.calls('freee')).filter(({ method, path }) => method !== 'GET' && path.includes('/employees')).length

  /** Everybody is the same on both sides, and the check is set up. Gives the phone numbers, by SmartHR's ids. */
  const settled = async (mode: string): Promise<Map<string, string | null>> => {
    const visitor = await world.connected()
    await world.control('POST', '/populate', { service: 'smarthr', employees: 8, overlap: 1, differing: 0, seed: 7 })
    const runId = await toSelection(visitor, TO_FREEE)
    if (/value="select-(all|page)"/.test(visitor.page().html)) {
      await syncEverybody(visitor)
      await reportOf(visitor, runId)
    }
    if (mode === 'auto') await ranWell(3)
    await begin(visitor, { [`${TO_FREEE}-mode`]: mode })
    expect(visitor.page().status).to.equal(200)
    return new Map((await crews()).map(({ id, tel_number: tel }) => [id, tel]))
  }
  /** In the evening before: on most days nobody, on some one or two people; some are put right again. Gives how many. */
  const evening = async (dice: ReturnType<typeof createDice>, held: ReadonlyMap<string, string | null>) => {
    await moveTo(new Date((await schedule()).next_at.getTime() - 4 * 3_600_000))
    let edits = 0
    for (let person = dice(4) - 1; person > 0; person -= 1) {
      const [id, tel] = [...held][dice(held.size)] ?? ['', '']
      await phone(id, dice(2) === 0 && tel ? tel : `03-5555-${String(1000 + dice(9000))}`)
      edits += 1
    }
    return edits
  }
  /** Who differs from what freee holds, counted without the product. */
  const recount = async (held: ReadonlyMap<string, string | null>) =>
    (await crews()).filter(({ id, tel_number: tel }) => held.get(id) !== tel)
  const dashboardOf = async () => {
    // Forty mornings pass in a minute: nobody signs in so often.
    await query('delete from sign_in_limits')
    const visitor = await world.signedIn()
    await visitor.get('/freee')
    return visitor
  }
  const badge = (people: number) =>
    people === 0 ? '差分なし' : `SmartHRと差分が${String(people)}件あります（新規0・更新${String(people)}）`
  /** 「SmartHRと差分が…」 or 「差分なし」, as the dashboard has it. */
  const shown = (text: string) => /SmartHRと差分が\d+件あります（新規\d+・更新\d+）|差分なし/.exec(text)?.[0] ?? '―'
  const lastCheck = async () => (await checks()).filter(({ slot_at: slot }) => slot !== null).at(-1)
  const isMonday = (at: Date | undefined) =>
    at?.toLocaleDateString('en', { weekday: 'short', timeZone: 'Asia/Tokyo' }) === 'Mon'

  const rows: string[] = []
  /** A line of the table in docs/checks.md: `FORTY_DAYS=1` prints it. */
  const note = (...cells: (string | number)[]) => rows.push(`| ${cells.join(' | ')} |`)
  const print = (mode: string) => {
    const table = rows.splice(0).join('\n')
    if (process.env.FORTY_DAYS === '1') process.stdout.write(`${mode}\n${table}\n`)
  }

  it('write nothing, say every morning how many differ, and send a mail on the days with news alone', async () => {
    const held = await settled('notify')
    const [written, inIt] = [(await writes()).length, await inFreee()]
    const dice = createDice(7)
    let [edits, expected, last] = [0, 0, '']
    const figures: number[] = []

    for (let day = 1; day <= DAYS; day += 1) {
      edits += await evening(dice, held)
      await nextCheck()

      const differ = await recount(held)
      figures.push(differ.length)
      const { text } = (await dashboardOf()).page()
      expect(text, `day ${String(day)}`).to.include(badge(differ.length))
      const news = differ
        .map(({ id, tel_number: tel }) => `${id}:${String(tel)}`)
        .sort()
        .join()
      const before = expected
      if (news !== '' && (news !== last || isMonday((await lastCheck())?.begun_at))) expected += 1
      last = news
      expect(await told('【定期チェック】'), `mails on day ${String(day)}`).to.equal(expected)
      note(day, differ.length, shown(text), expected - before, (await writes()).length - written - edits)
    }

    print('知らせるだけ')
    expect((await checks()).map(({ state }) => state)).to.deep.equal(Array(DAYS).fill('done'))
    expect(new Set(figures).size).to.be.greaterThan(3)
    expect(expected).to.be.greaterThan(5).and.lessThan(DAYS)
    expect((await writes()).length - written).to.equal(edits)
    expect((await inFreee()) === inIt, 'what freee holds is as it was').to.equal(true)
  })

  it('write what somebody confirms, and nothing else', async () => {
    const held = await settled('confirm')
    const [start, dice] = [await toFreee(), createDice(11)]
    let [expected, confirmed] = [0, 0]

    for (let day = 1; day <= DAYS; day += 1) {
      await evening(dice, held)
      const mailsBefore = await told('【定期チェック】')
      await nextCheck()
      const differ = await recount(held)
      const visitor = await dashboardOf()
      const { text } = visitor.page()
      expect(text, `day ${String(day)}`).to.include(badge(differ.length))
      expect((await toFreee()) - start, `writes before day ${String(day)}`).to.equal(expected)
      // On every third day somebody comes.
      if (differ.length > 0 && day % 3 === 0) {
        await visitor.press('確認して同期')
        await syncEverybody(visitor)
        await runEnded()
        expected += differ.length
        confirmed += 1
        for (const { id, tel_number: tel } of differ) held.set(id, tel)
      }
      expect((await toFreee()) - start, `writes of day ${String(day)}`).to.equal(expected)
      const mails = (await told('【定期チェック】')) - mailsBefore
      note(day, differ.length, shown(text), mails, differ.length > 0 && day % 3 === 0 ? differ.length : 0)
    }

    print('確認して同期')
    expect(confirmed).to.be.greaterThan(5)
    expect(await query('select from runs where automatic')).to.deep.equal([])
  })

  it('write by themselves whom a recount finds, each of them once', async () => {
    const held = await settled('auto')
    const [start, dice] = [await toFreee(), createDice(13)]
    let [expected, started] = [0, 0]

    for (let day = 1; day <= DAYS; day += 1) {
      await evening(dice, held)
      const mailsBefore = (await world.mails()).length
      // Counted before the check: what it is to write.
      const differ = await recount(held)
      await nextCheck()
      if (differ.length > 0) await runEnded()
      expected += differ.length
      started += differ.length > 0 ? 1 : 0
      for (const { id, tel_number: tel } of differ) held.set(id, tel)
      expect((await toFreee()) - start, `writes of day ${String(day)}`).to.equal(expected)
      const found = await lastCheck()
      expect([found?.state, found?.changed_count, found?.automatic], `day ${String(day)}`).to.deep.equal([
        'done',
        differ.length,
        differ.length > 0 ? 'started' : null,
      ])
      const { text } = (await dashboardOf()).page()
      expect(text, `day ${String(day)}`).to.include(badge(0))
      note(day, differ.length, shown(text), (await world.mails()).length - mailsBefore, differ.length)
    }

    print('自動で同期')
    expect(started).to.be.greaterThan(10)
    const runs = await query<{ state: string; succeeded: number }>(
      'select state, succeeded_count succeeded from runs where automatic',
    )
    expect(runs.map(({ state }) => state)).to.deep.equal(Array(started).fill('succeeded'))
    expect(runs.reduce((sum, { succeeded }) => sum + succeeded, 0)).to.equal(expected)
    // Nobody was written twice in one night.
    const puts = (await world.calls('freee')).filter(
      ({ method, path }) => method !== 'GET' && path.includes('/employees'),
    )
    expect(puts.length - start).to.equal(expected)
    expect((await schedule()).mode).to.equal('auto')
  })
})
