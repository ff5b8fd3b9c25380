import type { Flow } from '../contract/contract.js'
import { changeListOf } from '../runs/change-list.js'
import type { Fired } from '../runs/guard.js'
import { accountParts } from '../runs/guard.facts.js'
import { firedSentence } from '../runs/guard.words.js'
import { amount } from '../runs/labels.js'
import { shownKey } from '../runs/reasons.js'
import type { Change, ItemWithContent } from '../runs/run.js'
import { mappingOf } from '../contract/contract.js'
import type { Field } from '../web/page.js'
import { COUNT_FIELD } from './guard.form.js'
import { countLabel, type FiredWithPeople } from './guard.service.js'

/** One person a rule is about: what of them changes, as far as the rule looks at it. */
export interface GuardExample {
  who: string
  changes: Change[]
  /** names of what changes, where the rule looks at the person as a whole */
  text: string
}

/** What the dialog asks when a selection is dangerous. */
export interface GuardQuestion {
  title: string
  lead: string
  /** what the first people of a rule are called, above their fold */
  examples: string
  rules: { text: string; examples: GuardExample[]; more: string | null }[]
}

/** How many of the selected are new, and how many change. */
type Counts = Readonly<Record<'new' | 'changed', number>>

const ABOUT_FIELDS: readonly Fired['rule'][] = ['sensitive', 'blank', 'same', 'swap']

/** Fields a rule is about; of the account as a whole all its parts. */
const fieldsOf = (flow: Flow, fired: Fired): ReadonlySet<string> =>
  new Set(
    'fields' in fired
      ? Object.keys(fired.fields).flatMap(field => (field === 'account' ? accountParts(mappingOf(flow)) : [field]))
      : [],
  )

function exampleOf(flow: Flow, fired: Fired, item: ItemWithContent): GuardExample {
  const who = `${shownKey(item)} ${item.name}`
  const { changes } = item.content
  if (ABOUT_FIELDS.includes(fired.rule)) {
    const fields = fieldsOf(flow, fired)
    const those = { ...item, content: { ...item.content, changes: changes.filter(({ field }) => fields.has(field)) } }
    return { who, changes: changeListOf(those, flow, '').brief, text: '' }
  }
  const isUpdate = fired.rule === 'updates' || fired.rule === 'first'
  return { who, changes: [], text: isUpdate ? changes.map(({ label }) => label).join('・') : '' }
}

/** So many a rule is about: a swap is about two. */
const peopleIn = (fired: Fired): number =>
  fired.rule === 'swap' ? 2 * fired.people : fired.rule === 'fewer' ? fired.before - fired.people : fired.people

function moreOf({ words }: Flow, fired: Fired, shown: number): string | null {
  const more = peopleIn(fired) - shown
  // Of several fields nobody has counted how many people they are about together.
  const known = !('fields' in fired) || Object.keys(fired.fields).length === 1
  return shown > 0 && known && more > 0 ? `ほか${amount(more)}${words.counter}` : null
}

/** What is dangerous about the selection, where a rule fires; null where none does. */
export const guardQuestion = (flow: Flow, all: readonly FiredWithPeople[]): GuardQuestion | null =>
  all.length === 0
    ? null
    : {
        title: 'いつもより大きな変更です',
        lead: '目安を超える変更があります。次の内容に間違いがないことを確認してください。',
        examples: `${flow.words.item}の例`,
        rules: all.map(({ fired, people }) => ({
          text: firedSentence(flow, fired),
          examples: people.map(item => exampleOf(flow, fired, item)),
          more: moreOf(flow, fired, people.length),
        })),
      }

/** The field beside the button, in which the number of the selected people is typed; null where no rule fires. */
export function countField(
  { words }: Flow,
  fired: readonly FiredWithPeople[],
  { selected, typed = '', error }: { selected: Counts; typed?: string | undefined; error?: string | undefined },
): Field | null {
  if (fired.length === 0) return null
  const { counter } = words
  const sum =
    selected.new > 0
      ? `新規登録${amount(selected.new)}${counter}と更新${amount(selected.changed)}${counter}の合計`
      : `対象は、${amount(selected.changed)}${counter}`
  return {
    id: COUNT_FIELD,
    label: selected.new > 0 ? `${countLabel(words)}（新規登録と更新の合計）` : countLabel(words),
    kind: 'integer',
    value: typed,
    error,
    suffix: counter,
    required: true,
    help: `続けるには、${countLabel(words)}を入力してください。${sum}です。`,
    focus: error !== undefined,
  }
}
