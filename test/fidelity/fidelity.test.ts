import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { OpenAPIBackend, type Document } from 'openapi-backend'
import { reportOf } from '../helpers/waiting.js'
import { startWorld, type LoggedCall, type World } from '../helpers/world.js'
import { syncEverybody, toSelection } from '../helpers/walking.js'

const folder = process.env.REFERENCE_DIR
const files = { freee: 'freee-hr-openapi.json', smarthr: 'smarthr-swagger.json' } as const

type Json = Record<string, unknown>

/**
 * Where SmartHR's Swagger contradicts its own text, or can't say what is meant. Each is needed: a test removes it and
 * expects complaints.
 */
const exceptions = {
  /** Swagger 2.0 knows no null; blank attributes are answered, and cleared, with null (reference §2.1, §4.3). */
  'blank is null': true,
  /** The schema lists required members for crew writes; the text says "no field is required" (§3.1.1). */
  'crew writes require nothing': true,
  /** `fields` answers only what is named, whatever the schema requires of a crew (§2.4). */
  'fields answers a part': true,
  /** The loop guard of the webhook page is not in the list of parameters (§2.8). */
  'skip_sending_webhook is not listed': true,
  /** The text speaks of up to 100 payslips, the schema of one, in the question as in the answer (§3.11). */
  'bulk is a list of payslips': true,
}
type Exceptions = Record<keyof typeof exceptions, boolean>

/** A Swagger 2.0 schema as OpenAPI 3.0, with the exceptions that are on. */
function converted(schema: unknown, on: Exceptions, write: boolean): unknown {
  if (Array.isArray(schema)) return schema.map(entry => converted(entry, on, write))
  if (typeof schema !== 'object' || schema === null) return schema
  const out: Json = {}
  for (const [key, value] of Object.entries(schema)) {
    if (key === '$ref')
      out.$ref = String(value).replace('#/definitions/', `#/components/schemas/${write ? 'Write_' : ''}`)
    else if (key === 'required' && Array.isArray(value)) {
      const dropped = write ? on['crew writes require nothing'] : on['fields answers a part']
      if (!dropped) out.required = value
    } else if (key === 'properties') {
      out.properties = Object.fromEntries(
        Object.entries(value as Json).map(([name, property]) => {
          const inner = converted(property, on, write) as Json
          return [name, on['blank is null'] ? { anyOf: [inner, { type: 'null' }] } : inner]
        }),
      )
    } else if (key === 'items' && on['blank is null']) {
      // slots of departments and positions may be empty (§4.2)
      out.items = { anyOf: [converted(value, on, write), { type: 'null' }] }
    } else if (key !== 'example') out[key] = converted(value, on, write)
  }
  return out
}

interface SwaggerParameter {
  name: string
  in: string
  required?: boolean
  schema?: unknown
  type?: string
  enum?: unknown[]
  description?: string
}

interface Swagger {
  paths: Record<
    string,
    Record<
      string,
      { parameters?: SwaggerParameter[]; responses: Record<string, { schema?: unknown }>; operationId: string }
    >
  >
  definitions: Json
}

const BULK_QUESTION = {
  type: 'object',
  properties: {
    payslips: { type: 'array', items: { $ref: '#/definitions/postV1PayrollsPayrollIdPayslips' } },
  },
}

function asOpenApi(swagger: Swagger, on: Exceptions): Document {
  const schemas: Json = {}
  for (const [name, schema] of Object.entries(swagger.definitions)) {
    schemas[name] = converted(schema, on, false)
    schemas[`Write_${name}`] = converted(schema, on, true)
  }
  const paths: Json = {}
  for (const [path, operations] of Object.entries(swagger.paths)) {
    paths[path] = Object.fromEntries(
      Object.entries(operations).map(([method, operation]) => {
        const body = operation.parameters?.find(parameter => parameter.in === 'body')
        const parameters = (operation.parameters ?? [])
          .filter(parameter => parameter.in !== 'body' && parameter.in !== 'formData')
          .map(({ name, in: place, type, enum: values }) => ({
            name,
            in: place,
            required: place === 'path',
            schema: { type: type === 'file' ? 'string' : (type ?? 'string'), ...(values && { enum: values }) },
          }))
        const inBulk = path.endsWith('/payslips/bulk') && on['bulk is a list of payslips']
        const isWrite = ['post', 'patch'].includes(method) && path.startsWith('/v1/crews')
        if (isWrite && on['skip_sending_webhook is not listed']) {
          parameters.push({ name: 'skip_sending_webhook', in: 'query', required: false, schema: { type: 'boolean' } })
        }
        return [
          method,
          {
            operationId: operation.operationId,
            parameters,
            ...(body && {
              requestBody: {
                required: true,
                content: {
                  'application/json': { schema: converted(inBulk ? BULK_QUESTION : body.schema, on, true) },
                },
              },
            }),
            responses: Object.fromEntries(
              Object.entries(operation.responses).map(([status, { schema }]) => [
                status,
                {
                  description: '',
                  ...(schema !== undefined && {
                    content: {
                      'application/json': {
                        schema: converted(inBulk ? { type: 'array', items: schema } : schema, on, false),
                      },
                    },
                  }),
                },
              ]),
            ),
          },
        ]
      }),
    )
  }
  return {
    openapi: '3.0.3',
    info: { title: 'SmartHR', version: '1' },
    paths,
    components: { schemas },
  } as Document
}

const backend = async (definition: Document | string) => {
  const api = new OpenAPIBackend({
    definition,
    quick: true,
    ajvOpts: { strict: false, logger: false },
  })
  await api.init()
  return api
}

/** Everything about a call and its answer that does not fit the schema; the call named without its ids. */
function misfits(api: OpenAPIBackend, call: LoggedCall, path: string): string[] {
  const query = Object.fromEntries(Object.entries(call.query).map(([name, value]) => [name, value]))
  const method = call.method.toLowerCase()
  const body = call.method === 'GET' ? undefined : (structuredClone(call.body) as Json)
  const request = { method, path, query, ...(body && { body }), headers: { 'content-type': 'application/json' } }
  const operation = api.matchOperation(request)
  if (!operation?.operationId) return [`${call.method} ${path}: not in the schema`]
  const where = `${call.method} ${operation.path}`
  const listed = new Set((operation.parameters ?? []).map(parameter => ('name' in parameter ? parameter.name : '')))
  const unlisted = Object.keys(query).filter(name => !listed.has(name))
  const sent = api.validateRequest(request, operation)
  const answered =
    call.response === undefined
      ? { errors: [] }
      : api.validateResponse(structuredClone(call.response) as Json, operation, call.status)
  return [
    ...unlisted.map(name => `${where}: parameter ${name} is not listed`),
    ...(sent.errors ?? []).map(error => `${where} request${error.instancePath}: ${error.message}`),
    ...(answered.errors ?? []).map(
      error => `${where} answer${error.instancePath.replace(/\d+/g, 'n')}: ${error.message}`,
    ),
  ]
}

describe('every call and every answer of the journeys, against the official schemas', function () {
  this.timeout(120_000)
  let world: World | undefined
  let calls: Record<keyof typeof files, { call: LoggedCall; path: string }[]>
  let swagger: Swagger

  before(async function () {
    const missing = folder === undefined || !Object.values(files).every(file => existsSync(join(folder, file)))
    if (missing && process.env.CI) throw new Error('REFERENCE_DIR must name the folder with the official schemas')
    if (missing || folder === undefined) return this.skip()
    swagger = JSON.parse(readFileSync(join(folder, files.smarthr), 'utf8')) as Swagger

    world = await startWorld()
    await world.control('PUT', '/limits', { service: 'smarthr', enabled: false })
    await world.control('PUT', '/record', { responses: true })
    const visitor = await world.connected()
    for (const flow of ['employees-from-smarthr', 'employees-to-smarthr']) {
      // The first direction leaves nothing to change in the other: people who differ make it write again.
      if (flow === 'employees-to-smarthr') {
        await world.control('POST', '/populate', { service: 'freee', employees: 80, overlap: 0.5, differing: 1 })
      }
      const runId = await toSelection(visitor, flow)
      await syncEverybody(visitor)
      await reportOf(visitor, runId, 60_000)
    }
    const runId = await toSelection(visitor, 'salary-payslips')
    const one = /name="id" value="(\d+)"/.exec(visitor.page().html)?.[1] ?? ''
    await visitor.press('確認', { id: one })
    await visitor.press('取り込み')
    await reportOf(visitor, runId)
    const api = async (service: keyof typeof files, prefix: RegExp) =>
      ((await world?.calls(service)) ?? [])
        .filter(call => prefix.test(call.path))
        .map(call => ({ call, path: call.path.replace(prefix, '') }))
    calls = {
      freee: await api('freee', /^\/hr(?=\/api\/v1\/)/),
      smarthr: await api('smarthr', /^(\/t\/[^/]+)?\/api(?=\/v1\/)/),
    }
  })
  after(() => world?.close())

  const all = (api: OpenAPIBackend, service: keyof typeof files) =>
    // `users/me` is served but not in SmartHR's document (§1.5).
    calls[service]
      .filter(({ path }) => service === 'freee' || path !== '/v1/users/me')
      .flatMap(({ call, path }) => misfits(api, call, path))

  it('fits freee, with no exception', async () => {
    const api = await backend(join(folder ?? '', files.freee))

    expect(calls.freee.length).to.be.greaterThan(50)
    expect(new Set(calls.freee.map(({ call }) => call.method))).to.include.keys('GET', 'POST', 'PUT')
    expect([...new Set(all(api, 'freee'))]).to.deep.equal([])
  })

  it('notices a call that does not fit', async () => {
    const api = await backend(join(folder ?? '', files.freee))
    const listing = calls.freee.find(({ path }) => path === '/api/v1/employees')
    if (!listing) throw new Error('no listing')
    const { company_id: _left, ...query } = listing.call.query

    expect(misfits(api, { ...listing.call, query }, listing.path).join()).to.include('company_id')
    expect(misfits(api, { ...listing.call, response: { employees: 1 } }, listing.path)).not.to.deep.equal([])

    const creation = calls.freee.find(({ call }) => call.method === 'POST')
    if (!creation) throw new Error('nobody was registered')
    const body = { ...(creation.call.body as Json), company_id: '123' }
    expect(misfits(api, { ...creation.call, body }, creation.path).join()).to.include('company_id: must be integer')
  })

  it('fits SmartHR, with the exceptions named above', async () => {
    const api = await backend(asOpenApi(swagger, exceptions))

    expect(calls.smarthr.length).to.be.greaterThan(50)
    expect(new Set(calls.smarthr.map(({ call }) => call.method))).to.include.keys('GET', 'POST', 'PATCH')
    expect([...new Set(all(api, 'smarthr'))]).to.deep.equal([])
  })

  for (const name of Object.keys(exceptions) as (keyof typeof exceptions)[]) {
    it(`needs the exception "${name}"`, async () => {
      const api = await backend(asOpenApi(swagger, { ...exceptions, [name]: false }))

      expect(all(api, 'smarthr')).not.to.deep.equal([])
    })
  }
})
