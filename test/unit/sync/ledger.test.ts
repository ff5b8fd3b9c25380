import { expect } from 'chai'
import { createLedger, FinishedElsewhere } from '../../../server/apply/ledger.js'
import type { Writing } from '../../../server/apply/writing.js'
import type { Task } from '../../../server/runs/item.rows.js'
import { LeaseLost } from '../../../server/runs/lease.js'
import type { NoteWrites, WriteNotes } from '../../../server/runs/note-writes.js'

const task = (id: string) => ({ id, sourceId: `source ${id}` }) as Task

describe('What a run notes of its writes', () => {
  let stored: WriteNotes[]
  /** items that another worker has finished */
  let finished: Set<string>
  let held: boolean
  let taken: Set<string>
  /** the database stores, and its answer is lost */
  let silent: boolean
  beforeEach(() => {
    stored = []
    silent = false
    finished = new Set()
    held = true
    taken = new Set()
  })

  const noteWrites: NoteWrites = async (_tenant, notes) => {
    await new Promise(resolve => setTimeout(resolve, 5))
    if (!held || notes.intents.some(({ itemId }) => finished.has(itemId))) return null
    stored.push(notes)
    if (silent) throw new Error('Connection terminated unexpectedly')
    return { allNew: !notes.pairs.some(({ serviceId }) => taken.has(serviceId)) }
  }
  const stores = {
    runs: { check: () => Promise.resolve({ held, cancel: false }) },
    links: {
      connect: (_account: unknown, pairs: { serviceId: string }[]) =>
        Promise.resolve(pairs.filter(({ serviceId }) => taken.has(serviceId))),
    },
  }
  const idsOf = ({ intents }: Pick<WriteNotes, 'intents'>) => intents.map(({ itemId }) => itemId)
  const ledger = () =>
    createLedger(
      {
        inTenant: (_tenant: string, work: (given: typeof stores) => Promise<unknown>) => work(stores),
        clock: { now: () => new Date() },
        run: { id: 'run', tenantId: 'tenant' },
        lease: 'lease',
        sides: { flow: { kind: 'sync', identity: 'links' }, sourceIs: 'smarthr', account: {} },
      } as unknown as Writing,
      noteWrites,
    )

  it('goes together where it comes while something else is being stored', async () => {
    const { intend, created } = ledger()
    await Promise.all([intend([task('1')]), intend([task('2')]), intend([task('3')]), created(task('4'), 'r4')])

    expect(
      stored.map(({ intents, made }) => [idsOf({ intents }).join(), made.map(({ targetId }) => targetId).join()]),
    ).to.deep.equal([
      ['1', ''],
      ['2,3', 'r4'],
    ])
  })

  it('lets a record that was made wait for the next intent, and not for long', async () => {
    const { intend, created } = ledger()
    const made = created(task('1'), 'r1')
    await intend([task('2')])
    expect(await made).to.equal(true)
    expect(stored).to.have.length(1)

    expect(await created(task('3'), 'r3')).to.equal(true)
    expect(stored.at(-1)?.pairs).to.deep.equal([{ smarthrId: 'source 3', serviceId: 'r3' }])
  })

  it('fails whom another worker has finished, and nobody who came with them', async () => {
    finished.add('2')
    const { intend, created } = ledger()
    const all = await Promise.allSettled([
      intend([task('1')]),
      intend([task('2')]),
      intend([task('3')]),
      created(task('4'), 'r4'),
    ])

    expect(all.map(({ status }) => status)).to.deep.equal(['fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
    expect((all[1] as PromiseRejectedResult).reason).to.be.instanceOf(FinishedElsewhere)
    expect(stored.flatMap(idsOf)).to.deep.equal(['1', '3'])
  })

  it('notes nothing a second time when nobody knows whether the first was stored', async () => {
    silent = true
    const { intend } = ledger()
    const all = await Promise.allSettled([intend([task('1')]), intend([task('2')]), intend([task('3')])])

    expect(all.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected', 'rejected'])
    expect(stored.map(notes => idsOf(notes).join())).to.deep.equal(['1', '2,3'])
  })

  it('stores a record that was made although who came with it can’t be noted', async () => {
    const { intend, created } = ledger()
    finished.add('2')
    const all = await Promise.allSettled([intend([task('1')]), intend([task('2')]), created(task('3'), 'r3')])

    expect(all.map(({ status }) => status)).to.deep.equal(['fulfilled', 'rejected', 'fulfilled'])
    expect(stored.flatMap(({ made }) => made.map(({ targetId }) => targetId))).to.deep.equal(['r3'])
  })

  it('says that another worker has the run', async () => {
    held = false
    const thrown: unknown = await ledger()
      .intend([task('1')])
      .catch((error: unknown) => error)
    expect(thrown).to.be.instanceOf(LeaseLost)
  })

  it('tells whose new record is another person’s', async () => {
    taken.add('r2')
    const { created } = ledger()
    expect(await Promise.all([created(task('1'), 'r1'), created(task('2'), 'r2')])).to.deep.equal([true, false])
  })
})
