import { expect } from 'chai'
import type { Run } from '../../server/runs/run.js'
import { mappingOf, stepOf, type Directory, type Entry, type Values } from '../../server/contract/contract.js'
import { connectors } from '../../server/connectors/registry.js'
import {
  ListingBroken,
  ReconnectNeeded,
  Uncertain,
  VendorBlocked,
  VendorMissing,
  VendorRefused,
  VendorUnavailable,
} from '../../server/errors.js'
import { difference } from '../../server/runs/difference.js'
import type { Sides } from '../../server/runs/sides.js'
import { startWorld, type World } from '../helpers/world.js'
import { toSelection } from '../helpers/walking.js'
import { rigs, type Rig } from './rigs.js'

const TODAY = '2026-11-20'
/** outside every service's maintenance hours */
const NOON = '2026-11-20T12:00:00+09:00'

/** What any connector must keep, whatever service stands behind it; SmartHR's own directory keeps it too. */
for (const connector of connectors) {
  const rig = rigs[connector.id]

  describe(`the contract: ${connector.id}`, () => {
    // Where nobody is compared and written there is no such directory; sources.test.ts is about statements.
    // What comes in files has no stand-in: test/csv/ is about it.
    if (connector.addresses && connector.flows.some(flow => mappingOf(flow).length > 0))
      it('has a rig, so that it is tested', () => {
        expect(rig, `add ${connector.id} to test/connectors/rigs.ts`).to.be.an('object')
      })

    it('declares itself completely', () => {
      const words = [
        ...Object.values(connector.labels),
        connector.auth.texts.connected,
        connector.auth.texts.disconnected,
      ]
      for (const word of words) expect(word).to.be.a('string').and.not.equal('')
      expect(connector.id).to.match(/^[a-z][a-z0-9-]*$/)
      const ids = connector.flows.map(flow => flow.id)
      expect(new Set(ids).size).to.equal(ids.length)
      expect(connector.limits.concurrency).to.be.greaterThan(0)
      for (const flow of connector.flows) {
        expect(stepOf(flow, 'confirm')).to.be.an('object')
        expect(stepOf(flow, 'fetch')).to.be.an('object')
        expect(flow.notes.length).to.be.greaterThan(0)
        expect(connector.mail.subject(flow, '会社', false)).to.match(/｜会社$/)
        const mapping = mappingOf(flow)
        for (const { id } of mapping) expect(id).to.match(/^[a-z]+(-[a-z]+)*$/)
        for (const names of [mapping.map(pair => pair.id), mapping.map(pair => pair.label)])
          expect(new Set(names).size).to.equal(names.length)
      }
    })

    it('reads anything as an answer without falling over', () => {
      for (const nonsense of [null, undefined, '', '<html>', 1, [], {}, { errors: null }, { error: {} }]) {
        expect(() => connector.errors.read(nonsense)).not.to.throw()
      }
      expect(connector.errors.rates({}, new Date())).to.deep.equal([])
    })

    if (!rig || rig.codeOf) return
    directoryContract(connector.id, rig, 'service')
    if (rig.toSmarthr !== null) directoryContract(connector.id, rig, 'smarthr')
  })
}

function directoryContract(connector: string, rig: Rig, side: 'service' | 'smarthr') {
  describe(side === 'service' ? 'its people' : "SmartHR's people", () => {
    let world: World
    let run: Run
    let sides: Sides
    let people: Directory
    /** everybody as first listed, and somebody new; read once, since no test but a last one changes what they are */
    let remembered: { listed?: Entry[]; newcomer?: Values }
    /** Nothing was set up yet, or a test has changed what stands at the services: the next one begins anew. */
    let spent = true
    const name = side === 'service' ? rig.service : 'smarthr'

    const setUp = async () => {
      await world.reset()
      await world.control('PUT', '/limits', { service: 'smarthr', enabled: false })
      const visitor = await rig.connect(world)
      await rig.populate(world, rig.people ?? 130)
      const runId = await toSelection(
        visitor,
        side === 'service' ? rig.toService : (rig.toSmarthr ?? ''),
        undefined,
        connector,
      )
      const { rows } = await world.container.ownerPool.query<{ tenant_id: string }>('select tenant_id from runs')
      run = await world.run(rows[0]?.tenant_id ?? '', runId)
      sides = await world.container.openSides(run)
      people = sides.target
      remembered = {}
    }
    before(async () => {
      world = await startWorld({ at: NOON, container: { waits: { timeoutMs: 1_000 } } })
    })
    after(() => world.close())
    beforeEach(async () => {
      if (spent) await setUp()
      spent = false
      await world.control('DELETE', '/faults')
    })
    afterEach(function () {
      if (this.currentTest?.isFailed()) spent = true
    })

    const listed = async () => {
      const all: Entry[] = []
      const totals: (number | null)[] = []
      for await (const page of people.list(TODAY)) {
        all.push(...page.people)
        totals.push(page.total)
      }
      return { all, totals }
    }
    const fault = (description: object) => world.control('POST', '/faults', { service: name, ...description })
    const first = async () => {
      const all = (remembered.listed ??= (await listed()).all)
      const [person] = all
      if (!person) throw new Error('nobody is listed')
      return { person, all }
    }

    /** Somebody new, as the other side would bring them. */
    const newcomer = async (): Promise<Values> => (remembered.newcomer ??= await toCopy())
    const toCopy = async (): Promise<Values> => {
      for await (const page of sides.source.list(TODAY)) {
        const [source] = page.people
        if (!source) continue
        const context = { today: TODAY, settings: run.settings }
        const { set } = difference(mappingOf(sides.flow), sides.flow.direction, source.values, null, context)
        return rig.renamed(set, side, '990001')
      }
      throw new Error('nobody to copy')
    }
    const mapped = () =>
      new Set(mappingOf(sides.flow).flatMap(pair => [...(side === 'service' ? pair.service : pair.smarthr)]))
    const forCreate = (values: Values): Values => ({ ...values, ...sides.onCreate, ...rig.onCreate?.(side) })

    it('lists everybody once, page by page, with the total it names', async () => {
      const { all, totals } = await listed()

      expect(new Set(all.map(person => person.id)).size).to.equal(all.length)
      expect(all.length).to.be.at.least(130)
      for (const total of totals) if (total !== null) expect(total).to.equal(all.length)
      for (const path of mapped()) expect(all[0]?.values, path).to.have.property(path)
    })

    it('goes on with a listing from where it stopped', async () => {
      const { all } = await listed()
      let next: string | null = null
      for await (const page of people.list(TODAY)) {
        next = page.next
        break
      }
      const rest: string[] = []
      for await (const page of people.list(TODAY, next ?? undefined)) rest.push(...page.people.map(person => person.id))

      expect(rest).to.deep.equal(all.slice(people.pageSize).map(person => person.id))
    })

    it('loses nobody without a word when somebody leaves and somebody joins between two pages', async () => {
      const { all } = await listed()
      await fault({ method: 'GET', path: rig.listing?.(side) ?? '/api/v1/crews$', times: 1, after: 1, moves: true })
      const read = await listed().catch((error: unknown) => error)

      if (side === 'service' && rig.photographs) {
        expect(read).to.have.property('all').that.has.length(all.length)
        return
      }
      expect(read).to.be.instanceOf(ListingBroken)
      expect((read as Error).message).to.include('取得している間に登録または削除が行なわれた')
      expect((await listed()).all.map(person => person.id)).to.include.members(all.slice(1).map(person => person.id))
    })

    it('knows who exists, also whom the listing hides', async () => {
      const { person, all } = await first()
      expect(await people.exists(person.id)).to.equal(true)
      expect(await people.exists(rig.unknownId(side))).to.equal(false)
      if (!people.everyone) return
      const known: string[] = []
      for await (const chunk of people.everyone(TODAY)) known.push(...chunk.map(one => one.id))
      expect(known).to.include.members(all.map(one => one.id))
    })

    it('re-reads people as it listed them, and leaves out who is gone', async () => {
      const { all } = await first()
      const some = all.slice(0, 3)
      const again = await people.reread([...some.map(person => person.id), rig.unknownId(side)], TODAY, 0)

      expect([...again.values()].map(person => person.values)).to.deep.equal(some.map(person => person.values))
    })

    it('creates somebody, with the rest by update, and finds them again by what is known of a lost create', async () => {
      spent = true
      const values = await newcomer()
      const at = new Date()
      const created = await people.create(forCreate(values), TODAY)
      if (Object.keys(created.left).length > 0) {
        await people.update({ id: created.id, set: created.left, current: created.current, today: TODAY })
      }
      if (!people.keysUnique) {
        const keys: (string | null)[] = []
        for await (const page of people.keys?.() ?? []) keys.push(...page)
        expect(keys, 'a second record is not refused, so that the engine asks').to.include('990001')
      }
      const found = await people.findCreated([{ ref: 'r', key: rig.keyOf?.('990001') ?? '990001', values, at }])
      expect(found.get('r')).to.deep.equal([created.id])

      const now = (await people.reread([created.id], TODAY, 0)).get(created.id)?.values ?? {}
      const missing = Object.entries(values).filter(([path, value]) => (value ?? '') !== (now[path] ?? ''))
      expect(missing).to.deep.equal([])
    })

    it('updates so that the same order twice leaves the same record, and sends nothing for nothing', async () => {
      spent = true
      const { person } = await first()
      const set = rig.change(side)
      const order = { id: person.id, set, current: person.values, payload: person.payload, today: TODAY }
      await people.update(order)
      const once = (await people.reread([person.id], TODAY, 0)).get(person.id)?.values ?? {}
      // Where the record carries a stamp, the second order says the one it has read.
      const now = (await people.reread([person.id], TODAY, 0)).get(person.id)
      await people.update(people.batch && now ? { ...order, current: now.values, payload: now.payload } : order)
      const twice = (await people.reread([person.id], TODAY, 0)).get(person.id)?.values

      for (const [path, value] of Object.entries(set)) expect(once[path]).to.equal(value)
      if (!people.batch) expect(twice).to.deep.equal(once)
      for (const path of mapped()) expect(twice?.[path], path).to.equal(once[path])
      const before = (await world.calls(name)).length
      await people.update({ ...order, set: {} })
      expect((await world.calls(name)).length).to.equal(before)
    })

    const update = async () => {
      const { person } = await first()
      return () =>
        people.update({
          id: person.id,
          set: rig.change(side),
          current: person.values,
          payload: person.payload,
          today: TODAY,
        })
    }
    const refusals: [what: string, answer: object, kind: 'read' | 'update' | 'create', error: unknown][] = [
      ['a refused record', rig.refusal(side), 'update', VendorRefused],
      ['a refused new record', rig.refusal(side), 'create', VendorRefused],
      ['a blocked address', rig.blocked(side), 'read', VendorBlocked],
      ['a lasting 503', { status: 503 }, 'read', VendorUnavailable],
      ['a lasting 500 for an update', { status: 500 }, 'update', VendorUnavailable],
      ['HTML where JSON is due', { status: 200, body: '<html></html>' }, 'read', VendorUnavailable],
      ['half a JSON', { truncate: true }, 'read', VendorUnavailable],
      ['a lasting limit', { status: 429, headers: { 'Retry-After': '3600' }, body: {} }, 'read', VendorUnavailable],
      ['silence', { hang: true }, 'read', VendorUnavailable],
      ['silence on a create', { hang: true }, 'create', Uncertain],
      ['a cut line on a create', { drop: true }, 'create', Uncertain],
      ['500 on a create', { status: 500 }, 'create', Uncertain],
      ['HTML on a create', { status: 201, body: '<html></html>' }, 'create', Uncertain],
      ['a create without an id', { status: 201, body: {} }, 'create', Uncertain],
      ['a create that says null', { status: 201, body: 'null' }, 'create', Uncertain],
      ['a listing without people', { status: 200, body: {} }, 'read', ListingBroken],
    ]
    const expired = rig.expired(side)
    for (const kind of ['read', 'update', 'create'] as const)
      if (expired) refusals.push(['a token that stays expired', expired, kind, ReconnectNeeded])
    const missing = rig.missing(side)
    if (missing) refusals.push(['a missing record', { status: 404, body: missing }, 'update', VendorMissing])
    for (const [what, answer, kind, error] of refusals) {
      it(`calls ${what} by its name (${kind})`, async () => {
        const values = forCreate(await newcomer())
        const updating = await update()
        // Whoever connected has to do so once more.
        spent = error === ReconnectNeeded
        await fault({ ...(kind === 'read' ? { method: 'GET' } : { path: rig.writes(side) }), ...answer })
        const act = { read: listed, update: updating, create: () => people.create(values, TODAY) }[kind]
        const thrown = await act().then(
          () => null,
          (reason: unknown) => reason,
        )

        // Batches are never repeated blindly, updates included.
        const lost = error === VendorUnavailable && kind === 'update' && people.batch !== undefined
        expect(thrown).to.be.instanceOf(lost ? Uncertain : error)
        expect((thrown as Error).message).to.match(/[ぁ-んァ-ヶ一-龠]/)
        expect(JSON.stringify(thrown)).not.to.include('Bearer')
      })
    }

    if (rig.renews(side))
      it('renews an expired token once and goes on', async () => {
        const renewals = async () =>
          (await world.calls(name)).filter(({ path }) => path.toLowerCase().endsWith('/token')).length
        await listed()
        const before = await renewals()
        await fault({ method: 'GET', times: 1, ...rig.expired(side) })

        expect((await listed()).all.length).to.be.at.least(130)
        expect((await renewals()) - before).to.equal(1)
      })

    it('waits for a limit and goes on', async () => {
      await fault({ method: 'GET', times: 1, status: 429, headers: { 'Retry-After': '0' }, body: {} })

      expect((await listed()).all.length).to.be.at.least(130)
    })
  })
}
