import { madeUpPeople } from '../people.js'
import { uuid } from './records.js'
import type { Master } from './store.js'

const timestamps = { updated_at: '2026-04-01T00:00:00.000Z', created_at: '2024-04-01T00:00:00.000Z' }

/** A master record of the seed; its id depends on kind and name alone. */
export const master = (kind: string, name: string, more: Record<string, unknown> = {}): Master => ({
  id: uuid(`${kind} ${name}`),
  name,
  ...more,
  ...timestamps,
})

/**
 * The departments of a company. 営業部 A001 and 開発部 A002 carry the same codes in ミキワメ; 人事部 is A004 here and A003
 * there, so that its name is refused (ミキワメ §4.3). A child is listed before its parent, a department has no code but a
 * child with one, and 業務課 exists under two parents.
 */
export function seedDepartments(companyId: string): Master[] {
  const named = (name: string, code: string | null, position: number, parent: Master | null, id = name): Master => ({
    ...master('department', id, { position, code, parent, company_id: companyId }),
    name,
  })
  const head = named('本社', '100', 1, null)
  const sales = named('営業部', 'A001', 2, head)
  const development = named('開発部', 'A002', 3, head)
  const administration = named('管理部', 'A005', 5, head)
  const preparation = named('新規事業準備室', null, 30, head)
  const others = [...new Set(madeUpPeople({ count: 300, seed: 1 }).flatMap(person => person.department ?? []))].filter(
    name => !['営業部', '開発部', '人事部'].includes(name),
  )
  return [
    head,
    sales,
    named('開発一課', 'A021', 4, development),
    development,
    named('人事部', 'A004', 6, head),
    administration,
    ...others.map((name, index) => named(name, `A${String(10 + index).padStart(3, '0')}`, 10 + index, head)),
    preparation,
    named('新規事業一課', 'A030', 31, preparation),
    named('業務課', 'A041', 41, sales, '営業部/業務課'),
    named('業務課', 'A042', 42, administration, '管理部/業務課'),
  ]
}
