/** The sandbox's clock: token lifetimes, months, the 01:00 rule. Runs on from wherever it is set. */
export function createSandboxClock() {
  let offset = 0
  return {
    now: () => new Date(Date.now() + offset),
    /** Throws RangeError for what is no instant. */
    set(iso: string) {
      const at = Date.parse(iso)
      if (Number.isNaN(at)) throw new RangeError(`${iso} is not an instant`)
      offset = at - Date.now()
    },
    reset() {
      offset = 0
    },
  }
}

export type SandboxClock = ReturnType<typeof createSandboxClock>
