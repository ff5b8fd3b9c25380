import { OpenAPIBackend, type Document } from 'openapi-backend'
import { feedSchemas } from '../../server/connectors/money-forward/feed.schema.js'

const answering = (name: keyof typeof feedSchemas) => ({
  get: {
    operationId: name,
    responses: {
      200: {
        description: name,
        content: { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } },
      },
    },
  },
})

const api = new OpenAPIBackend({
  definition: {
    openapi: '3.1.0',
    info: { title: 'feed', version: '1' },
    paths: { '/employee': answering('Employee'), '/declaration': answering('Declaration') },
    components: { schemas: feedSchemas },
  } as Document,
  // its own check of documents knows OpenAPI 3.0 only
  quick: true,
  ajvOpts: { strict: false, logger: false },
})
const ready = api.init()

/** What the feed's schema has against a record; nothing when it fits. */
export async function misfits(name: keyof typeof feedSchemas, record: unknown): Promise<string[]> {
  await ready
  const { errors } = api.validateResponse(record, name, 200)
  return (errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}
