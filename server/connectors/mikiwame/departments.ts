import { textOf } from '../../contract/conversions.js'
import { field } from '../../contract/fields.js'
import { exactKeyOf } from '../../contract/keys.js'
import { isBroken } from '../../platform/odd-text.js'
import type { ErrorFile, ExamineContext, Examiner, FieldPair, Entry, Scalar } from '../../contract/contract.js'

/** 部署 (reference §4). Names are unique in the whole company, so every row is decided against what stands by then. */

/** A field with the same path on both sides. SmartHR is never written to: the way back is there to compare. */
const same = (id: string, label: string, path: string, convert: (value: Scalar | undefined) => Scalar): FieldPair => ({
  ...field({ id, label, smarthr: path, service: path }, (_path, value, source) => ({
    set: { [path]: source === 'smarthr' ? convert(value) : textOf(value) },
  })),
  blankable: 'service',
})

export const departments: readonly FieldPair[] = [
  same('department-code', '部署コード', 'code', exactKeyOf),
  {
    ...same('department-name', '部署名', 'name', textOf),
    same: ([one], [other]) => nameKey(one) === nameKey(other),
  },
  same('parent-department', '親部署', 'parent_code', exactKeyOf),
]

/** Names compare trimmed and NFKC (reference §4.2, assumed). */
const nameKey = (value: Scalar | undefined): string => (textOf(value) ?? '').normalize('NFKC')

const NO_PARENT_NOTE = '親部署に部署コードがないため、最上位の部署として登録します。'

/** Values that the source adds to a department's own; see the source's listing. */
export const PARENT_WITHOUT_CODE = 'parent_without_code'
export const IN_CYCLE = 'in_cycle'

export const DUPLICATE_CODE =
  '部署コードが重複しています。SmartHRの部署の設定で、部署コードをほかの部署と重複しない値に変更してから、もう一度同期してください。'

export const IN_CIRCLE =
  '親部署が循環しています。SmartHRの部署の設定で、親部署を確認してから、もう一度同期してください。'
export const NO_NAME =
  '部署名が入力されていません。SmartHRの部署の設定で、部署名を入力してから、もう一度同期してください。'
export const parentMissing = (code: string): string =>
  `親部署が登録されていません。親部署（部署コード: ${code}）の失敗理由を確認し、対応してから、もう一度同期してください。`

const taken = (owner: string) => `部署名が重複しています（ミキワメに登録済みの部署コード: ${owner}）。`

/** Another department has the name: whether that changes by itself, or what has to be done first. */
export const nameTaken = {
  inCircle: (owner: string, circle: readonly string[]) =>
    `${taken(owner)}部署コード「${circle.join('」「')}」の部署名を入れ替える変更は、一度に同期できません。SmartHRで、いずれかの部署名を一時的に別の名前に変更して同期し、正しい名前に戻してから、もう一度同期してください。`,
  forNow: (owner: string) =>
    `${taken(owner)}部署コード「${owner}」の部署名が変更された後に、もう一度同期してください。`,
  forGood: (owner: string) =>
    `${taken(owner)}SmartHRで部署名を変更するか、ミキワメで部署コード「${owner}」の部署を確認してから、もう一度同期してください。`,
}

/**
 * Departments that wait for one another's names, the given one first. Each wants the name that the next one has, and
 * the last wants the first one's. Empty when it is no circle.
 */
function circleOf(
  code: string,
  wanted: ReadonlyMap<string, string>,
  owners: ReadonlyMap<string, string>,
): readonly string[] {
  const circle: string[] = []
  for (let next: string | undefined = code; next !== undefined; next = owners.get(wanted.get(next) ?? '')) {
    if (circle.includes(next)) return next === code && circle.length > 1 ? circle : []
    circle.push(next)
  }
  return []
}

interface Standing {
  name: string
}

/** Rules D4–D12, one row after the other, parents first. */
export async function examineDepartments({ targets, sources }: ExamineContext): Promise<Examiner> {
  const wanted = new Map<string, string>()
  for (const { key, values } of await sources()) {
    if (key !== null && !wanted.has(key)) wanted.set(key, nameKey(values.name))
  }
  const standing = new Map<string, Standing>()
  const owners = new Map<string, string>()
  for (const { key, values } of await targets()) {
    if (key === null) continue
    standing.set(key, { name: nameKey(values.name) })
    owners.set(nameKey(values.name), key)
  }
  const seen = new Set<string>()

  /** Another department has the name: whether that changes by itself, or what has to be done first. */
  const takenBy = (owner: string, code: string): string => {
    const circle = circleOf(code, wanted, owners)
    if (circle.includes(owner)) {
      return nameTaken.inCircle(owner, circle)
    }
    const next = wanted.get(owner)
    if (next !== undefined && next !== standing.get(owner)?.name) {
      return nameTaken.forNow(owner)
    }
    return nameTaken.forGood(owner)
  }

  const problemOf = ({ key, values }: Entry): string | null => {
    const code = key ?? ''
    const name = nameKey(values.name)
    const parent = exactKeyOf(values.parent_code)
    if (values[IN_CYCLE] === true) return IN_CIRCLE
    if (seen.has(code)) return DUPLICATE_CODE
    if (name === '' || isBroken(name)) return NO_NAME
    if (parent !== null && !standing.has(parent)) {
      return parentMissing(parent)
    }
    const owner = owners.get(name)
    return owner !== undefined && owner !== code ? takenBy(owner, code) : null
  }

  return item => {
    const problem = problemOf(item)
    const code = item.key ?? ''
    seen.add(code)
    if (problem !== null) return Promise.resolve({ problems: [problem], notes: [] })
    const before = standing.get(code)
    if (before) owners.delete(before.name)
    standing.set(code, { name: nameKey(item.values.name) })
    owners.set(nameKey(item.values.name), code)
    return Promise.resolve({ problems: [], notes: item.values[PARENT_WITHOUT_CODE] === true ? [NO_PARENT_NOTE] : [] })
  }
}

const cell = (path: string) => (entry: Entry) => textOf(entry.values[path]) ?? ''

export const departmentErrors: ErrorFile = {
  stem: 'divisions_error',
  columns: [
    { label: '部署コード', value: cell('code') },
    { label: '部署名', value: cell('name') },
    { label: '親部署コード', value: cell('parent_code') },
  ],
  reason: 'エラー内容',
}
