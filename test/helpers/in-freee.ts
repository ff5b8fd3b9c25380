import type { World } from './world.js'

interface FreeeState {
  companies: { id: number; employees: { num: string }[] }[]
}

/** 社員番号 of everybody in the freee company that is connected. */
export async function numbersInFreee(world: World): Promise<string[]> {
  const state = (await world.control('GET', '/state?service=freee')) as FreeeState
  return (state.companies.find(company => company.id === 123)?.employees ?? []).map(employee => employee.num)
}
