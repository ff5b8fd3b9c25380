import { expect } from 'chai'
import type { Directory, Entry } from '../../../server/contract/contract.js'
import { ListingBroken, VendorBlocked, VendorMissing } from '../../../server/errors.js'
import type { Call, Http } from '../../../server/calls/call.js'
import { createCrewDocuments } from '../../../server/smarthr/crew-documents.js'
import { createYearEndResults } from '../../../server/smarthr/year-end-results.js'
import { aCrew, aDependent, anAccount, aResult } from '../../money-forward/fixtures.js'

type Json = Record<string, unknown>
type Lists = Record<string, Json[] | Error | undefined>

/** SmartHR's lists by path, in pages; every call is noted. */
function answering(lists: Lists, { withTotal = true } = {}) {
  const calls: Call[] = []
  const flight = { now: 0, most: 0 }
  const http: Http = {
    async request<T>(call: Call) {
      calls.push(call)
      flight.most = Math.max(flight.most, (flight.now += 1))
      await new Promise(done => setImmediate(done))
      flight.now -= 1
      const list = lists[call.path]
      if (list instanceof Error) throw list
      if (!list) throw new VendorMissing('ありません')
      const [page, size] = [Number(call.query?.page), Number(call.query?.per_page)]
      const body = list.slice((page - 1) * size, page * size) as T
      const headers: Record<string, string> = withTotal ? { 'x-total-count': String(list.length) } : {}
      return { status: 200, headers, body }
    },
  }
  return { http, calls, flight }
}

const listed = async <E extends Entry>(directory: Directory<E>, asOf = '2026-11-20', from?: string): Promise<E[]> => {
  const people: E[] = []
  for await (const page of directory.list(asOf, from)) people.push(...page.people)
  return people
}
const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (error: unknown) => error,
  )
const family = (of: string) => `/api/v1/crews/${of}/dependents`

describe('crews as documents', () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => aCrew({ id: `c${index + 1}` }))

  it('lists everybody with the whole family, page by page, few calls at once', async () => {
    const crews = many(130)
    const relatives = Array.from({ length: 101 }, (_, index) => aDependent({ first_name: `子${index}` }))
    const lists: Lists = { '/api/v1/crews': crews }
    for (const { id } of crews) lists[family(String(id))] = id === 'c2' ? relatives : []
    const { http, calls, flight } = answering(lists)
    const people = await listed(createCrewDocuments({ http }))

    expect(people).to.have.length(130)
    expect(people[0]).to.include({
      id: 'c1',
      key: '0001',
      name: '山田 太郎',
      kana: 'ヤマダ タロウ',
      detail: '本社/営業部',
    })
    expect(people[1]?.payload.dependents).to.have.length(101)
    // Four families, and the next page of the list.
    expect(flight.most).to.be.within(2, 5)
    const pages = calls.filter(({ path }) => path === '/api/v1/crews')
    expect(pages.map(({ query }) => query?.page)).to.deep.equal([1, 2])
    expect(pages[0]?.query).to.include({ per_page: 100, sort: 'created_at' })
    expect(String(pages[0]?.query?.fields)).to.include('emp_code').and.not.include('email')
  })

  it('goes on at the page that was reached', async () => {
    const lists: Lists = { '/api/v1/crews': many(101), [family('c101')]: [] }

    expect(await listed(createCrewDocuments({ http: answering(lists).http }), '2026-11-20', '100:c100')).to.have.length(
      1,
    )
  })

  it('keeps no more than is needed, and nothing that changes with every reading', async () => {
    const read = async (signature: string) => {
      const crew = aCrew({
        email: 'a@example.test',
        foreign_resident_card_image1: { file_name: 'card.png', url: `https://files.example.test/${signature}` },
        bank_accounts: [anAccount({ bankbook_image: { url: `https://files.example.test/${signature}` } })],
      })
      const lists = { '/api/v1/crews': [crew], [family('c1')]: [aDependent({ basic_pension_number: '1' })] }
      const [person] = await listed(createCrewDocuments({ http: answering(lists).http }))
      return JSON.stringify(person?.payload)
    }
    const text = await read('one')

    expect(text).to.equal(await read('two'))
    expect(text).not.to.match(/files\.example|a@example|"basic_pension_number":"1"/)
    expect(text).to.include('"foreign_resident_card_image1":true')
  })

  it('has several accounts in the order of their settings', async () => {
    const accounts = [
      anAccount({ account_number: '3', bank_account_setting_id: 's3' }),
      anAccount({ account_number: '1', bank_account_setting_id: 's1' }),
      anAccount({ account_number: '2', bank_account_setting_id: 's2' }),
    ]
    const { http } = answering({
      '/api/v1/crews': [aCrew({ bank_accounts: accounts })],
      '/api/v1/bank_account_settings': [2, 1, 3].map(number => ({ id: `s${number}`, number })),
      [family('c1')]: [],
    })
    const [person] = await listed(createCrewDocuments({ http }))

    expect((person?.payload.crew.bank_accounts as Json[]).map(one => one.account_number)).to.deep.equal(['1', '2', '3'])
  })

  it('leaves out whoever was deleted meanwhile, and stops when the family may not be seen', async () => {
    const [gone] = await listed(createCrewDocuments({ http: answering({ '/api/v1/crews': [aCrew()] }).http }))
    const forbidden = answering({ '/api/v1/crews': [aCrew()], [family('c1')]: new VendorBlocked('禁止') })

    expect(gone?.excluded).to.include('削除')
    expect(await failure(listed(createCrewDocuments(forbidden)))).to.be.instanceOf(VendorBlocked)
  })

  it('takes no listing without a total', async () => {
    const { http } = answering({ '/api/v1/crews': [] }, { withTotal: false })

    expect(await failure(listed(createCrewDocuments({ http })))).to.be.instanceOf(ListingBroken)
  })

  it('reads named people again, and writes nobody', async () => {
    const { http, calls } = answering({ '/api/v1/crews': [aCrew()], [family('c1')]: [] })
    const documents = createCrewDocuments({ http })

    expect([...(await documents.reread(['c1', 'c9'], '2026-11-20', 0)).keys()]).to.deep.equal(['c1'])
    expect(calls[0]?.query).to.include({ id: 'c1,c9' })
    expect(await failure(documents.create({}, '2026-11-20'))).to.be.instanceOf(Error)
  })
})

describe('year-end results as documents', () => {
  const path = '/api/v1/year_end_adjustments/2026/results'

  it('are those of the year of the reference date, without the salary', async () => {
    const rows = Array.from({ length: 101 }, (_, index) => aResult({ id: `y${index}`, emp_code: ` 00${index}` }))
    const people = await listed(createYearEndResults({ http: answering({ [path]: rows }).http }), '2026-12-31')

    expect(people).to.have.length(101)
    expect(people[7]).to.include({ id: 'y7', key: '007', name: '山田 太郎', kana: 'ヤマダ タロウ' })
    expect(people[7]).not.to.have.property('excluded')
    expect(people[7]?.payload).to.include({ crew_id: 'c1', status: '対象' })
    expect(people[7]?.payload).not.to.have.property('salary_income')
  })

  it('are told to be missing in words', async () => {
    const reason = await failure(listed(createYearEndResults({ http: answering({}).http }), '2025-12-31'))

    expect(reason).to.be.instanceOf(VendorMissing)
    expect((reason as Error).message).to.match(/^2025年の年末調整結果が見つかりません。/)
  })

  it('are read again by the page they stood on', async () => {
    const rows = Array.from({ length: 101 }, (_, index) => aResult({ id: `y${index}` }))
    const results = createYearEndResults({ http: answering({ [path]: rows }).http })

    expect([...(await results.reread(['y100', 'y1'], '2026-12-31', 1)).keys()]).to.deep.equal(['y100'])
  })
})
