import { spawn } from 'node:child_process'
import { createCipheriv, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { expect } from 'chai'
import { loadConfig } from '../../server/config.js'
import { createContainer, type Container } from '../../server/container.js'
import { createLogger } from '../../server/platform/logger.js'
import { projectRoot } from '../../server/platform/root.js'
import { createSealer } from '../../server/platform/seal.js'
import { wholeView } from '../../server/runs/run.js'
import { makeScope } from '../helpers/scopes.js'
import { reportOf, whenRead } from '../helpers/waiting.js'
import { syncEverybody, toSelection } from '../helpers/walking.js'
import { useWorld } from '../helpers/world.js'

/** As earlier releases sealed: bound to the place alone. */
function sealedBefore(key: Buffer, plain: string, place: string): string {
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: 16 })
  cipher.setAAD(Buffer.from(place))
  const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()])
  return `v1.k1.${iv.toString('base64url')}.${body.toString('base64url')}`
}

describe('keys that seal', () => {
  const world = useWorld({ limitsOff: ['smarthr', 'freee'] })

  const open: Container[] = []
  afterEach(async () => {
    for (const container of open.splice(0)) await container.close()
  })
  /** Another process of the product, with other keys. */
  const withKeys = (keys: string) => {
    const config = loadConfig({ ...world.environment, TOKEN_KEYS: keys })
    const container = createContainer(config, { log: createLogger('none'), pace: false })
    open.push(container)
    return container
  }
  const k1 = () => world.environment.TOKEN_KEYS ?? ''
  const anotherKey = `k2:${randomBytes(32).toString('base64')}`
  const rowsOf = async <Row extends object>(sql: string, values: unknown[] = []) =>
    (await world.container.ownerPool.query<Row>(sql, values)).rows

  interface GrantRow {
    tenant_id: string
    admin_id: string
    credentials: string
  }
  const grantsOf = () => rowsOf<GrantRow>('select * from smarthr_grants order by updated_at')

  /** Puts what is stored back to how earlier releases sealed it. */
  const age = async () => {
    const key = Buffer.from(k1().split(':')[1] ?? '', 'base64')
    const sealer = createSealer([{ id: 'k1', key }])
    const old = (sealed: string, place: string, row: string) =>
      sealedBefore(key, sealer.open(sealed, place, row), place)
    for (const { tenant_id, admin_id, credentials } of await grantsOf())
      await rowsOf('update smarthr_grants set credentials = $1 where admin_id = $2', [
        old(credentials, `${tenant_id}|smarthr_grants.credentials`, admin_id),
        admin_id,
      ])
    const items = await rowsOf<{ tenant_id: string; run_id: string; source_id: string; sealed: string }>(
      'select * from run_items where sealed is not null',
    )
    for (const { tenant_id, run_id, source_id, sealed } of items)
      await rowsOf('update run_items set sealed = $1 where run_id = $2 and source_id = $3', [
        old(sealed, `${tenant_id}|run_items.sealed`, `${run_id}|${source_id}`),
        run_id,
        source_id,
      ])
    return items.length
  }
  const counts = async (container: Container) =>
    (await container.data.due.keyCounts()).map(({ place, key, bound }) => `${place} ${key}${bound ? '' : ' unbound'}`)

  it('open what earlier releases sealed, seal it anew with the first, and can then be retired', async () => {
    const visitor = await world.connected()
    const runId = await toSelection(visitor, 'employees-from-smarthr')
    expect(await age()).to.be.greaterThan(10)
    const rotated = withKeys(`${anotherKey},${k1()}`)
    expect(await counts(rotated))
      .to.include('run_items k1 unbound')
      .and.include('smarthr_grants k1 unbound')
    expect((await visitor.get(`/runs/${runId}/select`)).status).to.equal(200)
    for (let minutes = 0; minutes < 4; minutes += 1) await rotated.housekeeping()

    expect(await counts(rotated)).to.deep.equal(['connections k2', 'run_items k2', 'smarthr_grants k2'])
    const alone = withKeys(anotherKey)
    const [grant] = await grantsOf()
    expect(await alone.grants.of(grant?.tenant_id ?? '', grant?.admin_id ?? '').token()).to.be.a('string')
    const { items } = await alone.data.inTenant(grant?.tenant_id ?? '', stores =>
      stores.selection.page(runId, wholeView, null, 5),
    )
    expect(items.map(({ content }) => content.set)).to.have.length(5)
    const events = await rowsOf<{ details: object }>(`select details from audit_events where act = 'keys.rotated'`)
    expect(events.length).to.be.at.most(1)
  })

  it('are counted by npm run keys, which ends with 1 where one is missing, and otherwise where it can’t count', async () => {
    const ask = async (environment: Record<string, string>) => {
      const { PATH = '' } = process.env
      const child = spawn(process.execPath, ['--import=tsx', 'server/keys.ts'], {
        cwd: projectRoot,
        env: { PATH, ...world.environment, LOG_LEVEL: 'error', ...environment },
      })
      let said = ''
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
      const [code] = (await once(child, 'close')) as [number | null]
      return { code, said }
    }
    await world.connected()
    await withKeys(`${anotherKey},${k1()}`).housekeeping()
    await world.signedIn('jiro@midori.example')

    const both = await ask({ TOKEN_KEYS: `${anotherKey},${k1()}` })
    expect(both.said).to.match(
      /^k2 \(current\): 2\n  connections: 1\n  smarthr_grants: 1\nk1 \(older\): 1\n  smarthr_grants: 1\n$/,
    )
    expect(both.code).to.equal(0)
    const missing = await ask({ TOKEN_KEYS: anotherKey })
    expect(missing.said).to.include('k1 (MISSING in TOKEN_KEYS): 1\n')
    expect(missing.code).to.equal(1)
    const away = await ask({ DATABASE_URL: 'postgres://renkei_web:x@127.0.0.1:9/renkei' })
    expect(away.said)
      .to.include('could not be counted')
      .and.not.match(/^\s+at /m)
    expect(away.code).to.equal(69)
  })

  it('seal anew what a service has said, of a person and of a run, and open it from then on', async () => {
    await world.control('POST', '/faults', {
      service: 'freee',
      method: 'POST',
      path: '/employees',
      times: 1,
      status: 400,
      body: { status_code: 400, errors: [{ type: 'validation', messages: ['鬼灯は使用されています。'] }] },
    })
    const visitor = await world.connected()
    const runId = await toSelection(visitor, 'employees-from-smarthr')
    await syncEverybody(visitor)
    await reportOf(visitor, runId)
    const [run] = await rowsOf<{ tenant_id: string }>('select tenant_id from runs')
    const sealer = createSealer([{ id: 'k1', key: Buffer.from(k1().split(':')[1] ?? '', 'base64') }])
    const whole = sealer.seal('鬼灯が操作しました。', `${run?.tenant_id}|runs.said`, runId)
    await rowsOf('update runs set said = $1', [whole])
    const said = () =>
      rowsOf<{ key: string }>(
        `select split_part(said, '.', 2) as key from (select said from runs union all select said from run_items) t
         where said is not null`,
      )
    expect(await said()).to.deep.equal([{ key: 'k1' }, { key: 'k1' }])
    expect(await counts(world.container)).to.include('runs k1')
    const items = async (container: Container) =>
      (await container.data.due.keyCounts()).find(({ place }) => place === 'run_items')?.values
    const stored = (await rowsOf('select from run_items where sealed is not null')).length
    expect(await items(world.container)).to.equal(stored + 1)
    const rotated = withKeys(`${anotherKey},${k1()}`)
    for (let minutes = 0; minutes < 4; minutes += 1) await rotated.housekeeping()

    expect(await said()).to.deep.equal([{ key: 'k2' }, { key: 'k2' }])
    expect(await counts(rotated)).to.deep.equal(['connections k2', 'run_items k2', 'runs k2', 'smarthr_grants k2'])
    // It is due by itself, too.
    const before = sealer.seal('鬼灯', `${run?.tenant_id}|runs.said`, runId)
    for (const table of ['runs', 'run_items']) {
      const [now] = await rowsOf<{ id: number; said: string }>(`select id, said from ${table} where said is not null`)
      const old =
        table === 'runs' ? before : sealer.seal('鬼灯', `${run?.tenant_id}|run_items.said`, `${runId}|${now?.id}`)
      await rowsOf(`update ${table} set said = $1 where said is not null`, [old])
      await rowsOf('update seal_keys set settled_at = null')
      await rotated.housekeeping()
      expect(await said(), table).to.deep.equal([{ key: 'k2' }, { key: 'k2' }])
      await rowsOf(`update ${table} set said = $1 where said is not null`, [now?.said])
    }
    const alone = withKeys(anotherKey)
    const [read, people] = await alone.data.inTenant(run?.tenant_id ?? '', async stores => [
      await stores.runs.find(runId),
      await stores.items.chosen(runId, { limit: 500, outcomes: ['failed'] }),
    ])
    expect(read?.failure).to.equal('鬼灯が操作しました。')
    expect(people.items.map(({ reason }) => reason)).to.include(
      '鬼灯は使用されています。内容を確認し、修正してから、やり直してください。',
    )
  })

  it('seal anew whom a 対象範囲 leaves out, and the copy that a run keeps of it', async () => {
    const visitor = await world.connected()
    const scope = await makeScope(world, visitor, { name: '在籍', status: ['employed'] })
    await visitor.get('/freee/runs/new?flow=employees-from-smarthr')
    await visitor.press('次へ', { scope })
    const runId = /\/runs\/([0-9a-f-]{36})/.exec(visitor.page().url)?.[1] ?? ''
    await whenRead(visitor, runId)
    const sealed = () =>
      rowsOf<{ key: string }>(
        `select split_part(sealed, '.', 2) as key from (select sealed from scopes union all select scope_sealed from runs) t`,
      )
    expect(await sealed()).to.deep.equal([{ key: 'k1' }, { key: 'k1' }])
    expect(await counts(world.container))
      .to.include('runs k1')
      .and.include('scopes k1')
    const rotated = withKeys(`${anotherKey},${k1()}`)
    for (let minutes = 0; minutes < 4; minutes += 1) await rotated.housekeeping()

    expect(await sealed()).to.deep.equal([{ key: 'k2' }, { key: 'k2' }])
    const [run] = await rowsOf<{ tenant_id: string }>('select tenant_id from runs')
    const alone = withKeys(anotherKey)
    const read = await alone.inTenant(run?.tenant_id ?? '', async ({ scopes }) => [
      await scopes.conditionsOf(runId),
      (await scopes.find('freee', scope))?.conditions,
    ])
    expect(read).to.deep.equal(Array.from({ length: 2 }, () => [{ op: 'status', values: ['employed'] }]))
  })

  it('seal nothing anew while its refresh is under way, which would be lost', async () => {
    await world.connected()
    const rotated = withKeys(`${anotherKey},${k1()}`)
    await rowsOf(`update connections set refreshing_until = now() + interval '1 minute'`)
    await rotated.housekeeping()
    expect(await counts(rotated)).to.deep.equal(['connections k1', 'smarthr_grants k2'])
    await rowsOf('update connections set refreshing_until = null')
    await rotated.housekeeping()

    expect(await counts(rotated)).to.deep.equal(['connections k2', 'smarthr_grants k2'])
  })

  it('open a value in its own row alone', async () => {
    await world.signedIn()
    await world.signedIn('jiro@midori.example')
    const [hanako, jiro] = await grantsOf()
    await rowsOf('update smarthr_grants set credentials = $1 where admin_id = $2', [
      hanako?.credentials,
      jiro?.admin_id,
    ])
    const tokenOf = (grant?: GrantRow) =>
      world.container.grants
        .of(grant?.tenant_id ?? '', grant?.admin_id ?? '')
        .token()
        .then(
          () => 'opened',
          () => 'refused',
        )

    expect([await tokenOf(hanako), await tokenOf(jiro)]).to.deep.equal(['opened', 'refused'])
  })

  it('say on one page that one is missing, and never cut a file', async () => {
    const visitor = await world.connected()
    const runId = await toSelection(visitor, 'employees-from-smarthr')
    await syncEverybody(visitor)
    await reportOf(visitor, runId)
    // The last of them, who would come when the file is half sent.
    await rowsOf(
      `update run_items set sealed = replace(sealed, '.k1.', '.gone.')
       where run_id = $1 and id = (select max(id) from run_items where run_id = $1 and selected)`,
      [runId],
    )
    const file = await visitor.get(`/runs/${runId}/errors.csv?all=1`)

    expect(file.status).to.equal(500)
    expect(file.text).to.include('保存した情報を開けません').and.include('鍵')
    expect(file.headers.get('content-disposition')).to.equal(null)
    expect(await counts(world.container)).to.include('run_items gone')
    // As a row from before the keys were kept beside what they seal; the table's own trigger does not see it.
    await rowsOf('update run_items set sealed_key = null')
    expect((await visitor.get(`/runs/${runId}/errors.csv?all=1`)).status).to.equal(500)
    await rowsOf(
      `update run_items set sealed = replace(sealed, '.gone.', '.k1.'), said = replace(sealed, '.k1.', '.gone.')
       where id = (select max(id) from run_items where selected)`,
    )
    expect((await visitor.get(`/runs/${runId}/errors.csv?all=1`)).status).to.equal(500)
  })
})
