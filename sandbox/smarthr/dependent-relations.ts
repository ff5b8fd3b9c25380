import { master } from './seed-departments.js'
import type { Master } from './store.js'

/** 続柄, 性別 (m, f, or - for either) and whether it is a child; every name that Money Forward's table has, and one's own. */
const RELATIONS = `
夫 m, 妻 f, 子 - child, 長男 m child, 次男 m child, 二男 m child, 三男 m child, 四男 m child, 五男 m child,
六男以降 m child, 長女 f child, 次女 f child, 二女 f child, 三女 f child, 四女 f child, 五女 f child, 六女以降 f child,
実父 m, 実母 f, 養父 m, 養母 f, 兄 m, 姉 f, 弟 m, 妹 f, 祖父 m, 曽祖父 m, 祖母 f, 曽祖母 f, 孫 -, 孫息子 m, 孫男 m,
孫娘 f, 孫女 f, 甥 m, 姪 f, 叔父 m, 伯父 m, 叔母 f, 伯母 f, 義父 m, 義母 f, 里子男 m child, 里子女 f child, 義兄 m,
義姉 f, 義弟 m, 義妹 f, 養子男 m child, 養子女 f child, 内妻 f, 内夫 m, 子の妻 f, 子の夫 m, 従兄 m, 従姉 f, 従弟 m,
従妹 f, 連子男 m child, 連子女 f child, 同居人 -, その他 -, パートナー -
`

/** Known: 妻 is `wife` (SmartHR API reference, §3.7); a relation a company made itself has none; the rest is assumed. */
const presetOf = (name: string, index: number): string | null =>
  name === 'パートナー'
    ? null
    : (({ 夫: 'husband', 妻: 'wife' } as Record<string, string>)[name] ?? `relation_${index + 1}`)

const rows = RELATIONS.split(',').map((row, index) => {
  const [name = '', gender = '-', child] = row.trim().split(' ')
  return { name, gender, child: child === 'child', preset: presetOf(name, index), position: index + 1 }
})

/** The gender that goes with a relation; `-` for either. */
export const genderOf = (name: string): string => rows.find(row => row.name === name)?.gender ?? '-'

export const isSpouse = ({ preset_type: preset }: Master): boolean => preset === 'husband' || preset === 'wife'

/** The 続柄 of a company. */
export const seedRelations = (): Master[] =>
  rows.map(({ name, child, preset, position }) =>
    master('dependent relation', name, { preset_type: preset, is_child: child, position }),
  )
