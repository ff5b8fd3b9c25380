import { expect } from 'chai'
import { loadConfig } from '../../server/config.js'
import { createContainer, type Container } from '../../server/container.js'
import { ReconnectNeeded, VendorUnavailable } from '../../server/errors.js'
import type { TokenSource } from '../../server/calls/http.js'
import type { Visitor } from '../helpers/visitor.js'
import { eventually } from '../helpers/waiting.js'
import { startWorld, type World } from '../helpers/world.js'

interface Side {
  table: string
  tokenPath: string
  service: string
  of(container: Container, row: { id: string; tenant_id: string; admin_id?: string }): TokenSource
}

const sides: Record<string, Side> = {
  SmartHR: {
    table: 'smarthr_grants',
    tokenPath: '/oauth/token',
    service: 'smarthr',
    of: (container, row) => container.grants.of(row.tenant_id, row.admin_id ?? ''),
  },
  freee人事労務: {
    table: 'connections',
    tokenPath: '/public_api/token',
    service: 'freee',
    of: (container, row) => container.connections.tokensOf(container.connectorOf('freee'), row.tenant_id, row.id),
  },
}

for (const [product, side] of Object.entries(sides)) {
  describe(`the tokens of ${product}`, () => {
    let world: World
    let second: Container
    let visitor: Visitor
    before(async () => {
      world = await startWorld({ worker: false })
      second = createContainer(loadConfig(world.environment), { log: world.container.log })
    })
    after(async () => {
      await second.close()
      await world.close()
    })
    beforeEach(async () => {
      await world.reset()
      await world.control('DELETE', '/faults')
      visitor = await world.connected()
      signIns = (await world.calls(side.service)).filter(call => call.path === side.tokenPath).length
    })

    const row = async (change = 'id = id') => {
      const { rows } = await world.container.ownerPool.query<{
        id: string
        tenant_id: string
        admin_id?: string
        state?: string
        refreshing_until: Date | null
      }>(`update ${side.table} set ${change} returning *`)
      const [only] = rows
      if (!only || rows.length > 1) throw new Error(`${rows.length} rows in ${side.table}`)
      return only
    }
    const state = async () => (await row()).state
    const expiresIn = (minutes: number) => `expires_at = now() + interval '${minutes} minutes'`
    let signIns = 0
    /** calls to the token endpoint since everybody signed in; what a fault answered is logged without its body */
    const refreshes = async () =>
      (await world.calls(side.service)).filter(call => call.path === side.tokenPath).slice(signIns)

    it('are used as they are while they are good for more than five minutes', async () => {
      const source = side.of(world.container, await row(expiresIn(6)))
      expect(await source.token()).to.equal(await source.token())

      expect(await refreshes()).to.have.length(0)
    })

    it('are renewed ahead of their end, once however many processes ask', async () => {
      const found = await row(expiresIn(4))
      const containers = [world.container, second, world.container, second, second, world.container]
      const tokens = await Promise.all(containers.map(container => side.of(container, found).token()))

      expect(new Set(tokens).size).to.equal(1)
      expect(await refreshes()).to.have.length(1)
    })

    it('are renewed once when many calls were told 401 with the same token', async () => {
      const found = await row()
      const rejected = await side.of(world.container, found).token()
      const containers = [world.container, second, world.container, second]
      const tokens = await Promise.all(containers.map(container => side.of(container, found).renew(rejected)))

      expect(new Set(tokens).size).to.equal(1)
      expect(tokens[0]).not.to.equal(rejected)
      expect(await refreshes()).to.have.length(1)
    })

    it('without an expiry are used until they are refused', async () => {
      const source = side.of(world.container, await row('expires_at = null'))
      const first = await source.token()
      expect(await refreshes()).to.have.length(0)
      expect(await source.renew(first)).not.to.equal(first)
    })

    it('rotate: each refresh uses the refresh token of the one before', async () => {
      const source = side.of(world.container, await row())
      let token = await source.token()
      for (let round = 0; round < 4; round += 1) token = await source.renew(token)

      expect(await refreshes()).to.have.length(4)
      expect(await state()).to.equal('active')
    })

    it('end with 再連携が必要 everywhere when the server says invalid_grant', async () => {
      await world.control('POST', '/faults', {
        service: side.service,
        path: side.tokenPath,
        status: side.service === 'freee' ? 401 : 400,
        body: { error: 'invalid_grant', error_description: '-' },
      })
      const found = await row(expiresIn(-1))
      const outcomes = await Promise.allSettled(
        [world.container, second].map(container => side.of(container, found).token()),
      )

      for (const outcome of outcomes) expect((outcome as { reason?: unknown }).reason).to.be.instanceOf(ReconnectNeeded)
      expect(await state()).to.equal('reconnect_needed')
      expect((await visitor.get('/freee')).text).to.include('再連携が必要')
      // nobody knocks again with a dead token
      expect((await refreshes()).length).to.equal(1)
    })

    for (const fault of [
      { status: 500 },
      { status: 429 },
      { status: 200, body: '<html>maintenance</html>' },
      { truncate: true, applyFirst: false },
      { status: 401, body: { error: 'invalid_client' } },
      { drop: true },
    ]) {
      it(`survive a token endpoint that answers ${JSON.stringify(fault)}`, async () => {
        await world.control('POST', '/faults', { service: side.service, path: side.tokenPath, ...fault })
        const source = side.of(world.container, await row(expiresIn(-1)))
        const refused: unknown = await source.token().catch((error: unknown) => error)
        expect(refused).to.be.instanceOf(VendorUnavailable)
        expect(await state()).to.equal('active')

        await world.control('DELETE', '/faults')
        const asked = (await refreshes()).length
        expect(await source.token().catch((error: unknown) => error), 'shared').to.be.instanceOf(VendorUnavailable)
        expect(await refreshes(), 'the server is left alone for some seconds').to.have.length(asked)
        await row('refresh_failed_until = now()')
        if (!('truncate' in fault)) expect(await source.token()).to.be.a('string')
      })
    }

    it('hold up no page while the server hangs, and a hundred that wait ask once', async () => {
      await world.control('POST', '/faults', { service: side.service, path: side.tokenPath, hang: true })
      const found = await row(expiresIn(-1))
      let over = false
      const waiting = Promise.allSettled(
        Array.from({ length: 100 }, () => side.of(world.container, found).token()),
      ).finally(() => (over = true))
      await eventually('the question', async () => (await row()).refreshing_until !== null)
      const page = await visitor.get('/freee')

      expect(page.status).to.equal(200)
      expect(over, 'the page came while the hundred waited').to.equal(false)
      for (const outcome of await waiting)
        expect((outcome as { reason?: unknown }).reason).to.be.instanceOf(VendorUnavailable)
      expect(await refreshes()).to.have.length(1)
      expect(await state()).to.equal('active')
    })

    it('never stand in the log, whatever happens to them', async () => {
      const source = side.of(world.container, await row())
      const first = await source.token()
      const later = await source.renew(first)
      await world.control('POST', '/faults', { service: side.service, path: side.tokenPath, status: 500 })
      await source.renew(later).catch(() => undefined)

      const all = world.logs.join('')
      expect(all).not.to.include(first).and.not.include(later)
      expect(all).not.to.match(/shr_oauth_|rt_[\w-]{20}|refresh_token/)
    })
  })
}
