/** What a stand-in remembers, made of its seed when it is first asked for: most tests need two stand-ins of eight. */
export interface Seeded<S extends object> {
  now(): S
  /** back to the seed */
  reset(): void
  /** Copies these parts; what comes back puts copies of them into whatever is remembered then. */
  keep(...parts: (keyof S)[]): () => void
}

export function createSeeded<S extends object>(seed: () => S): Seeded<S> {
  let current: S | undefined
  const now = () => (current ??= seed())
  return {
    now,
    reset() {
      current = undefined
    },
    keep(...parts) {
      // Nobody has looked at it: then it is its seed.
      if (!current) return () => undefined
      const kept = structuredClone(Object.fromEntries(parts.map(part => [part, now()[part]])))
      return () => void Object.assign(now(), structuredClone(kept))
    },
  }
}
