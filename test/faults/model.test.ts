import { expect } from 'chai'
import { judge, type Letter } from './model.js'
import { freee, type Observed } from './observed.js'

const RUN = '7d1c6a52-6f0e-4d43-9b0e-3f6f6d1b8a11'
const REASON = 'freee人事労務に接続できませんでした。時間をおいて、やり直してください。'
const facts = { name: '山田美咲', birth: '19641114', entered: '20010401', phone: '08017909206', account: '9544618' }
const item = {
  class: 'new',
  key: 'P1',
  source_id: 's1',
  selected: true,
  outcome: 'succeeded',
  reason: null,
  creates: 1,
}
const failed = { ...item, outcome: 'failed', reason: REASON }
const call = { method: 'POST', path: '/hr/api/v1/employees', body: { employee: { num: 'P1' } }, status: 201 }
const mail = { text: `https://renkei.example/runs/${RUN}`, messageId: '<1@renkei.example>' }
const row = { id: RUN, state: 'succeeded', failure: null, selected_count: 1, succeeded_count: 1, failed_count: 0 }

/** A run as it should be, with what is changed of it. */
const seen = (changes: Partial<Observed> = {}): Observed => ({
  run: row,
  items: [item],
  source: [{ key: 'P1', facts }],
  before: [],
  after: [{ key: 'P1', facts }],
  calls: [call],
  runs: [RUN],
  mails: [mail],
  logs: 'worker1 {"message":"run ended"}',
  ended: [],
  secrets: ['a-token-of-somebody'],
  names: ['山田美咲'],
  ...changes,
})

const lettersOf = (observed: Observed, failures = 0): Letter[] =>
  judge(observed, {
    service: freee,
    clean: { reads: 1, writesPerNew: 2, writesPerChanged: 1 },
    allowed: { failures, unconfirmed: failures, reads: 0, writes: 0, mailCopies: 1 },
    expected: 1,
  }).map(({ letter }) => letter)

describe('the model of the fault bench', () => {
  it('has nothing against a run that went well', () => {
    expect(lettersOf(seen())).to.deep.equal([])
  })

  const held = { key: 'P1', facts }
  const notRun = { ...row, state: 'failed', succeeded_count: 0, failed_count: 1 }
  const wrong: [what: string, observed: Observed, letter: Letter][] = [
    ['a person who is held twice', seen({ after: [held, held] }), 'D'],
    ['a chosen person without an outcome', seen({ items: [{ ...item, outcome: null }] }), 'L'],
    ['a person who was to be chosen and was not', seen({ items: [] }), 'L'],
    ['a run that counts others', seen({ run: { ...row, succeeded_count: 2 } }), 'L'],
    ['a success that the target does not hold', seen({ after: [] }), 'W'],
    ['a success of half a record', seen({ after: [{ key: 'P1', facts: { ...facts, phone: '0' } }] }), 'W'],
    ['a failure of somebody who is there', seen({ run: notRun, items: [failed] }), 'W'],
    ['a second create after a success', seen({ calls: [call, call] }), 'X'],
    [
      'more reads than are explained',
      seen({ calls: [call, { ...call, method: 'GET' }, { ...call, method: 'GET' }] }),
      'X',
    ],
    ['a run that does not end', seen({ run: { ...row, state: 'running' } }), 'E'],
    ['a process that ends by itself', seen({ ended: ['worker1 ended by itself'] }), 'E'],
    ['a failure without a remedy', seen({ run: { ...row, failure: '接続できませんでした。' } }), 'M'],
    ['a failure without a cause', seen({ run: { ...row, failure: `予期しないエラー。${REASON}` } }), 'M'],
    ['a token in a log', seen({ logs: 'Bearer a-token-of-somebody' }), 'S'],
    ['a name in a log', seen({ logs: '山田美咲 was written' }), 'S'],
    ['no mail', seen({ mails: [] }), 'N'],
    ['two mails', seen({ mails: [mail, { ...mail, messageId: '<2@renkei.example>' }] }), 'N'],
    ['a mail that came twice', seen({ mails: [mail, mail] }), 'N'],
  ]
  for (const [what, observed, letter] of wrong) {
    it(`tells ${what}`, () => {
      expect(lettersOf(observed)).to.include(letter)
    })
  }

  it('takes a failure for true that nobody can see otherwise', () => {
    expect(lettersOf(seen({ run: notRun, items: [failed], after: [] }), 1)).to.deep.equal([])
    expect(lettersOf(seen({ run: notRun, items: [failed], after: [] }))).to.deep.equal(['W'])
  })

  it('takes somebody for unconfirmed whose reason says so, whether they are there or not', () => {
    const doubtful = {
      ...failed,
      reason: 'freee人事労務から応答がなく、登録できたかを確認できませんでした。freee人事労務を確認してください。',
    }
    expect(lettersOf(seen({ run: notRun, items: [doubtful] }), 1)).to.deep.equal([])
    expect(lettersOf(seen({ run: notRun, items: [doubtful], after: [] }), 1)).to.deep.equal([])
  })
})
