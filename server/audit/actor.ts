import { AsyncLocalStorage } from 'node:async_hooks'

/** Who acts: an administrator, somebody not signed in yet, a service with its token, the app by itself, its operator. */
export interface Actor {
  kind: 'admin' | 'person' | 'service' | 'system' | 'operator'
  /** null: no administrator */
  admin: { id: string; name: string } | null
  /** null: not over the net */
  address: string | null
  agent: string | null
}

const system: Actor = { kind: 'system', admin: null, address: null, agent: null }

const actors = new AsyncLocalStorage<Actor>()

/** Everything recorded inside `work` is recorded as done by this one; what is not said stays as it was. */
export const actingAs = <T>(who: Partial<Actor>, work: () => T): T => actors.run({ ...actor(), ...who }, work)

export const actor = (): Actor => actors.getStore() ?? system

/** No address is longer. */
const ADDRESS = 45

export const addressOf = (ip: string | undefined): string | null => ip?.slice(0, ADDRESS) ?? null

/** In this order: Edge and Opera call themselves Chrome, too, and Chrome calls itself Safari. */
const BROWSERS: readonly [name: string, pattern: RegExp][] = [
  ['Edge', /\bEdg(?:e|A|iOS)?\/(\d{1,4})/],
  ['Opera', /\bOPR\/(\d{1,4})/],
  ['Firefox', /\b(?:Firefox|FxiOS)\/(\d{1,4})/],
  ['Chrome', /\b(?:Chrome|CriOS)\/(\d{1,4})/],
  ['Safari', /\bVersion\/(\d{1,4})/],
]
const SYSTEMS = ['Windows', 'Android', 'iPhone', 'iPad', 'Macintosh', 'CrOS', 'Linux']

/** A browser as a person would name it: 「Edge 126 (Windows)」; the first word of any other program; null without one. */
export function shortAgent(userAgent: string | undefined): string | null {
  const text = (userAgent ?? '').slice(0, 400)
  const [name, pattern] = BROWSERS.find(([, browser]) => browser.test(text)) ?? []
  if (!name || !pattern) return /^[\w.+-]{1,40}/.exec(text)?.[0] ?? null
  const system = SYSTEMS.find(candidate => text.includes(candidate))
  return `${name} ${pattern.exec(text)?.[1] ?? ''}${system ? ` (${system})` : ''}`
}
