/** SmartHR's main bank account, for services that have one, too. Pure. */
import type { Converted, ConvertContext, FieldPair, Scalar } from './contract.js'
import { isBlank, unsent } from './unsent.js'

/** One part of the account: SmartHR's path below it, and the service's whole one. */
export const accountPart = (id: string, label: string, smarthr: string, service: string) => ({
  id: `bank-${id}`,
  label,
  sensitive: true as const,
  unique: 'account' as const,
  smarthr: `bank_accounts.0.${smarthr}`,
  service,
})

/** Kana, letters, digits, brackets, dots, hyphens and spaces, in full or half width: what a holder is called by. */
export const HOLDER_NAME = /^[ァ-ヶー・ｦ-ﾟA-Za-zＡ-Ｚａ-ｚ0-9０-９（）()．.\-－ 　]+$/

/** for conversions that ask for none */
const NO_CONTEXT: ConvertContext = { today: '', settings: {}, present: [] }

/** The width of a sign or blank is no difference between two holders' names. */
const alike = (one: Scalar | undefined, other: Scalar) =>
  one === other ||
  (typeof one === 'string' && typeof other === 'string' && one.normalize('NFKC') === other.normalize('NFKC'))

const sent = (converted: Converted) =>
  converted !== 'keep' && 'set' in converted ? Object.values(converted.set)[0] : undefined

/** Its parts, each compared alone and sent only with all others: parts of two accounts together would be a third one. */
export const wholeAccount = (
  parts: readonly FieldPair[],
  names: { smarthr: string; service: string },
): readonly FieldPair[] => parts.map(pair => inWholeAccount(pair, parts, names))

function inWholeAccount(
  pair: FieldPair,
  parts: readonly FieldPair[],
  names: { smarthr: string; service: string },
): FieldPair {
  const ownFirst = [pair, ...parts.filter(other => other !== pair)]
  const whole =
    (convert: 'toService' | 'toSmarthr', source: string): FieldPair['toService'] =>
    (values, context) => {
      const [own, ...others] = values.map((value, index) => ownFirst[index]?.[convert]([value], context) ?? 'keep')
      if (own === undefined || sent(own) === undefined) return own ?? 'keep'
      const missing = others.flatMap((part, index) =>
        sent(part) === undefined ? (ownFirst[index + 1]?.label ?? []) : [],
      )
      if (missing.length === 0) return own
      const show = convert === 'toService' ? pair.showSmarthr : pair.showService
      return unsent(pair.label, show([values[0] ?? null]), `口座情報の${missing.join('、')}が登録されていない`, source)
    }
  return {
    ...pair,
    smarthr: ownFirst.flatMap(part => part.smarthr),
    service: ownFirst.flatMap(part => part.service),
    reads: ownFirst.slice(1).flatMap(part => [...part.smarthr, ...part.service]),
    ...(pair !== parts[0] && parts[0] && { follows: parts[0].id }),
    same: ([ours = null], [theirs = null]) =>
      (!isBlank(theirs) && alike(sent(pair.toService([ours], NO_CONTEXT)), theirs)) ||
      (!isBlank(ours) && alike(sent(pair.toSmarthr([theirs], NO_CONTEXT)), ours)),
    toService: whole('toService', names.smarthr),
    toSmarthr: whole('toSmarthr', names.service),
    showSmarthr: ([own = null]) => pair.showSmarthr([own]),
    showService: ([own = null]) => pair.showService([own]),
  }
}
