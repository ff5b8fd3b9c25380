/** Records that lists leave out for a while after they were made, as a search index lags behind its database. */
export function createLateListing(delayMs: () => number) {
  const madeAt = new Map<string | number, number>()
  return {
    made(id: string | number): void {
      madeAt.set(id, Date.now())
    },
    isListed: (id: string | number): boolean => Date.now() - (madeAt.get(id) ?? 0) >= delayMs(),
  }
}
