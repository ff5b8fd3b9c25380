import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { openEmployees } from '../../../docs/connector-template/directory.js'
import { acme } from '../../../docs/connector-template/index.js'
import type { Employee } from '../../../docs/connector-template/api.js'
import type { Answer, Call, Http } from '../../../server/calls/call.js'
import type { Person } from '../../../server/contract/contract.js'
import { mappingOf } from '../../../server/contract/contract.js'
import { ListingBroken, VendorMissing } from '../../../server/errors.js'
import { projectRoot } from '../../../server/platform/root.js'
import { difference } from '../../../server/runs/difference.js'

const TODAY = '2026-11-20'
const FOLDER = join(projectRoot, 'docs/connector-template')

const anEmployee = (number: number): Employee => ({
  id: `e${number}`,
  code: `A-${number}`,
  last_name: '山田',
  first_name: `${number}郎`,
  last_name_kana: 'ヤマダ',
  first_name_kana: 'ロウ',
  birth_date: '1990-04-01',
  gender: 'm',
  hired_on: '2020-04-01',
  left_on: null,
})

/** The service that the template is written for. */
function service(count: number) {
  const employees = Array.from({ length: count }, (_, at) => anEmployee(at + 1))
  const calls: string[] = []
  const answer = (body: unknown): Answer<unknown> => ({ status: 200, headers: {}, body })
  const find = (path: string) => employees.find(({ id }) => path.endsWith(`/${id}`))

  const respond = ({ method, path, query, body }: Call): Answer<unknown> => {
    calls.push(`${method} ${path}`)
    if (method === 'POST') {
      const created = { ...anEmployee(employees.length + 1), left_on: null, ...body }
      employees.push(created)
      return answer(created)
    }
    if (path === '/employees') {
      const fitting = employees.filter(({ code }) => query?.code === undefined || code === query.code)
      const [page, limit] = [Number(query?.page), Number(query?.per_page)]
      return answer({ employees: fitting.slice((page - 1) * limit, page * limit), total_count: fitting.length })
    }
    const employee = find(path)
    if (!employee) throw new VendorMissing('見つかりません。')
    return answer(method === 'PATCH' ? Object.assign(employee, body) : employee)
  }
  const http: Http = {
    request: <T>(call: Call) => Promise.resolve().then(() => respond(call) as Answer<T>),
  }
  return { http, calls, employees }
}

async function everybody(http: Http): Promise<Person[]> {
  const all: Person[] = []
  for await (const { people } of openEmployees(http).list(TODAY)) all.push(...people)
  return all
}

describe('the template of a connector', () => {
  it('lists everybody once, with every path that its mapping names', async () => {
    const { http } = service(230)
    const all = await everybody(http)

    expect(new Set(all.map(person => person.id)).size).to.equal(230)
    for (const { service: paths } of acme.flows.flatMap(mappingOf))
      for (const path of paths) expect(all[0]?.values, path).to.have.property(path)
  })

  it('re-reads people of one page by one call, and knows who is gone', async () => {
    const { http, calls } = service(3)
    const people = openEmployees(http)

    expect([...(await people.reread(['e1', 'e2'], TODAY, 0)).keys()]).to.deep.equal(['e1', 'e2'])
    expect(calls).to.deep.equal(['GET /employees'])
    expect([...(await people.reread(['e9'], TODAY, 0)).keys()]).to.deep.equal([])
    expect([await people.exists('e1'), await people.exists('e9')]).to.deep.equal([true, false])
  })

  it('registers somebody of SmartHR, finds them again, changes them, and sends nothing for nothing', async () => {
    const { http, calls, employees } = service(1)
    const people = openEmployees(http)
    const crew = { emp_code: 'N-1', last_name: '佐藤', first_name: '花子', gender: 'female', entered_at: TODAY }
    const mapping = acme.flows.flatMap(flow => (flow.direction === 'to-service' ? mappingOf(flow) : []))
    const { set } = difference(mapping, 'to-service', crew, null, { today: TODAY, settings: {} })
    const { id } = await people.create(set, TODAY)
    const lost = { ref: 'r', key: 'N-1', values: set, at: new Date() }

    expect((await people.findCreated([lost])).get('r')).to.deep.equal([id])
    expect(employees.at(-1)).to.include({ code: 'N-1', last_name: '佐藤', gender: 'f', hired_on: TODAY })
    await people.update({ id, set: { last_name: '鈴木' }, current: set, today: TODAY })
    expect((await people.reread([id], TODAY, 0)).get(id)?.name).to.equal('鈴木 花子')
    const before = calls.length
    await people.update({ id, set: {}, current: set, today: TODAY })
    expect(calls.length).to.equal(before)
  })

  it('takes no answer for an empty company', async () => {
    const silent: Http = {
      request: <T>() => Promise.resolve({ status: 200, headers: {}, body: {} } as Answer<T>),
    }
    const thrown: unknown = await everybody(silent).catch((error: unknown) => error)

    expect(thrown).to.be.instanceOf(ListingBroken)
  })

  it('imports what a copy finds after the one replacement that the guide names', () => {
    for (const file of readdirSync(FOLDER).filter(name => name.endsWith('.ts'))) {
      const imports = [...readFileSync(join(FOLDER, file), 'utf8').matchAll(/from '([^']+)'/g)].map(([, from]) => from)
      for (const from of imports) expect(from, file).to.match(/^(\.\.\/\.\.\/server\/|\.\/)/)
    }
  })
})
