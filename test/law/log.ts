import type { LoggedCall, World } from '../helpers/world.js'

/** How many calls a service has seen so far. */
export const mark = async (world: World, service: string): Promise<number> => (await world.calls(service)).length

/** Calls that changed something, since a mark. */
export async function calls(world: World, service: string, from: number): Promise<LoggedCall[]> {
  const all = await world.calls(service)
  return all.slice(from).filter(({ method, status }) => method !== 'GET' && status >= 200 && status < 300)
}
