import { expect } from 'chai'
import { anEmployee, NOON, type Record_ } from '../helpers/attendance.js'
import { reportOf } from '../helpers/waiting.js'
import { syncEverybody, toSelection } from '../helpers/walking.js'
import { useWorld, type LoggedCall } from '../helpers/world.js'
import type { Fields, Visitor } from '../helpers/visitor.js'

const FLOW = 'employees-from-smarthr'

/** What is read of everybody, whatever the rules: who it is, and when they are employed. */
const ALWAYS = [
  'id',
  'created_at',
  'departments',
  'employment_type',
  'emp_code',
  'emp_status',
  'last_name',
  'first_name',
  'last_name_yomi',
  'first_name_yomi',
  'entered_at',
  'resigned_at',
]

/** Each service's rules, what SmartHR is asked for under them, and what the service may be sent. */
const services = {
  freee: {
    off: ['job-title', 'spouse', 'phone', 'gender'],
    asked: [
      'birth_at',
      'working_student_flag',
      'widow_type',
      'handicapped_type',
      'address',
      'resident_card_address',
      'bank_accounts',
      'emp_ins_insured_person_number',
      'basic_pension_number',
      'hel_ins_insured_person_number',
      'soc_ins_insured_person_number',
      'monthly_standard_income_hel',
      'monthly_standard_income_pns',
    ],
    forbidden: ['title', 'married', 'phone1', 'phone2', 'phone3', 'gender'],
  },
  kinkakuji: {
    off: ['birth-date', 'email'],
    asked: [
      'business_last_name',
      'business_first_name',
      'business_last_name_yomi',
      'business_first_name_yomi',
      'gender',
    ],
    forbidden: ['birthDate', 'emailAddresses'],
  },
} as const

type Service = keyof typeof services

/** The names of all values in a body, at whatever depth. */
const namesIn = (body: unknown): string[] =>
  Object.entries((body ?? {}) as object).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) ? namesIn(value) : [name],
  )

describe('the same people through two services with different rules', () => {
  const world = useWorld({ at: NOON, limitsOff: ['smarthr', 'freee', 'kinkakuji'] })

  const save = async (visitor: Visitor, service: Service) => {
    const rules: Fields = Object.fromEntries(services[service].off.map(id => [`way-${id}`, 'none']))
    await visitor.get(`/${service}/settings/fields`)
    expect((await visitor.press('保存', rules)).text).to.include('項目の設定を保存しました')
  }

  /** Everybody who differs is changed there, and what was said meanwhile. */
  const through = async (visitor: Visitor, service: Service) => {
    const [smarthr, target] = [(await world.calls('smarthr')).length, (await world.calls(service)).length]
    const runId = await toSelection(visitor, FLOW, undefined, service)
    await syncEverybody(visitor)
    await reportOf(visitor, runId)
    const writes = (calls: readonly LoggedCall[]) =>
      calls.filter(({ method, path }) => ['POST', 'PUT'].includes(method) && path.includes('/employees'))
    return {
      asked: (await world.calls('smarthr'))
        .slice(smarthr)
        .flatMap(({ method, path, query }) =>
          method === 'GET' && path.endsWith('/crews') ? [(query.fields ?? 'everything').split(',').sort()] : [],
        ),
      sent: writes((await world.calls(service)).slice(target)).map(({ body }) => body),
    }
  }

  it('asks SmartHR for exactly what each needs, and sends each exactly what it may have', async () => {
    const visitor = await world.connected('freee')
    await world.control('POST', '/populate', { service: 'freee', employees: 30, overlap: 1, differing: 1, seed: 5 })
    const { tenants } = (await world.control('GET', '/state?service=smarthr')) as {
      tenants: { subdomain: string; crews: Record_[] }[]
    }
    const crews = tenants.find(({ subdomain }) => subdomain === 'midori-shokai')?.crews ?? []
    const employees = crews.flatMap(({ emp_code: code }) =>
      typeof code === 'string'
        ? [
            anEmployee(code, {
              lastName: '別姓',
              firstName: '別名',
              lastNamePhonetics: 'ベツセイ',
              firstNamePhonetics: 'ベツメイ',
              birthDate: '1901-01-01',
              hiredDate: '2001-01-01',
              emailAddresses: ['other@midori.example'],
            }),
          ]
        : [],
    )
    expect(employees.length).to.be.greaterThan(20)
    await world.control('PUT', '/switches', { service: 'kinkakuji', employees })
    await world.connected('kinkakuji')
    await save(visitor, 'freee')
    await save(visitor, 'kinkakuji')

    const logs = { freee: await through(visitor, 'freee'), kinkakuji: await through(visitor, 'kinkakuji') }

    for (const service of ['freee', 'kinkakuji'] as const) {
      const { asked, sent } = logs[service]
      const wanted = [...new Set([...ALWAYS, ...services[service].asked])].sort()
      expect(asked.length, service).to.be.greaterThan(0)
      for (const fields of asked) expect(fields, service).to.deep.equal(wanted)
      expect(sent.length, service).to.be.greaterThan(10)
      expect(
        sent.flatMap(namesIn).filter(name => (services[service].forbidden as readonly string[]).includes(name)),
      ).to.deep.equal([])
    }
    // Everything that differs and may go goes: the one service takes what the other is refused.
    expect([...new Set(logs.kinkakuji.sent.flatMap(namesIn))]).to.include.members([
      'lastName',
      'firstName',
      'lastNamePhonetics',
      'firstNamePhonetics',
      'gender',
      'hiredDate',
    ])
    expect(new Set(logs.freee.sent.flatMap(namesIn))).to.include('birth_date')
    expect(logs.freee.asked[0]).to.include('birth_at').and.not.include('gender')
    expect(logs.kinkakuji.asked[0]).to.include('gender').and.not.include('birth_at')
  })
})
