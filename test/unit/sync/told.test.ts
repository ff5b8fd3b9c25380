import { expect } from 'chai'
import type { Wants } from '../../../server/connections/mail-recipient.store.js'
import { toldOf } from '../../../server/runs/told.js'

describe('who is told of the end of a run', () => {
  const told = (starter: Wants, admins: Record<string, Wants>, allWell: boolean) => {
    const { starter: own, others } = toldOf(
      { starter, admins: new Map(Object.entries(admins)) },
      { startedBy: 'a', allWell },
    )
    return [...(own ? ['starter'] : []), ...others]
  }
  const vectors: [what: string, starter: Wants, admins: Record<string, Wants>, well: string[], failed: string[]][] = [
    ['nothing was chosen', 'all', {}, ['starter'], ['starter']],
    ['failures only', 'failures', { b: 'failures' }, [], ['starter', 'b']],
    ['others than whoever started', 'none', { b: 'all', c: 'failures', d: 'none' }, ['b'], ['b', 'c']],
    [
      'whoever started wants more than everybody who starts',
      'none',
      { a: 'all', b: 'all' },
      ['starter', 'b'],
      ['starter', 'b'],
    ],
    ['whoever started is chosen twice', 'all', { a: 'failures' }, ['starter'], ['starter']],
    ['nobody is left', 'none', {}, ['starter'], ['starter']],
    ['somebody is left who wants failures', 'none', { b: 'failures' }, [], ['b']],
  ]
  for (const [what, starter, admins, well, failed] of vectors)
    it(`is right where ${what}`, () => {
      expect(told(starter, admins, true)).to.deep.equal(well)
      expect(told(starter, admins, false)).to.deep.equal(failed)
    })
})
