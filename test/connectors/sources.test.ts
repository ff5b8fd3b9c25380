import { expect } from 'chai'
import type { Entry } from '../../server/contract/contract.js'
import { connectors } from '../../server/connectors/registry.js'
import { TOTALS, type Statement } from '../../server/contract/statement.js'
import { ListingBroken, VendorUnavailable } from '../../server/errors.js'
import type { Sides } from '../../server/runs/sides.js'
import type { Visitor } from '../helpers/visitor.js'
import { eventually } from '../helpers/waiting.js'
import { startWorld, type World } from '../helpers/world.js'

const NOON = '2026-11-20T12:00:00+09:00'
const MONTH = '2026-11-01'

/** Where a connector's payslips come from, and how to get to them. */
interface Source {
  service: string
  flow: string
  /** the listing's path, as a regular expression */
  path: string
  connect(world: World): Promise<Visitor>
  /** answers the pages before the fetch */
  begin(visitor: Visitor): Promise<unknown>
}

const sources: Readonly<Record<string, Source>> = {
  freee: {
    service: 'freee',
    flow: 'salary-payslips',
    path: 'employee_payroll_statements',
    connect: world => world.connected(),
    begin: visitor => visitor.press('次へ', { referenceDate: '2026-11' }),
  },
  'money-forward': {
    service: 'money-forward',
    flow: 'payslips',
    path: 'payslips$',
    async connect(world) {
      const visitor = await world.signedIn('hanako@midori.example', '/money-forward')
      await visitor.get('/money-forward/connection')
      await visitor.press('登録', { apiKey: '3f2b8c1e-7d44-4a5b-9c0e-2a6d8e1f0b37' })
      return visitor
    },
    begin: visitor => visitor.press('取り込む', { area: 'pr_202611' }),
  },
}

/** What any source of statements must keep, whatever service stands behind it. */
for (const connector of connectors) {
  const flow = connector.flows.find(candidate => candidate.kind === 'import')
  if (!flow) continue

  describe(`the contract of statements: ${connector.id}`, () => {
    const source = sources[connector.id]
    let world: World
    let sides: Sides

    before(async () => {
      if (!source) throw new Error(`add ${connector.id} to the sources`)
      world = await startWorld({ at: NOON, container: { waits: { timeoutMs: 1_000 } } })
      await world.control('PUT', '/limits', { service: source.service, enabled: false })
      await world.control('PUT', '/limits', { service: 'smarthr', enabled: false })
      const visitor = await source.connect(world)
      await world.control('POST', '/populate', { service: source.service, employees: 230, overlap: 1 })
      await visitor.begin(`/${connector.id}/runs/new?flow=${source.flow}`)
      await source.begin(visitor)
      const id = /\/runs\/([0-9a-f-]{36})/.exec(visitor.page().url)?.[1] ?? ''
      await eventually('the plan', async () => !(await visitor.get(`/runs/${id}/fetch`)).url.endsWith('/fetch'))
      const { rows } = await world.container.ownerPool.query<{ tenant_id: string }>('select tenant_id from runs')
      sides = await world.container.openSides(await world.run(rows[0]?.tenant_id ?? '', id))
    })
    after(() => world.close())
    afterEach(() => world.control('DELETE', '/faults'))

    const listed = async (from?: string) => {
      const all: Entry[] = []
      for await (const page of sides.source.list(MONTH, from)) {
        expect(page.people.length).to.be.at.most(sides.source.pageSize)
        if (from === undefined && page.next === null) expect(all.length + page.people.length).to.equal(page.total)
        all.push(...page.people)
      }
      return all
    }

    it('lists every statement once, page by page, with the total it names', async () => {
      const all = await listed()

      expect(all.length).to.be.at.least(230)
      expect(new Set(all.map(record => record.id)).size).to.equal(all.length)
      for (const record of all) expect(record.key).to.be.a('string')
    })

    it('says of each what a payroll needs, in the words of both sides', async () => {
      for (const record of await listed()) {
        const statement = record.payload as Statement
        expect(statement.paymentType).to.equal('salary')
        for (const date of [statement.paidAt, statement.periodStart, statement.periodEnd])
          expect(date).to.match(/^\d{4}-\d{2}-\d{2}$/)
        expect(Object.keys(statement.group)).not.to.deep.equal([])
        const kinds = statement.items.map(item => item.kind)
        for (const total of TOTALS) expect(kinds.filter(kind => kind === total)).to.have.length(1)
        expect(new Set(statement.items.map(item => item.name)).size).to.equal(statement.items.length)
        for (const { kind, value } of statement.items)
          expect(value).to.match(kind === 'attendance' ? /^(-?\d+(\.\d+)?|-?\d+:\d{2})?$/ : /^(-?\d+)?$/)
      }
    })

    it('goes on with a listing from where it stopped', async () => {
      const all = await listed()
      let next: string | null = null
      for await (const page of sides.source.list(MONTH)) {
        next = page.next
        break
      }
      const rest = await listed(next ?? undefined)

      expect(rest.map(record => record.id)).to.deep.equal(all.slice(sides.source.pageSize).map(record => record.id))
    })

    it('loses no statement without a word when one goes and another comes between two pages', async () => {
      await world.control('POST', '/faults', {
        service: source?.service,
        method: 'GET',
        path: source?.path,
        times: 1,
        after: 1,
        moves: true,
      })
      const error: unknown = await listed().catch((reason: unknown) => reason)

      expect(error).to.be.instanceOf(ListingBroken)
      expect((error as Error).message).to.include('取得している間に登録または削除が行なわれた')
    })

    it('reads the same statement alike each time, so that a change can be told', async () => {
      const documents = async () => (await listed()).map(record => record.payload)
      expect(await documents()).to.deep.equal(await documents())
    })

    it('writes nothing there', async () => {
      await sides.source.create({}, MONTH).then(
        () => expect.fail('a statement was written'),
        (error: unknown) => expect(error).to.be.instanceOf(Error),
      )
      const calls = await world.calls(source?.service ?? '')
      expect(calls.filter(call => call.path.includes('pay') && call.method !== 'GET')).to.deep.equal([])
    })

    const failures: [what: string, answer: object, error: unknown][] = [
      ['a lasting 503', { status: 503 }, VendorUnavailable],
      ['HTML where JSON is due', { status: 200, body: '<html></html>' }, VendorUnavailable],
      ['half a JSON', { truncate: true }, VendorUnavailable],
      ['a lasting limit', { status: 429, headers: { 'Retry-After': '3600' }, body: {} }, VendorUnavailable],
      ['silence', { hang: true }, VendorUnavailable],
      ['a listing without statements', { status: 200, body: {} }, ListingBroken],
    ]
    for (const [what, answer, error] of failures) {
      it(`calls ${what} by its name, in Japanese and without a secret`, async () => {
        await world.control('POST', '/faults', { service: source?.service, path: source?.path, ...answer })
        const thrown = await listed().then(
          () => null,
          (reason: unknown) => reason,
        )

        expect(thrown).to.be.instanceOf(error)
        expect((thrown as Error).message).to.match(/[ぁ-んァ-ヶ一-龠]/)
        expect(JSON.stringify(thrown)).not.to.match(/Bearer|3f2b8c1e/)
      })
    }
  })
}
