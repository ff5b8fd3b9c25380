import type { Flow } from '../contract/contract.js'
import { fieldsOf } from '../contract/value-tables.js'
import type { FieldCounts, Fired } from './guard.js'
import { amount, noneOf, thereAre } from './labels.js'

/** 「姓 12名・名 12名」 */
function listed(flow: Flow, fields: FieldCounts, counter: string): string {
  const labels = new Map(fieldsOf(flow).map(({ id, label }) => [id, label]))
  return Object.entries(fields)
    .sort(([, one], [, other]) => other - one)
    .map(([field, people]) => `${labels.get(field) ?? '口座情報'} ${amount(people)}${counter}`)
    .join('・')
}

const share = (part: number, whole: number): string => `${amount(Math.floor((part * 100) / whole))}%`

/** What a rule has found, with its number and the limit it is above, in a sentence without a value of anybody. */
export function firedSentence(flow: Flow, fired: Fired): string {
  const { item, counter } = flow.words
  const people = `${amount(fired.people)}${counter}`
  const most = `目安：${amount(fired.most)}${counter}まで`
  const many = (what: string, fields: FieldCounts) =>
    `${what}${item}が${fired.most === 0 ? '' : '、多く'}${thereAre(flow.words)}：${listed(flow, fields, counter)}（目安：1項目につき${amount(fired.most)}${counter}まで）。`
  switch (fired.rule) {
    case 'sensitive':
      return many('重要な項目が変わる', fired.fields)
    case 'blank':
      return many('登録済みの内容が空白になる', fired.fields)
    case 'updates':
      return `${people}の${item}を更新します（${most}）。今回の対象${amount(fired.of)}${counter}の${share(fired.people, fired.of)}です。`
    case 'new':
      return fired.of === 0
        ? `${people}の${item}を新しく登録します（${most}）。${flow.to}に登録済みの${item}は${noneOf(flow.words)}。`
        : `${people}の${item}を新しく登録します（${most}）。${flow.to}に登録済みの${amount(fired.of)}${counter}${fired.people > fired.of ? 'を上回ります' : `の${share(fired.people, fired.of)}にあたります`}。`
    case 'swap':
      return `番号または口座が、2${counter}の間で入れ替わります：${listed(flow, fired.fields, '組')}（1組でも確認が必要です）。`
    case 'same':
      return many('異なっていた内容が同じ内容になる', fired.fields)
    case 'fewer':
      return `${flow.from}から取得した${item}が、前回の同期より${share(fired.before - fired.people, fired.before)}減っています（${amount(fired.before)}${counter}→${people}、目安：${fired.most}%まで）。`
    case 'first':
      return `この連携での初めての同期で、${people}の${item}を更新します（${most}）。`
  }
}

export const firedSentences = (flow: Flow, fired: readonly Fired[]): string[] =>
  fired.map(one => firedSentence(flow, one))
