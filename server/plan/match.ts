/** Who is who on the other side. Pure. */
import { crew } from '../contract/crew-fields.js'
import { isBroken } from '../platform/odd-text.js'

export interface Candidate {
  id: string
  /** listed at the reference date, so its values are known; otherwise it is only known to exist */
  listed: boolean
}

export interface MatchQuestion {
  key: string | null
  /** the key alone decides, so somebody without one can't take part */
  keyRequired: boolean
  /** source records with this key, this one included */
  sourcesWithKey: number
  /** the target of the live link, if there is one and it still exists */
  linked: Candidate | null
  /** target records with this key */
  candidates: readonly Candidate[]
  /** 社員番号, where another key tells people apart, and the target's records that have it */
  number?: { value: string; holders: readonly string[] } | null
  /** ids of target records that are or were linked to anybody */
  everLinked: ReadonlySet<string>
  /** the target refuses a second record with the same key */
  targetKeysUnique: boolean
  /** the period of the target that is written, in words; null where it has been listed at the reference date */
  when: string | null
  /** product names for the reasons */
  source: string
  target: string
  /** what the key is called, e.g. 社員番号, and the record, e.g. 従業員 */
  word: string
  item: string
}

export type Match =
  { kind: 'pair'; targetId: string; byLink: boolean } | { kind: 'new' } | { kind: 'excluded'; reason: string }

const noKey = (source: string, word: string) =>
  `${word}が登録されていません。${source}で${word}を登録してから、やり直してください。`

const hidden = ({ target, when }: MatchQuestion) =>
  when === null
    ? `${target}では、基準日の月に在籍していない従業員です（退職済み、または入社前）。情報取得基準日か、${target}の入社日・退職日を確認してください。`
    : `${target}では、${when}に在籍していない従業員です（退職済み、または入社前）。${target}で入社日・退職日を確認し、誤りがあれば修正してから、取得し直してください。`

const NUMBER_WORD = crew.employeeNumber.label

/** Number and key say two things: which of them is right, nobody can say here. */
const contradicted = ({ source, target, word, item }: MatchQuestion, number: string) =>
  `${NUMBER_WORD}「${number}」の${item}は${target}に登録されていますが、${word}が異なります。同じ${item}の場合は、${source}か${target}の${word}を直して同じにしてください。別の${item}の場合は、どちらかの${NUMBER_WORD}を直してください。そのあと、やり直してください。`

/** The same, unless somebody else of the target has the number. */
export function match(question: MatchQuestion): Match {
  const found = matchByKey(question)
  const { number } = question
  if (found.kind === 'excluded' || !number) return found
  const another = number.holders.some(id => found.kind === 'new' || id !== found.targetId)
  return another ? { kind: 'excluded', reason: contradicted(question, number.value) } : found
}

/**
 * A live link decides. Without one, a number both sides carry exactly once pairs two records that were never linked
 * before. Everything else is somebody new, unless that would register a person twice: then 対象外 with the reason.
 */
function matchByKey(question: MatchQuestion): Match {
  const { key, linked, candidates, everLinked, targetKeysUnique, source, target, word, item } = question
  if (linked) {
    return linked.listed
      ? { kind: 'pair', targetId: linked.id, byLink: true }
      : { kind: 'excluded', reason: hidden(question) }
  }
  if (key === null) return question.keyRequired ? { kind: 'excluded', reason: noKey(source, word) } : { kind: 'new' }
  if (isBroken(key)) {
    return {
      kind: 'excluded',
      reason: `${word}「${key}」に読み取れない文字が含まれているため、どの${item}か特定できません。${source}で${word}を入力し直してから、やり直してください。`,
    }
  }
  if (question.sourcesWithKey > 1) {
    return targetKeysUnique || candidates.length > 0
      ? {
          kind: 'excluded',
          reason: `${word}「${key}」の${item}が${source}に複数います。どの${item}か特定できないため、${word}を直してから、やり直してください。`,
        }
      : { kind: 'new' }
  }
  const free = candidates.filter(candidate => !everLinked.has(candidate.id))
  if (free.length > 1) {
    return {
      kind: 'excluded',
      reason: `${word}「${key}」の${item}が${target}に複数います。どの${item}か特定できないため、${word}を直してから、やり直してください。`,
    }
  }
  const only = free[0]
  if (only) {
    return only.listed
      ? { kind: 'pair', targetId: only.id, byLink: false }
      : { kind: 'excluded', reason: hidden(question) }
  }
  if (candidates.length > 0 && targetKeysUnique) {
    return {
      kind: 'excluded',
      reason: `${word}「${key}」は、${target}で別の${item}と紐づいています。${target}の${word}を確認してください。${source}で削除して登録し直した${item}の場合は、${target}から${source}へ同期すると紐づけ直せます。`,
    }
  }
  return { kind: 'new' }
}
