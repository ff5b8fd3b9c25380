import { expect } from 'chai'
import { connectors } from '../../../server/connectors/registry.js'
import {
  readsFile,
  type Directory,
  type Entry,
  type SyncFlow,
  type UncertainCreate,
} from '../../../server/contract/contract.js'
import { connectorBy, flowBy, keyChoices, keyedBy, NUMBER } from '../../../server/contract/flow-keys.js'
import { lockOf } from '../../../server/contract/field-rules.js'
import { listingOnly } from '../../../server/contract/listing.js'

const choosing = connectors.flatMap(connector =>
  connector.flows.flatMap(flow => (flow.kind === 'sync' && flow.otherKeys ? [{ connector, flow }] : [])),
)
const [first] = choosing
const flow = first?.flow as SyncFlow

const entry = (values: Entry['values']): Entry => ({ id: '1', key: '1', name: '', kana: '', detail: '', values })

describe('keys that a company may choose', () => {
  it('are e-mail for the attendance services in both directions, and none for the others', () => {
    expect(choosing.map(({ connector, flow }) => `${connector.id}/${flow.direction}`)).to.deep.equal(
      ['kinkakuji', 'king-of-time', 'touch-on-time'].flatMap(id => [`${id}/to-smarthr`, `${id}/to-service`]),
    )
    for (const connector of connectors)
      expect(keyChoices(connector), connector.id).to.deep.equal(
        choosing.some(one => one.connector === connector)
          ? [
              { id: null, label: '社員番号' },
              { id: 'email', label: 'メールアドレス' },
            ]
          : [],
      )
  })

  it('are there only where no pairs are remembered, both sides are read afresh, and both have the field and the number', () => {
    for (const { connector, flow } of choosing) {
      const name = `${connector.id}/${flow.id}`
      expect(flow.identity, name).to.equal('key')
      expect([flow.key, flow.examiner, flow.atOnce, readsFile(flow)], name).to.deep.equal([
        undefined,
        undefined,
        undefined,
        false,
      ])
      for (const id of [NUMBER, ...(flow.otherKeys ?? []).map(({ field }) => field)])
        expect(
          flow.mapping.filter(pair => pair.id === id && pair.smarthr[0] && pair.service[0]),
          `${name} ${id}`,
        ).to.have.lengthOf(1)
    }
  })

  it('change the words, the notes and the locks of a flow, and nothing where they are not its own', () => {
    const keyed = flowBy(flow, 'email') as SyncFlow
    expect(keyed.words.key).to.equal('メールアドレス')
    expect(keyed.notes[0]).to.equal('メールアドレスが一致する従業員を更新し、一致しない従業員を新しく登録します。')
    const locks = Object.fromEntries(keyed.mapping.map(pair => [pair.id, lockOf(keyed, pair)]))
    expect(locks).to.include({ email: 'key', [NUMBER]: 'needed', 'birth-date': null })
    expect(flowBy(flow, null)).to.equal(flow)
    expect(flowBy(flow, 'phone')).to.equal(flow)
    for (const connector of connectors.filter(one => keyChoices(one).length === 0))
      expect(connectorBy(connector, 'email').flows).to.deep.equal(connector.flows)
  })

  it('tell a side’s records apart, read without regard to width and case, and look for a created one by its number', async () => {
    const asked: (string | null)[] = []
    const directory: Directory = {
      ...listingOnly({
        pageSize: 1,
        async *list() {
          yield await Promise.resolve({
            people: [entry({ code: '0001', 'emailAddresses.0': ' Ｍio@Midori.example' }), entry({ code: null })],
            next: null,
            total: 2,
          })
        },
      }),
      findCreated: creates => {
        asked.push(...creates.map(({ key }) => key))
        return Promise.resolve(new Map())
      },
    }
    const keyed = keyedBy(directory, flow, 'email', 'service')
    const people: Entry[] = []
    for await (const page of keyed.list('2026-11-20')) people.push(...page.people)
    const create: UncertainCreate = { ref: '1', key: 'mio@midori.example', values: { code: '0001' }, at: new Date() }
    await keyed.findCreated([create])

    expect(people.map(({ key, number }) => [key, number])).to.deep.equal([
      ['mio@midori.example', '0001'],
      [null, null],
    ])
    expect(asked).to.deep.equal(['0001'])
    expect(keyedBy(directory, flow, null, 'service')).to.equal(directory)
  })
})
