import axios from 'axios'
import { Agent } from 'node:http'
import pLimit from 'p-limit'
import type { ReplayCall, ReplayOrder } from './script.js'

/**
 * The plain script that a run is measured against: reads the same pages, holds what it read in a Map, sends the same
 * writes in the same order and concurrency with axios, and keeps nothing. Says when it is ready, then waits for its order.
 */
const client = axios.create({ httpAgent: new Agent({ keepAlive: true, maxSockets: 64 }), validateStatus: () => true })

async function replay({ bases, tokens, readings, steps, concurrency }: ReplayOrder): Promise<number> {
  const began = performance.now()
  const held = new Map<string, unknown>()
  const send = async ({ service, method, path, query, body, status }: ReplayCall, id?: string) => {
    const { data, status: got } = await client.request<unknown>({
      method,
      url: bases[service] + (id === undefined ? path : path.replace('{new}', id)),
      params: query,
      ...(method !== 'GET' && { data: body }),
      headers: { Authorization: `Bearer ${tokens[service]}` },
    })
    if (got !== status) throw new Error(`${method} ${service}${path}: ${got} instead of ${status}`)
    return data
  }
  const read = async (call: ReplayCall) => {
    const page = await send(call)
    for (const value of Array.isArray(page) ? [page] : Object.values(page as object))
      if (Array.isArray(value))
        for (const one of value as { id: unknown }[]) held.set(`${call.service} ${String(one.id)}`, one)
  }
  await Promise.all(
    readings.map(async reading => {
      for (const call of reading) await read(call)
    }),
  )
  const inParallel = pLimit(concurrency)
  for (const step of steps) {
    if (step.kind === 'read') await read(step.call)
    else
      await Promise.all(
        step.units.map(unit =>
          inParallel(async () => {
            let id: string | undefined
            for (const call of unit) {
              const answer = (await send(call, id)) as { id?: unknown; employee?: { id: unknown } } | ''
              if (call.creates && answer !== '') id = String(answer.employee?.id ?? answer.id)
            }
          }),
        ),
      )
  }
  return performance.now() - began
}

process.stdout.write('ready\n')
let text = ''
process.stdin.setEncoding('utf8').on('data', (part: string) => (text += part))
process.stdin.once('end', () => {
  const order = JSON.parse(text) as ReplayOrder
  const before = process.cpuUsage()
  void replay(order).then(ms => {
    const { user, system } = process.cpuUsage(before)
    process.stdout.write(`${JSON.stringify({ ms, cpuMs: (user + system) / 1000 })}\n`)
  })
})
