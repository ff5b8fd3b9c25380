/**
 * Sides that say no total and list far fewer people than before. A doubtful plan that was not confirmed is no measure
 * for the next. Pure.
 */
import type { Words } from '../contract/contract.js'
import type { Shortfall } from './run.js'
import type { Sides } from './sides.js'
import { amount } from './labels.js'

/** Far fewer: below this share of the last trusted listing, and by so many people at least. */
const SHARE = 0.8
const PEOPLE = 5

type Counts = Readonly<Record<'source' | 'target', number>>

export const shortfallsOf = (
  { source, target, names }: Pick<Sides, 'source' | 'target' | 'names'>,
  before: Counts,
  now: Counts,
): Shortfall[] =>
  (['source', 'target'] as const)
    .filter(side => ({ source, target })[side].saysNoTotal)
    .map(side => ({ name: names[side], before: before[side], now: now[side] }))
    .filter(one => one.now < one.before * SHARE && one.before - one.now >= PEOPLE)

/** Both numbers, and what to do about them. */
export const shortfallSentence = ({ name, before, now }: Shortfall, { item, counter }: Words): string =>
  `前回の取得では${name}の${item}は${amount(before)}${counter}でしたが、今回は${amount(now)}${counter}です。取得が途中で切れている可能性があります。${name}の${item}の数を確認してください。`
