import type { Visitor } from '../helpers/visitor.js'
import { reportOf } from '../helpers/waiting.js'
import { useWorld } from '../helpers/world.js'

export type Json = Readonly<Record<string, unknown>>

export const DEPARTMENTS = 'departments-from-smarthr'
export const EMPLOYEES = 'employees-from-smarthr'

interface Division {
  code: string
  name: string
  parent_code: string | null
}
interface Employee extends Record<string, unknown> {
  email: string
}

/** A world at ミキワメ without limits, begun anew before each test; to be called inside a `describe`. */
export function useMikiwame(environment: Record<string, string> = {}) {
  const world = useWorld({ limitsOff: ['smarthr', 'mikiwame'], environment })

  const stateOf = async () => {
    const state = (await world.control('GET', '/state?service=mikiwame')) as {
      companies: { id: string; divisions: Division[]; employees: Employee[] }[]
    }
    const [company] = state.companies
    if (!company) throw new Error('no company')
    return company
  }
  /** Presses the flow's own button on the dashboard, without waiting for its run. */
  const click = async (visitor: Visitor, flow: string) => {
    await visitor.get('/mikiwame')
    // Where a run is on, there is no button: the page may be an old one.
    const csrf = /name="_csrf" value="([^"]+)"/.exec(visitor.page().html)?.[1] ?? ''
    return visitor.post('/mikiwame/runs/new', { _csrf: csrf, flow })
  }
  return {
    world,
    switches: (service: string, patch: Json) => world.control('PUT', '/switches', { service, ...patch }),
    stateOf,
    divisions: async () => (await stateOf()).divisions.map(({ code, name }) => `${code} ${name}`).sort(),
    linked: (email?: string) => world.connected('mikiwame', email),
    click,
    /** One click, then the end of the run it started. */
    async sync(visitor: Visitor, flow: string) {
      await click(visitor, flow)
      const { rows } = await world.container.ownerPool.query<{ id: string }>(
        'select id from runs where flow = $1 order by created_at desc limit 1',
        [flow],
      )
      const runId = rows[0]?.id ?? ''
      return { report: await reportOf(visitor, runId), runId }
    },
    errorFile: async (visitor: Visitor, runId: string) => (await visitor.get(`/runs/${runId}/errors.csv`)).html,
  }
}
