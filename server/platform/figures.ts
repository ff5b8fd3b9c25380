import type { Knex } from 'knex'
import { Gauge, type Registry } from 'prom-client'
import { OPERATORS_WAIT_MS, within } from './db.js'

/** Figures that stand in the database (migrations/019_figures.ts): name → help and labels. */
const FIGURES: Readonly<Record<string, { help: string; labels?: readonly string[] }>> = {
  renkei_jobs_waiting: { help: 'Jobs that are due and have no place', labels: ['task'] },
  renkei_job_age_seconds: { help: 'How long the oldest of them has been due', labels: ['task'] },
  renkei_jobs_given_up: { help: 'Jobs that have used up their tries', labels: ['task'] },
  renkei_worker_pools: { help: 'Pools of worker processes seen in the last ten seconds' },
  renkei_runs_at_work: { help: 'Runs that are not at their end', labels: ['connector', 'state'] },
  renkei_runs_put_aside: { help: 'Runs that wait for a service', labels: ['connector'] },
  renkei_runs_ended_in_a_day: { help: 'Runs that ended in the last 24 hours', labels: ['connector', 'state'] },
  renkei_unconfirmed_in_a_day: {
    help: 'Creates of the last 24 hours that nobody could confirm',
    labels: ['connector'],
  },
  renkei_limiter_longest_wait_seconds: { help: 'How long the next call of the busiest credential has to wait' },
  renkei_limiter_credentials_waiting: { help: 'Credentials whose next call has to wait for more than a second' },
  renkei_connections: { help: 'Connections by state', labels: ['connector', 'state'] },
  renkei_connections_ending_in_14_days: { help: 'Connections of limited life about to end', labels: ['connector'] },
  renkei_smarthr_grants: { help: "Administrators' authorisations at SmartHR by state", labels: ['state'] },
  renkei_connection_last_success_seconds: {
    help: 'When a run of the connection last went through, Unix time',
    labels: ['connector', 'connection'],
  },
}

interface Row {
  name: string
  labels: Record<string, string>
  value: number
}

/** Brings the figures of all companies into `registry` whenever it is asked; without a database they are missing. */
export function createFigures(db: Knex, registry: Registry) {
  const gauges = new Map(
    Object.entries(FIGURES).map(([name, { help, labels = [] }]) => [
      name,
      new Gauge({ name, help, labelNames: [...labels], registers: [registry] }),
    ]),
  )
  const up = new Gauge({ name: 'renkei_database_up', help: 'Whether the database answers', registers: [registry] })

  return {
    async refresh(): Promise<void> {
      const rows = await read(db)
      up.set(rows === null ? 0 : 1)
      for (const gauge of gauges.values()) gauge.reset()
      for (const { name, labels, value } of rows ?? []) gauges.get(name)?.set(labels, value)
    },
  }
}

async function read(db: Knex): Promise<Row[] | null> {
  try {
    const figures = db.raw<{ rows: Row[] }>('select * from operator_figures()')
    return (await within(OPERATORS_WAIT_MS, figures)).rows
  } catch {
    // Said by renkei_database_up.
    return null
  }
}
