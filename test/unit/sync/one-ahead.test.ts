import { setImmediate as turn } from 'node:timers/promises'
import { expect } from 'chai'
import { oneAhead } from '../../../server/plan/one-ahead.js'

/** Numbers from 1, and how many were asked for; `fails`: asked for this one, it throws. */
function counting(last: number, fails?: number) {
  const seen = { asked: 0, ended: false }
  const numbers = (async function* () {
    try {
      for (let one = 1; one <= last; one += 1) {
        seen.asked = one
        await turn()
        if (one === fails) throw new Error(`no ${one}`)
        yield one
      }
    } finally {
      seen.ended = true
    }
  })()
  return { seen, numbers }
}

describe('Pages, one ahead', () => {
  it('asks for the next one while this one is worked on, and for no more', async () => {
    const { seen, numbers } = counting(4)
    const asked: number[] = []
    const got: number[] = []

    for await (const one of oneAhead(numbers)) {
      for (let wait = 0; wait < 10; wait += 1) await turn()
      got.push(one)
      asked.push(seen.asked)
    }

    expect(got).to.deep.equal([1, 2, 3, 4])
    expect(asked).to.deep.equal([2, 3, 4, 4])
  })

  it('hands on all that came before a failure', async () => {
    const got: number[] = []
    const read = async () => {
      for await (const one of oneAhead(counting(4, 3).numbers)) got.push(one)
    }

    const failure = await read().catch((error: unknown) => error)

    expect(got).to.deep.equal([1, 2])
    expect(failure).to.have.property('message', 'no 3')
  })

  it('leaves nothing behind that still goes on when it is left, nor a failure that nobody hears of', async () => {
    const { seen, numbers } = counting(4, 2)

    for await (const one of oneAhead(numbers)) if (one === 1) break

    expect(seen).to.deep.equal({ asked: 2, ended: true })
  })
})
