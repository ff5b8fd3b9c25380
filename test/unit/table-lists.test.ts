import { expect } from 'chai'
import type { Caller, Http } from '../../server/calls/call.js'
import { createTableLists, type TableListsDeps } from '../../server/connections/table-lists.js'
import { connectors } from '../../server/connectors/registry.js'
import { tablesOf } from '../../server/contract/value-tables.js'
import { VendorUnavailable } from '../../server/errors.js'
import { createClock } from '../../server/platform/clock.js'

describe('the lists of a 対応表', () => {
  it('are given up where nobody answers a page that waits for them, with a sentence', async function () {
    this.timeout(5_000)
    const silent = (caller?: Caller): Http => ({
      request: () =>
        new Promise((_, reject) => caller?.signal.addEventListener('abort', () => reject(new Error('aborted')))),
    })
    const deps = {
      tenants: { find: () => Promise.resolve({}) },
      services: { operatorTokenOf: () => 'token', httpTo: (...args: unknown[]) => silent(args[3] as Caller) },
      smarthr: { httpFor: (...args: unknown[]) => silent(args[2] as Caller) },
      clock: createClock(),
      patienceMs: 20,
    } as unknown as TableListsDeps
    const [connector] = connectors.filter(one => tablesOf(one).length > 0)
    const [table] = connector ? tablesOf(connector) : []
    if (!connector || !table) throw new Error('no service has a table')
    const connection = { id: 'c', accountId: 'a' } as Parameters<ReturnType<typeof createTableLists>>[1]['connection']

    const failure = await createTableLists(deps)(
      { tenantId: 't', adminId: 'm' },
      { connector, connection, table },
    ).catch((error: unknown) => error)
    expect(failure).to.be.instanceOf(VendorUnavailable)
    expect((failure as Error).message).to.include('応答に時間がかかっているため、中断しました。')
  })
})
