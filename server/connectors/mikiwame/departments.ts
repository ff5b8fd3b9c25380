import { textOf } from '../../platform/conversions.js'
import { exactKeyOf } from '../../platform/keys.js'
import type { ErrorFile, ExamineContext, Examiner, FieldPair, Person, Scalar } from '../contract.js'

/** 部署 (reference §4). Names are unique in the whole company, so every row is decided against what stands by then. */

const show = ([value]: readonly Scalar[]) => textOf(value) ?? ''

const same = (label: string, path: string, convert: (value: Scalar | undefined) => Scalar = textOf): FieldPair => ({
  label,
  smarthr: [path],
  service: [path],
  toService: ([value]) => ({ set: { [path]: convert(value) } }),
  toSmarthr: ([value]) => ({ set: { [path]: textOf(value) } }),
  showSmarthr: show,
  showService: show,
})

export const departments: readonly FieldPair[] = [
  same('部署コード', 'code', exactKeyOf),
  { ...same('部署名', 'name'), same: ([one], [other]) => nameKey(one) === nameKey(other) },
  same('親部署', 'parent_code', exactKeyOf),
]

/** Names compare trimmed and NFKC (reference §4.2, assumed). */
const nameKey = (value: Scalar | undefined): string => (textOf(value) ?? '').normalize('NFKC')

const NO_PARENT_NOTE = '親部署に部署コードがないため、最上位の部署として登録します。'

/** What of a department the source says beside its fields; see the source's own listing. */
export const PARENT_WITHOUT_CODE = 'parent_without_code'
export const IN_CYCLE = 'in_cycle'

interface Standing {
  name: string
}

/** Rules D4–D12, one row after the other, parents first. */
export async function examineDepartments({ targets }: ExamineContext): Promise<Examiner> {
  const standing = new Map<string, Standing>()
  const owners = new Map<string, string>()
  for (const { key, values } of await targets()) {
    if (key === null) continue
    standing.set(key, { name: nameKey(values.name) })
    owners.set(nameKey(values.name), key)
  }
  const seen = new Set<string>()
  const failed = new Set<string>()

  const problemOf = ({ key, values }: Person): string | null => {
    const code = key ?? ''
    const name = nameKey(values.name)
    const parent = exactKeyOf(values.parent_code)
    if (values[IN_CYCLE] === true) return '親部署が循環しています'
    if (seen.has(code)) return '部署コードが重複しています'
    if (name === '') return '部署名が入力されていません'
    if (parent !== null && !standing.has(parent)) return '親部署が登録されていません'
    const owner = owners.get(name)
    if (owner !== undefined && owner !== code) {
      return `部署名が重複しています（ミキワメに登録済みの部署コード: ${owner}）`
    }
    return null
  }

  return item => {
    const problem = problemOf(item)
    const code = item.key ?? ''
    const again = seen.has(code)
    seen.add(code)
    if (problem !== null) {
      if (!again) failed.add(code)
      return Promise.resolve({ problems: [problem], notes: [] })
    }
    const before = standing.get(code)
    if (before) owners.delete(before.name)
    standing.set(code, { name: nameKey(item.values.name) })
    owners.set(nameKey(item.values.name), code)
    return Promise.resolve({ problems: [], notes: item.values[PARENT_WITHOUT_CODE] === true ? [NO_PARENT_NOTE] : [] })
  }
}

const cell = (path: string) => (item: Person) => textOf(item.values[path]) ?? ''

export const departmentErrors: ErrorFile = {
  stem: 'divisions_error',
  columns: [
    { label: '部署コード', value: cell('code') },
    { label: '部署名', value: cell('name') },
    { label: '親部署コード', value: cell('parent_code') },
  ],
  reason: 'エラー内容',
}
