import { expect } from 'chai'
import { employees } from '../../../server/connectors/king-of-time/employees.mapping.js'
import type { Values } from '../../../server/contract/contract.js'
import { difference } from '../../../server/runs/difference.js'
import { restoring } from '../../../server/runs/restoring.js'

/** What the service takes blank: everything else it would refuse, or lose without a word. */
const ERASABLE = 'resignationDate'
const paths = [...new Set(employees.flatMap(({ service }) => service))]
const filled: Values = Object.fromEntries(
  paths.map(path => [path, path === 'gender' ? 'female' : /Date$/.test(path) ? '2020-04-01' : 'アイザワ']),
)
const sentBlank = (set: Values) =>
  Object.entries(set).flatMap(([path, value]) => ([null, '', 'no_selected'].includes(value as never) ? [path] : []))

describe('what the attendance services are sent blank', () => {
  for (const blank of [null, '', 'no_selected'])
    it(`is 退職年月日 alone, by a run and by one that takes it back (${JSON.stringify(blank)})`, () => {
      const blanks = (all: readonly string[]): Values =>
        Object.fromEntries(all.map(path => [path, blank === 'no_selected' && path !== 'gender' ? null : blank]))
      const source = blanks(employees.flatMap(({ smarthr }) => smarthr))
      const context = { today: '2026-11-20', settings: {} }
      expect(sentBlank(difference(employees, 'to-service', source, filled, context).set)).to.deep.equal([ERASABLE])

      const written = { set: filled, target: blanks(paths) }
      const { content, unblankable } = restoring(employees, 'to-service', written, filled)
      expect(sentBlank(content.set)).to.deep.equal([ERASABLE])
      expect(content.changes.map(({ field }) => field)).to.deep.equal(['leaving-date'])
      expect(unblankable).to.include('戸籍上の性別')
    })
})
