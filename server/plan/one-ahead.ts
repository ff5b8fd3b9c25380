/**
 * The same one after the other, where the next one is asked for while the one at hand is worked on: never more than one
 * waits. Whoever stops in between waits for what was asked for, so that nothing goes on behind their back.
 */
export async function* oneAhead<T>(source: AsyncIterable<T>): AsyncGenerator<T> {
  const from = source[Symbol.asyncIterator]()
  const ask = () => {
    const asked = from.next()
    // Told of when its turn comes, or nobody wants to know.
    asked.catch(() => undefined)
    return asked
  }
  let next = ask()
  try {
    for (;;) {
      const one = await next
      if (one.done) return
      next = ask()
      yield one.value
    }
  } finally {
    await next.catch(() => undefined)
    await from.return?.()
  }
}
