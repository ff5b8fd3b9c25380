import { expect } from 'chai'
import { peopleWords, type Flow } from '../../../server/contract/contract.js'
import { lookAlikeOf } from '../../../server/contract/keys.js'
import { remarksOf } from '../../../server/plan/look-alikes.js'
import type { Match } from '../../../server/plan/match.js'

const sides = {
  flow: { kind: 'sync', words: peopleWords } as Flow,
  names: { source: 'SmartHR', target: 'freee人事労務' },
}

const remarkOf = (key: string, match: Match, known: { source?: string[]; target?: string[] }) =>
  remarksOf(
    [{ id: 'c1', key }],
    new Map([['c1', match]]),
    new Map([[lookAlikeOf(key), { source: known.source ?? [key], target: known.target ?? [] }]]),
    sides,
  ).get('c1')

describe('who needs a tick of their own', () => {
  it('is somebody new whose very number stands at a record that belongs to somebody else', () => {
    expect(remarkOf('Q7', { kind: 'new' }, { target: ['Q7'] })).to.equal(
      'freee人事労務には社員番号「Q7」の従業員がすでに登録されていて、別の従業員と紐づいています。同じ従業員を二重に登録しないよう、社員番号を確認してください。',
    )
  })

  it('is somebody new whose number looks like another one on either side', () => {
    expect(remarkOf('Q7', { kind: 'new' }, { target: ['q7'] })).to.include('大文字と小文字を区別しないと')
    expect(remarkOf('Q7', { kind: 'new' }, { source: ['Q7', 'Q 7'] })).to.include('空白を除くと')
  })

  it('is somebody paired by number beside whom an unpaired look-alike stands, and nobody paired by link', () => {
    const pair = { kind: 'pair', targetId: 'f1' } as const
    expect(remarkOf('Q7', { ...pair, byLink: false }, { target: ['Q7', 'q7'] })).to.include('取り違えないよう')
    expect(remarkOf('Q7', { ...pair, byLink: true }, { target: ['Q7', 'q7'] })).to.equal(undefined)
  })

  it('is nobody whose number is like no other', () => {
    expect(remarkOf('Q7', { kind: 'new' }, {})).to.equal(undefined)
  })
})
