import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { someValues, startPayroll } from './payslip.samples.js'
import { startSmarthrWorld, type Json, type SmarthrWorld } from './smarthr.world.js'

interface Property {
  type?: string
  enum?: unknown[]
}
interface Definition {
  properties: Record<string, Property>
  required?: string[]
}

const folder = process.env.REFERENCE_DIR
const schema = folder === undefined ? undefined : join(folder, 'smarthr-swagger.json')

// In CI a missing schema is a failure; elsewhere the report lists these checks as pending, with the reason.
if (schema === undefined && !process.env.CI) {
  describe("payslips and families of SmartHR's stand-in against the SmartHR schema", () => {
    it('are not checked: REFERENCE_DIR does not name the folder with smarthr-swagger.json')
  })
} else {
  describe("payslips and families of SmartHR's stand-in against the SmartHR schema", () => {
    let world: SmarthrWorld
    let definitions: Record<string, Definition>
    before(async () => {
      if (schema === undefined || !existsSync(schema))
        throw new Error('REFERENCE_DIR must name the folder with smarthr-swagger.json')
      definitions = (JSON.parse(readFileSync(schema, 'utf8')) as { definitions: typeof definitions }).definitions
      world = await startSmarthrWorld()
    })
    after(() => world.close())
    beforeEach(() => world.reset())

    const typeOf = (value: unknown) =>
      Array.isArray(value) ? 'array' : Number.isInteger(value) ? 'integer' : typeof value

    /** Every key of the schema but those named, and no other; values of its types and enums, or null. */
    const check = (name: string, value: Json | undefined, absent: readonly string[] = []) => {
      const { properties = {}, required = [] } = definitions[name] ?? {}
      const keys = Object.keys(properties).filter(key => !absent.includes(key))
      expect(Object.keys(value ?? {}), name).to.have.members(keys)
      for (const [key, given] of Object.entries(value ?? {})) {
        const { type, enum: choices } = properties[key] ?? {}
        if (given === null) expect(required, `${name}.${key} is null`).not.to.include(key)
        else if (choices) expect(choices, `${name}.${key}`).to.include(given)
        else if (type) expect([type, ...(type === 'number' ? ['integer'] : [])]).to.include(typeOf(given))
      }
    }

    it('fit in payrolls and payslips', async () => {
      const { path, first, second } = await startPayroll(world)
      check('Payroll', (await world.get(path)).body)
      const payslips = [first, second].map(crew => ({ crew_id: crew, values: someValues({ 在宅勤務手当: '1' }) }))
      const { body } = await world.post(`${path}/payslips/bulk`, { payslips })
      for (const payslip of body) {
        check('Payslip', payslip, ['company'])
        for (const [list, name] of [
          ['allowances', 'Allowance'],
          ['deductions', 'Deduction'],
          ['attendances', 'Attendance'],
          ['payroll_aggregates', 'PayrollAggregate'],
        ] as const)
          for (const entry of payslip[list] as Json[]) check(name, entry)
      }
      await world.patch(`${path}/fix`, {})
      check('Payroll', (await world.patch(`${path}/publish`, {})).body)
    })

    it('fit in families and relations', async () => {
      const state = (await (await world.control('GET', '/state?service=smarthr')).json()) as { tenants: Json[] }
      for (const dependent of state.tenants[0]?.dependents as Json[]) check('Dependent', dependent)
      for (const relation of (await world.get('/dependent_relations?per_page=100')).body)
        check('DependentRelation', relation)
    })
  })
}
