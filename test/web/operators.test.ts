import { expect } from 'chai'
import request from 'supertest'
import { createApp } from '../../server/app.js'
import { useWorld } from '../helpers/world.js'

describe('for operators', () => {
  const world = useWorld({ worker: false, once: true })

  it('says that it is alive and ready', async () => {
    const app = createApp(world.container)

    await request(app).get('/health/live').expect(200, { status: 'ok' })
    await request(app).get('/health/ready').expect(200, { status: 'ok' })
  })

  it('is not ready while it drains', async () => {
    await request(createApp(world.container, { draining: () => true }))
      .get('/health/ready')
      .expect(503, { status: 'draining' })
  })

  it('counts requests and calls without naming companies or people', async () => {
    await world.connected()
    const { text } = await request(createApp(world.container)).get('/metrics').expect(200)

    expect(text).to.match(/renkei_service_calls_total\{[^}]*path="\/api\/v1\/users\/me"[^}]*status="200"[^}]*\} \d+/)
    expect(text).to.include('renkei_request_seconds')
    expect(text).to.include('renkei_database_up 1')
    expect(text).to.match(/renkei_smarthr_grants\{state="active"\} [1-9]/)
    expect(text).to.match(/renkei_connections\{state="active",connector="freee"\} [1-9]/)
    expect(text).not.to.include('midori').and.not.include('hanako').and.not.include('0123456789')
  })
})
