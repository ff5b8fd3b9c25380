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
  const { begin, nextCheck, checks, moveTo, schedule, writes, query } = watching(world)

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
  const told = async () => (await world.mails()).filter(({ subject }) => subject.startsWith('【定期チェック】')).length

  it('write nothing, say every morning how many differ, and send a mail on the days with news alone', async () => {
    const visitor = await world.connected()
    await world.control('POST', '/populate', { service: 'smarthr', employees: 8, overlap: 1, differing: 0, seed: 7 })
    const runId = await toSelection(visitor, TO_FREEE)
    if (/value="select-(all|page)"/.test(visitor.page().html)) {
      await syncEverybody(visitor)
      await reportOf(visitor, runId)
    }
    await begin(visitor)
    const synced = new Map((await crews()).map(({ id, tel_number: tel }) => [id, tel]))
    const [written, held] = [(await writes()).length, await inFreee()]
    const dice = createDice(7)
    let [edits, expected, last] = [0, 0, '']
    const figures: number[] = []

    for (let day = 0; day < DAYS; day += 1) {
      // In the evening before: on most days nobody, on some one or two people; some are put right again.
      await moveTo(new Date((await schedule()).next_at.getTime() - 4 * 3_600_000))
      for (let person = dice(4) - 1; person > 0; person -= 1) {
        const [id, tel] = [...synced][dice(synced.size)] ?? ['', '']
        await phone(id, dice(2) === 0 && tel ? tel : `03-5555-${String(1000 + dice(9000))}`)
        edits += 1
      }
      await nextCheck()

      const differ = (await crews()).filter(({ id, tel_number: tel }) => synced.get(id) !== tel)
      figures.push(differ.length)
      // Forty mornings pass in a minute: nobody signs in so often.
      await query('delete from sign_in_limits')
      const { text } = await (await world.signedIn()).get('/freee')
      expect(text, `day ${String(day)}`).to.include(
        differ.length === 0
          ? '差分なし'
          : `SmartHRと差分が${String(differ.length)}件あります（新規0・更新${String(differ.length)}）`,
      )
      const news = differ
        .map(({ id, tel_number: tel }) => `${id}:${String(tel)}`)
        .sort()
        .join()
      const isMonday = new Date((await checks()).at(-1)?.begun_at.getTime() ?? 0).toLocaleDateString('en', {
        weekday: 'short',
        timeZone: 'Asia/Tokyo',
      })
      if (news !== '' && (news !== last || isMonday === 'Mon')) expected += 1
      last = news
      expect(await told(), `mails on day ${String(day)}`).to.equal(expected)
    }

    expect((await checks()).map(({ state }) => state)).to.deep.equal(Array(DAYS).fill('done'))
    expect(new Set(figures).size).to.be.greaterThan(3)
    expect(expected).to.be.greaterThan(5).and.lessThan(DAYS)
    expect((await writes()).length - written).to.equal(edits)
    expect((await inFreee()) === held, 'what freee holds is as it was').to.equal(true)
  })
})
