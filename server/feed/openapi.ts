import { paths } from '../paths.js'
import { CALLS_PER_MINUTE } from './feed.limits.js'
import { LONGEST_MESSAGE, MOST } from './feed.form.js'
import { isYearly } from '../runs/publications.js'
import type { PublicationFlow } from '../contract/contract.js'

/** The feed as OpenAPI 3.1 (docs/feed.md). Records' schemas are the connectors'. */

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })
const closed = (properties: Readonly<Record<string, object>>, required = Object.keys(properties)) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
})
const count = { type: 'integer', minimum: 0 }
const json = (description: string, schema: object) => ({
  description,
  content: { 'application/json': { schema } },
})
const refusal = (description: string, headers?: object) => ({
  description,
  ...(headers && { headers }),
  content: { 'application/problem+json': { schema: ref('Problem') } },
})

const refusals = {
  401: refusal('invalid_token', { 'WWW-Authenticate': { schema: { type: 'string' } } }),
  403: refusal('resource_forbidden'),
  404: refusal('snapshot_not_found, not_found'),
  422: refusal('invalid_parameter'),
  429: refusal('too_many_requests', { 'Retry-After': { schema: { type: 'integer', minimum: 1 } } }),
  500: refusal('internal_error'),
}

const instant = { type: 'string', format: 'date-time' }

const schemas = {
  Snapshot: closed({
    id: { type: 'string', format: 'uuid' },
    resource: { type: 'string' },
    reference_date: { type: ['string', 'null'], format: 'date' },
    year: { type: ['integer', 'null'] },
    published_at: instant,
    expires_at: instant,
  }),
  Acknowledgement: closed({
    snapshot: { type: 'string', format: 'uuid' },
    results: {
      type: 'array',
      minItems: 1,
      maxItems: MOST,
      items: closed(
        {
          employee_code: { type: 'string', minLength: 1 },
          status: { type: 'string', enum: ['created', 'updated', 'skipped', 'failed'] },
          message: { type: ['string', 'null'], maxLength: LONGEST_MESSAGE },
        },
        ['employee_code', 'status'],
      ),
    },
  }),
  Acknowledged: closed({
    snapshot: closed({
      id: { type: 'string', format: 'uuid' },
      state: { type: 'string', enum: ['published', 'ended'] },
    }),
    recorded: { ...count, description: 'people whose first acknowledgement this was' },
    remaining: { ...count, description: 'people without an acknowledgement' },
    unknown: { type: 'array', items: { type: 'string' }, description: 'codes that are not in the snapshot' },
  }),
  Problem: closed(
    {
      type: { type: 'string', enum: ['about:blank'] },
      title: { type: 'string', minLength: 1 },
      status: { type: 'integer', minimum: 400, maximum: 599 },
      code: {
        type: 'string',
        enum: [
          'invalid_token',
          'resource_forbidden',
          'snapshot_not_found',
          'not_found',
          'invalid_parameter',
          'too_many_requests',
          'internal_error',
        ],
      },
      detail: { type: 'string', minLength: 1 },
      errors: {
        type: 'array',
        minItems: 1,
        items: closed({ parameter: { type: 'string' }, message: { type: 'string', minLength: 1 } }),
      },
    },
    ['type', 'title', 'status', 'code', 'detail'],
  ),
}

const query = (name: string, schema: object) => ({ name, in: 'query', required: false, schema })

const pull = (flow: PublicationFlow) => {
  const { list, record, resource } = flow.publication
  return {
    operationId: resource,
    summary: flow.title,
    parameters: [
      ...(isYearly(flow)
        ? [{ name: 'year', in: 'path', required: true, schema: { type: 'string', pattern: '^\\d{4}$' } }]
        : []),
      query('page', { type: 'integer', minimum: 1, default: 1 }),
      query('per_page', { type: 'integer', minimum: 1, maximum: MOST, default: MOST }),
      query('snapshot', { type: 'string', format: 'uuid' }),
    ],
    responses: {
      200: json(
        'one page',
        closed({
          snapshot: ref('Snapshot'),
          page: { type: 'integer', minimum: 1 },
          per_page: { type: 'integer', minimum: 1, maximum: MOST },
          total_count: count,
          [list]: { type: 'array', maxItems: MOST, items: ref(record.name) },
        }),
      ),
      ...refusals,
    },
  }
}

export function describeFeed(flows: readonly PublicationFlow[], appUrl: string): object {
  const pulls = flows.map(flow => [
    isYearly(flow) ? `/${flow.publication.resource}/{year}` : `/${flow.publication.resource}`,
    { get: pull(flow) },
  ])
  return {
    openapi: '3.1.0',
    info: {
      title: 'Renkei pull feed',
      version: '1',
      description: `Snapshots that a company has published for a service. At most ${CALLS_PER_MINUTE} calls a minute with one token.`,
    },
    servers: [{ url: appUrl + paths.feed.to() }],
    security: [{ token: [] }],
    paths: {
      ...(Object.fromEntries(pulls) as Record<string, object>),
      '/acknowledgements': {
        post: {
          operationId: 'acknowledgements',
          requestBody: { required: true, content: { 'application/json': { schema: ref('Acknowledgement') } } },
          responses: { 200: json('what is left', ref('Acknowledged')), ...refusals },
        },
      },
      '/openapi.json': {
        get: {
          operationId: 'openapi',
          security: [],
          responses: { 200: json('this document', { type: 'object' }) },
        },
      },
    },
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: {
        ...schemas,
        ...Object.fromEntries(flows.map(({ publication: { record } }) => [record.name, record.schema])),
      },
    },
  }
}
