import { expect } from 'chai'
import {
  connectAttendance,
  connectFreee,
  connectMoneyForward,
  connectPca,
  consentAttendance,
  issueToken,
  linkMikiwame,
  MONEY_FORWARD_KEY,
} from '../helpers/connecting.js'
import { dumpOf } from '../helpers/dump.js'
import { sessionsOf } from '../helpers/sessions.js'
import type { Visitor } from '../helpers/visitor.js'
import { reportOf } from '../helpers/waiting.js'
import { syncEverybody, toSelection } from '../helpers/walking.js'
import { NOON } from '../helpers/attendance.js'
import { ADMIN, PASSWORD, useWorld } from '../helpers/world.js'

describe('the database', () => {
  const world = useWorld({ at: NOON, walks: true, limitsOff: ['smarthr', 'freee'] })

  /** What the app holds of what others must not: opened with its key. */
  const held = async (): Promise<string[]> => {
    const { ownerPool, grants, inTenant } = world.container
    const { rows: admins } = await ownerPool.query<{ tenant: string; id: string }>(
      'select tenant_id as tenant, admin_id as id from smarthr_grants',
    )
    const { rows: connections } = await ownerPool.query<{ tenant: string; id: string }>(
      'select tenant_id as tenant, id from connections',
    )
    const tokens = await Promise.all(admins.map(({ tenant, id }) => grants.of(tenant, id).token()))
    const credentials = await Promise.all(
      connections.map(({ tenant, id }) => inTenant(tenant, stores => stores.connections.tokens(id).read())),
    )
    return [
      ...tokens,
      ...credentials.flatMap(it => (it ? [it.accessToken, it.refreshToken, it.fields?.password] : [])),
    ].flatMap(secret => secret || [])
  }

  /** What only the browser of a session may know, and what its consents under way are proved by. */
  const ofSessions = async (visitor: Visitor): Promise<string[]> => {
    const [, id] = /^s%3A([^.]+)\./.exec(visitor.cookies.get('renkei') ?? '') ?? []
    const sessions = await sessionsOf(world)
    return [
      id,
      ...sessions.flatMap(({ csrfToken, newcomer, consents = [] }) => [
        csrfToken,
        newcomer?.token.accessToken,
        newcomer?.token.refreshToken,
        ...consents.flatMap(({ state, verifier }) => [state, verifier]),
      ]),
    ].flatMap(secret => secret ?? [])
  }

  const expectNone = async (secrets: readonly string[]) => {
    const lines = await dumpOf(world)
    const found = secrets.flatMap(secret => lines.filter(line => line.includes(secret)).map(line => line.split(' ')[0]))
    expect(found, 'tables with a secret in clear').to.deep.equal([])
    return lines.join('\n')
  }

  it('keeps nothing in clear of who is still choosing a company', async () => {
    await world.control('PUT', '/switches', { service: 'smarthr', 'usersMe.tenants': false })
    const visitor = await world.signedIn()
    expect(visitor.page().text).to.include('サブドメインを入力してください')
    const secrets = await ofSessions(visitor)

    expect(secrets, 'the id, a form’s token, and the two tokens of SmartHR').to.have.length.at.least(4)
    expect(await expectNone(secrets)).to.include('public.sessions')
  })

  it('keeps no code, state or verifier of a consent in clear, whatever became of it', async () => {
    const visitor = await world.signedIn()
    await world.control('POST', '/faults', { service: 'freee', path: '/public_api/token', status: 500 })
    await connectFreee(visitor).catch(() => undefined)
    await world.control('POST', '/faults', { service: 'smarthr', path: '/oauth/token', status: 500 })
    const other = await world.signedIn(ADMIN, '/freee')
    const inAddress = new URL(other.page().url).searchParams
    const secrets = [inAddress.get('code') ?? '', inAddress.get('state') ?? '']
    const begun = world.visitor()
    await begun.get('/auth/smarthr')
    const open = await ofSessions(begun)

    expect(secrets.every(secret => secret.length > 10)).to.equal(true)
    expect(open, 'the id, a state and its verifier').to.have.length.at.least(3)
    await expectNone([...secrets, ...open])
  })

  it('keeps no token, password or key in clear after every connect form and a sync', async () => {
    const visitor = await world.signedIn()
    await connectFreee(visitor)
    await connectPca(visitor)
    await connectAttendance(visitor, 'kinkakuji')
    await consentAttendance(visitor, 'king-of-time')
    await connectMoneyForward(visitor)
    await linkMikiwame(visitor)
    const issued = await issueToken(visitor)
    const runId = await toSelection(visitor, 'employees-to-smarthr')
    await syncEverybody(visitor)
    await reportOf(visitor, runId)
    const secrets = [...(await held()), ...(await ofSessions(visitor))]
    const demo = ['renkei-demo-mikiwame', 'renkei-demo-kinkakuji', MONEY_FORWARD_KEY, PASSWORD]

    expect(secrets).to.include(PASSWORD).and.include('renkei-demo-kinkakuji').and.include(MONEY_FORWARD_KEY)
    expect(secrets).to.have.length.at.least(8)
    await expectNone([...secrets, ...demo, issued, 'renkei-sandbox-secret', 'renkei-sandbox-freee-secret'])
  })
})
