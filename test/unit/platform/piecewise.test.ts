import { setImmediate as turn } from 'node:timers/promises'
import { expect } from 'chai'
import { mapPiecewise } from '../../../server/platform/piecewise.js'

const busyFor = (ms: number) => {
  for (const until = performance.now() + ms; performance.now() < until;);
}

describe('Long work in pieces', () => {
  it('leaves every few milliseconds to others, and keeps the order', async () => {
    let [turns, done] = [0, false]
    const others = (async () => {
      while (!done) {
        turns += 1
        await turn()
      }
    })()

    const made = await mapPiecewise([1, 2, 3, 4, 5, 6], (one, index) => {
      busyFor(5)
      return one * 10 + index
    })
    done = true
    await others

    expect(made).to.deep.equal([10, 21, 32, 43, 54, 65])
    expect(turns).to.be.at.least(6)
  })
})
