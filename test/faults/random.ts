/** Chance that is the same for the same seed (mulberry32). */
export function createRandom(seed: number) {
  let state = seed | 0
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const between = (least: number, most: number) => least + Math.floor(next() * (most - least + 1))
  return {
    between,
    /** the number itself, or one of a pair's range */
    pick: (of: number | readonly [number, number]) => (typeof of === 'number' ? of : between(of[0], of[1])),
    one: <T>(all: readonly T[]): T => all[between(0, all.length - 1)] as T,
  }
}

export type Random = ReturnType<typeof createRandom>
