import type { Flow } from '../contract/contract.js'
import { optionOfProblem, VALUE_TABLES } from '../contract/value-tables.js'
import { paths } from '../paths.js'
import type { PageLink } from '../web/page.js'
import type { Item, ItemWithContent, Run } from './run.js'

type Ids = Pick<Item, 'sourceId' | 'targetId' | 'crewId'>

/** Which of an item's ids is SmartHR's of the person it is about; null where it is about no person. */
export function crewPlaceOf({ dataset, direction }: Pick<Flow, 'dataset' | 'direction'>): keyof Ids | null {
  switch (dataset) {
    case 'employees':
      return direction === 'to-smarthr' ? 'targetId' : 'sourceId'
    case 'crew-documents':
      return 'sourceId'
    case 'payslips':
    case 'year-end-results':
      return 'crewId'
    case 'departments':
      return null
  }
}

/** SmartHR's id of the person an item is about; null where SmartHR has nobody yet, or the item is about no person. */
export function crewIdOf(flow: Flow, item: Ids): string | null {
  const place = crewPlaceOf(flow)
  return place === null ? null : (item[place] ?? null)
}

/** assumed: the address of SmartHR's page of a person is not public */
export const crewPage = (site: string, id: string): PageLink => ({
  href: `${site}/crews/${encodeURIComponent(id)}`,
  label: 'SmartHRの従業員情報を開く',
})

/** The way to a person's story; null where SmartHR has nobody yet, or the item is about no person. */
export function storyLink(flow: Flow, item: Ids): string | null {
  const id = crewIdOf(flow, item)
  return id === null ? null : paths.person.to({ crew: id })
}

/** Where a person stands whom a run is about. `site`: the company's SmartHR. */
interface InRun {
  site: string
  run: Pick<Run, 'connector' | 'undoneAt'>
}

/**
 * The way to a person's page in SmartHR, where what stands in the way is put right. What a service is to say again, or what
 * is to be deleted there, is not put right in SmartHR.
 */
export function crewLink({ site, run }: InRun, flow: Flow, item: Ids): PageLink | null {
  const id = run.undoneAt && flow.direction === 'to-service' ? null : crewIdOf(flow, item)
  return id === null ? null : crewPage(site, id)
}

/** The ways to where what stands in the way of somebody is put right: 対応表, or the person's page in SmartHR. */
export function remedyLinks(at: InRun, flow: Flow, item: ItemWithContent): PageLink[] {
  const options = item.content.problems.map(problem => optionOfProblem(flow, problem))
  const tables = [...new Set(options)].filter(option => option !== undefined)
  const isElsewhere = item.excludedReason !== null || options.includes(undefined)
  const crew = isElsewhere ? crewLink(at, flow, item) : null
  return [
    ...tables.map(({ name, from, label }) => ({
      href: paths.valueTables.to({ connector: at.run.connector }, { table: name }),
      label: `${VALUE_TABLES}（${from.label} → ${label}）を開く`,
    })),
    ...(crew ? [crew] : []),
  ]
}
