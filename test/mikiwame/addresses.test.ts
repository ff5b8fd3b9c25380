import { expect } from 'chai'
import { tablesWith } from '../helpers/dump.js'
import type { Visitor } from '../helpers/visitor.js'
import { eventually, reportOf } from '../helpers/waiting.js'
import { boxesOf } from '../helpers/walking.js'
import { EMPLOYEES, useMikiwame, type Json } from './mikiwame.world.js'

/** Known on both sides, new, one that looks like an address of ミキワメ, refused, and without a department there. */
const [KNOWN, NEW, TWIN, THERE, REFUSED, LOST] = [
  'known@canary.example',
  'new@canary.example',
  'tw-in@canary.example',
  'tw‐in@canary.example',
  'refused@canary.example',
  'lost@canary.example',
] as const
const CANARIES = ['canary.example', 'CANARY.example']

const aCrew = (changes: Json): Json => ({
  last_name: '梅',
  first_name: '太郎',
  last_name_yomi: 'ウメ',
  first_name_yomi: 'タロウ',
  ...changes,
})

describe('an address as the key', () => {
  const { world, switches, stateOf, linked, sync, errorFile } = useMikiwame()

  const people = async () => {
    await switches('smarthr', {
      departments: [{ name: '無登録部', code: 'X1' }],
      crews: [
        aCrew({ emp_code: '1', email: 'Known@CANARY.example' }),
        aCrew({ emp_code: '2', email: NEW }),
        aCrew({ emp_code: '3', email: TWIN }),
        aCrew({ emp_code: '4', email: REFUSED }),
        aCrew({ emp_code: '5', email: LOST, departments: ['X1'] }),
      ],
    })
    const there = (email: string): Json => ({
      email,
      last_name: '旧',
      first_name: '太郎',
      last_name_kana: 'ウメ',
      first_name_kana: 'タロウ',
    })
    await switches('mikiwame', { departments: [], employees: [there(KNOWN), there(THERE)] })
    await world.control('POST', '/faults', {
      service: 'mikiwame',
      method: 'POST',
      after: 1,
      times: 1,
      status: 422,
      body: { errors: [{ code: 'invalid', message: `${REFUSED} は登録できません。` }] },
    })
  }
  const begin = async (visitor: Visitor) => {
    await visitor.begin(`/mikiwame/runs/new?flow=${EMPLOYEES}`)
    return /runs\/([\w-]{36})/.exec(visitor.page().url)?.[1] ?? ''
  }
  const planned = (visitor: Visitor, runId: string) =>
    eventually('the plan', async () => (await visitor.get(`/runs/${runId}/fetch`)).url.includes('/select'))
  const count = async (sql: string) =>
    (await world.container.ownerPool.query<{ n: number }>(`select count(*)::int as n from ${sql}`)).rows[0]?.n ?? 0
  const keysOn = (visitor: Visitor) =>
    [...visitor.page().html.matchAll(/<td id="k\d+"><span class="key">([^<]*)</g)].map(([, key]) => key)
  const registered = async () => (await stateOf()).employees.map(({ email }) => email).sort()

  it('stands in no column in clear from the first page read to the end of the run, and nowhere afterwards', async () => {
    const visitor = await linked()
    await people()
    await world.control('POST', '/faults', {
      service: 'mikiwame',
      method: 'GET',
      path: 'employees',
      delayMs: 1_500,
      times: 1,
    })
    const runId = await begin(visitor)
    await eventually('what SmartHR lists', async () => (await count('run_staging where key is not null')) === 5)
    expect(await tablesWith(world, CANARIES), 'while it is read').to.deep.equal([])
    await planned(visitor, runId)
    expect(await tablesWith(world, CANARIES), 'once it is planned').to.deep.equal([])

    expect(keysOn(visitor)).to.have.members([KNOWN, NEW, TWIN, REFUSED, LOST])
    expect(visitor.page().text).to.include(`ミキワメの「${THERE}」と同じメールアドレスです`)
    await visitor.press('確認', { id: boxesOf(visitor) })
    expect(visitor.page().text).to.include(NEW)
    await visitor.press('同期')
    const report = await reportOf(visitor, runId)
    const mail = await eventually('the mail', async () => (await world.mails()).find(one => one.text.includes(runId)))
    expect(report.text).to.include(NEW).and.include(`${REFUSED} は登録できません。`)
    expect(mail.text).to.include(`メールアドレス: 【${REFUSED}】\n失敗理由: ${REFUSED} は登録できません。`)
    expect(await errorFile(visitor, runId))
      .to.include(REFUSED)
      .and.include(LOST)
    expect((await visitor.get(`/runs/${runId}/errors.csv?all=1`)).html).to.include(`"${NEW}"`)
    expect(await registered()).to.deep.equal([KNOWN, NEW, THERE].sort())
    expect((await stateOf()).employees.map(one => one.last_name)).to.include('梅')
    expect(await tablesWith(world, CANARIES), 'once it is over').to.deep.equal([])
    expect(world.logs.filter(line => line.includes('canary.example'))).to.deep.equal([])

    await world.container.ownerPool.query(`update runs set ended_at = ended_at - interval '31 days'`)
    await world.container.housekeeping()
    expect(await tablesWith(world, CANARIES)).to.deep.equal([])
    expect((await visitor.get(`/runs/${runId}`)).html).not.to.include('canary.example')
  })

  it('is found by any part of it, alone or with 「すべてを選択」, and sorts no list', async () => {
    const visitor = await linked()
    await people()
    await planned(visitor, await begin(visitor))
    const found = async (q: string) => {
      await visitor.press('search', { q })
      return keysOn(visitor)
    }

    expect(await found('ew@canary')).to.deep.equal([NEW])
    expect(await found('ＮＥＷ@')).to.deep.equal([NEW])
    expect(await found('nobody@canary')).to.deep.equal([])
    expect(await found('canary')).to.have.length(5)
    expect(visitor.page().html).to.include('sort:kana').and.not.include('sort:key')
    await found('new@')
    await visitor.press('select-page')
    expect(visitor.page().text).to.include('1名の従業員が選択されています')
  })

  it('pages through a long list, each person once', async () => {
    const visitor = await linked()
    const crews = Array.from({ length: 120 }, (_, n) => aCrew({ emp_code: `${n}`, email: `${n}@canary.example` }))
    await switches('smarthr', { departments: [], crews })
    await switches('mikiwame', { departments: [], employees: [] })
    await planned(visitor, await begin(visitor))
    const seen = keysOn(visitor)
    for (let pages = 0; pages < 2; pages += 1) {
      await visitor.press('次へ')
      seen.push(...keysOn(visitor))
    }

    expect(seen).to.have.length(120)
    expect(new Set(seen).size).to.equal(120)
  })

  it('leaves a one-click run’s look-alikes out in words, which no clear column holds', async () => {
    const visitor = await linked()
    await people()
    const { report, runId } = await sync(visitor, EMPLOYEES)

    expect(report.text).to.include(`ミキワメの「${THERE}」と同じメールアドレスです`)
    const mail = await eventually('the mail', async () => (await world.mails()).find(one => one.text.includes(runId)))
    expect(mail.text).to.include(`メールアドレス: 【${TWIN}】\n対象外の理由: `)
    expect(await registered()).to.deep.equal([KNOWN, NEW, THERE].sort())
    expect(await tablesWith(world, CANARIES)).to.deep.equal([])

    await visitor.get(`/runs/${runId}`)
    await visitor.press('失敗した対象だけ再実行')
    const again = /\/runs\/([0-9a-f-]{36})/.exec(visitor.page().url)?.[1] ?? ''
    await planned(visitor, again)
    expect(keysOn(visitor)).to.have.members([REFUSED, LOST])
    await visitor.press('確認')
    await visitor.press('同期')
    await reportOf(visitor, again)
    expect(await registered()).to.deep.equal([KNOWN, NEW, REFUSED, THERE].sort())
  })

  it('is read anew when what was read before has been hashed with another key, and doubles nobody', async () => {
    const visitor = await linked()
    await people()
    await world.control('POST', '/faults', {
      service: 'smarthr',
      method: 'GET',
      path: '/crews',
      delayMs: 1_000,
      times: 1,
    })
    const runId = await begin(visitor)
    await eventually('what ミキワメ lists', async () => (await count('run_staging where key is not null')) === 2)
    await world.stopWorker()
    await world.container.ownerPool.query(`update run_staging set key = '@k0' || substr(key, 4) where key is not null`)
    await world.startWorker()
    await planned(visitor, runId)

    const classes = await world.container.ownerPool.query<{ class: string; n: number }>(
      `select class, count(*)::int as n from run_items where run_id = $1 group by 1 order by 1`,
      [runId],
    )
    expect(classes.rows).to.deep.equal([
      { class: 'changed', n: 1 },
      { class: 'new', n: 4 },
    ])
  })
})
