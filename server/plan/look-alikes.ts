/** Keys that are not the same and look as if they were. Pure. */
import type { Entry, Words } from '../contract/contract.js'
import { likenessOf, lookAlikeOf } from '../contract/keys.js'
import type { Match } from './match.js'
import type { Sides } from '../runs/sides.js'
import type { LookAlikes } from './staging.store.js'

/** 「番号」 for a number of whatever kind, else the key's own name. */
const short = ({ key }: Words): string => (key.endsWith('番号') ? '番号' : key)

/** Exact keys decide, but the administrator is told what the key may have been meant to be. */
const remark = (own: string, twin: string, side: string, words: Words, risk: 'twice' | 'mixed-up'): string => {
  const same = words.item === '従業員' ? '同じ人' : `同じ${words.item}`
  const other = words.item === '従業員' ? '別の人' : `別の${words.item}`
  const why = risk === 'twice' ? `${same}を二重に登録しないよう` : `${other}と取り違えないよう`
  return `${likenessOf(own, twin)}、${side}の「${twin}」と同じ${short(words)}です。${why}、${short(words)}を確認してください。`
}

const sameKey = (key: string, target: string, { item, key: word }: Words): string =>
  `${target}には${word}「${key}」の${item}がすでに登録されていて、別の${item}と紐づいています。同じ${item}を二重に登録しないよう、${word}を確認してください。`

/**
 * Who needs a tick of their own, and why: id → sentence. Somebody new: either side has a key that looks like theirs, or the
 * target has the very same one, at a record that belongs to somebody else.
 * Somebody paired by key: the other side has such a key that nobody here pairs with, so that it may be the one meant.
 * A remembered pair is beyond doubt.
 */
export function remarksOf(
  people: readonly { id: string; key: string | null }[],
  matches: ReadonlyMap<string, Match>,
  lookAlikes: LookAlikes,
  { flow, names }: Pick<Sides, 'flow' | 'names'>,
): Map<string, string> {
  const found = new Map<string, string>()
  for (const { id, key } of people) {
    const match = matches.get(id)
    if (key === null || !match || match.kind === 'excluded') continue
    const alike = lookAlikes.get(lookAlikeOf(key))
    const others = (keys: readonly string[] = []) => keys.filter(other => other !== key)
    const [there, here] = [others(alike?.target), others(alike?.source)]
    if (match.kind === 'pair') {
      const unpaired = match.byLink ? undefined : there.find(other => !here.includes(other))
      if (unpaired !== undefined) found.set(id, remark(key, unpaired, names.target, flow.words, 'mixed-up'))
      continue
    }
    const risk = flow.kind === 'sync' ? 'twice' : 'mixed-up'
    if (alike?.target.includes(key)) found.set(id, sameKey(key, names.target, flow.words))
    else if (there[0] !== undefined) found.set(id, remark(key, there[0], names.target, flow.words, risk))
    else if (here[0] !== undefined) found.set(id, remark(key, here[0], names.source, flow.words, risk))
  }
  return found
}

export const strangerReason = ({ key, name, item }: Words, target: string): string =>
  `${key}は同じですが、社員番号と${name}が${target}の${item}と異なります。別の人と取り違えないよう、変更前と変更後の内容を確認してください。`

const told = (text: string) => text.normalize('NFKC').replace(/\s+/g, '')

/**
 * Who was found by another key than 社員番号 and has neither number nor name in common: an address that was given to
 * somebody else, say.
 */
export function strangersOf(
  people: readonly Entry[],
  matches: ReadonlyMap<string, Match>,
  targets: ReadonlyMap<string, Entry>,
  { flow: { words }, names }: Pick<Sides, 'flow' | 'names'>,
): Map<string, string> {
  const found = new Map<string, string>()
  for (const person of people) {
    const match = matches.get(person.id)
    const target = match?.kind === 'pair' && !match.byLink ? targets.get(match.targetId) : undefined
    if (!target || person.number === undefined || person.number === target.number) continue
    if (told(person.name) === told(target.name)) continue
    found.set(person.id, strangerReason(words, names.target))
  }
  return found
}
