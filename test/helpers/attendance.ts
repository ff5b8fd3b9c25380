import type { Visitor } from './visitor.js'
import type { World } from './world.js'

/** 12:00 in Japan on the day of the reference's tables. */
export const NOON = '2026-11-20T12:00:00+09:00'

export type Record_ = Readonly<Record<string, unknown>>

/** Somebody as the attendance service keeps them; only what a test is about has to be said. */
export const anEmployee = (code: string, changes: Record_ = {}): Record_ => ({
  code,
  lastName: '相沢',
  firstName: 'みお',
  lastNamePhonetics: 'アイザワ',
  firstNamePhonetics: 'ミオ',
  gender: 'female',
  birthDate: '1993-02-11',
  hiredDate: '2018-04-01',
  ...changes,
})

/** The same person as SmartHR keeps them. */
export const aCrew = (code: string | null, changes: Record_ = {}): Record_ => ({
  emp_code: code,
  last_name: '相沢',
  first_name: 'みお',
  last_name_yomi: 'アイザワ',
  first_name_yomi: 'ミオ',
  gender: 'female',
  birth_at: '1993-02-11',
  entered_at: '2018-04-01',
  ...changes,
})

/** Both sides hold exactly these people. */
export async function staff(world: World, brand: string, employees: readonly Record_[], crews: readonly Record_[]) {
  await world.control('PUT', '/switches', { service: brand, employees })
  await world.control('PUT', '/switches', { service: 'smarthr', crews })
}

/** An administrator whose company is connected with the brand by a pasted token. */
export const administrator = (world: World, brand: string, email?: string): Promise<Visitor> =>
  world.connected(brand, email)
