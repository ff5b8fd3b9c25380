import { expect } from 'chai'
import { createBatches } from '../../../server/apply/batches.js'
import { createItemWriter } from '../../../server/apply/item-writer.js'
import type { Update } from '../../../server/apply/updates.js'
import type { Writing } from '../../../server/apply/writing.js'
import type { Batch } from '../../../server/contract/contract.js'
import { Uncertain, VendorUnavailable } from '../../../server/errors.js'

const POISON = '4'

describe('Updates in batches', () => {
  const sent: string[][] = []
  let down: boolean
  beforeEach(() => {
    sent.length = 0
    down = false
  })

  const batch: Batch = {
    size: 5,
    create: () => Promise.reject(new Error('nobody is new')),
    update(orders) {
      const ids = orders.map(({ id }) => id)
      sent.push(ids)
      if (down || ids.includes(POISON)) return Promise.reject(new Uncertain('登録できたかを確認できませんでした。'))
      return Promise.resolve(ids.map(id => ({ id })))
    },
  }
  const stores = {
    runs: { check: () => Promise.resolve({ held: true, cancel: false }), hold: () => Promise.resolve(true) },
  }
  const writing = () =>
    ({
      inTenant: (_tenant: string, work: (given: typeof stores) => Promise<unknown>) => work(stores),
      clock: { now: () => new Date() },
      run: { id: 'run', tenantId: 'tenant' },
      lease: 'lease',
      ledger: { intend: () => Promise.resolve() },
      sides: { flow: { kind: 'sync', identity: 'keys' }, names: { target: 'みどり給与' }, target: { batch } },
      days: { plan: '2026-11-01' },
      lookUpAfterMs: [],
      signal: new AbortController().signal,
      answers: { count: 0 },
    }) as unknown as Writing
  const updates = (...ids: string[]): Update[] =>
    ids.map(
      id =>
        ({
          task: { id, content: { set: { name: '新' } }, intentAt: null },
          now: { id, values: { name: '旧' } },
        }) as unknown as Update,
    )

  /** As a run goes: whoever has no outcome comes again, read anew. */
  async function outcomes(ids: string[]) {
    const writer = createItemWriter(writing())
    const found = new Map<string, string>()
    for (let round = 0; round < 6 && found.size < ids.length; round += 1) {
      for (const unit of writer.updatesByCall(updates(...ids.filter(id => !found.has(id))))) {
        for (const result of await writer.updateAll(unit)) if (result) found.set(result.itemId, result.outcome)
      }
    }
    return found
  }

  it('go one by one when a batch got no answer: the one that the target can’t bear keeps nobody else from theirs', async () => {
    const found = await outcomes(['1', '2', '3', '4', '5', '6', '7'])

    expect([...found].filter(([, outcome]) => outcome === 'failed')).to.deep.equal([[POISON, 'failed']])
    expect([...found].filter(([, outcome]) => outcome === 'succeeded')).to.have.length(6)
    expect(sent[0]).to.deep.equal(['1', '2', '3', '4', '5'])
    expect(sent.slice(2).every(ids => ids.length === 1)).to.equal(true)
  })

  it('fail nobody while the target answers none of them: the run is put aside, in words that are true of all', async () => {
    down = true
    const { update } = createBatches(writing(), batch)
    let thrown: unknown
    for (let times = 0; times < 6 && !thrown; times += 1)
      await update(updates('1')).catch((error: unknown) => (thrown = error))

    expect(thrown).to.be.instanceOf(VendorUnavailable)
    expect((thrown as Error).message)
      .to.include('みどり給与から応答がない状態が続いたため')
      .and.not.include('登録')
  })
})
