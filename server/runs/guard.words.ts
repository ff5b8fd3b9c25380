import type { Flow } from '../contract/contract.js'
import { fieldsOf } from '../contract/value-tables.js'
import type { FieldCounts, Fired } from './guard.js'
import { amount, noneOf } from './labels.js'

/** 「姓 12名・名 12名」 */
function listed(flow: Flow, fields: FieldCounts, counter: string): string {
  const labels = new Map(fieldsOf(flow).map(({ id, label }) => [id, label]))
  return Object.entries(fields)
    .sort(([, one], [, other]) => other - one)
    .map(([field, people]) => `${labels.get(field) ?? '口座情報'} ${amount(people)}${counter}`)
    .join('・')
}

const share = (part: number, whole: number): string => `${amount(Math.floor((part * 100) / whole))}%`

/** What a rule has found, with its number, in a sentence without a value of anybody. */
export function firedSentence(flow: Flow, fired: Fired): string {
  const { item, counter } = flow.words
  const people = `${amount(fired.people)}${counter}`
  switch (fired.rule) {
    case 'sensitive':
      return `重要な項目が、多くの${item}で変わります（${listed(flow, fired.fields, counter)}）。`
    case 'blank':
      return `登録済みの内容が、多くの${item}で空白になります（${listed(flow, fired.fields, counter)}）。`
    case 'updates':
      return `${people}の${item}を更新します。今回の対象${amount(fired.of)}${counter}の${share(fired.people, fired.of)}です。`
    case 'new':
      return fired.of === 0
        ? `${people}の${item}を新しく登録します。${flow.to}に登録済みの${item}は${noneOf(flow.words)}。`
        : `${people}の${item}を新しく登録します。${flow.to}に登録済みの${amount(fired.of)}${counter}の${share(fired.people, fired.of)}にあたります。`
    case 'swap':
      return `番号または口座が、2名の間で入れ替わります（${listed(flow, fired.fields, '組')}）。`
    case 'same':
      return `異なっていた内容が、多くの${item}で同じ内容になります（${listed(flow, fired.fields, counter)}）。`
    case 'fewer':
      return `${flow.from}から取得した${item}が、前回の同期より${share(fired.before - fired.people, fired.before)}減っています（${amount(fired.before)}${counter}→${people}）。`
    case 'first':
      return `この連携での初めての同期で、${people}の${item}を更新します。`
  }
}

export const firedSentences = (flow: Flow, fired: readonly Fired[]): string[] =>
  fired.map(one => firedSentence(flow, one))
