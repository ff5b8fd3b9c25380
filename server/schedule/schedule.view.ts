import type { Change } from '../audit/acts.js'
import type { Connector, SyncFlow } from '../contract/contract.js'
import { closedHoursHelp } from '../runs/labels.js'
import type { FieldErrors } from '../web/form.js'
import type { Field, Page } from '../web/page.js'
import type { SinceShown } from '../web/since-shown.js'
import { asksDay } from './checkable.js'
import { dayAndTime, postponed } from './check.words.js'
import { autoOffReasons, pausedReasons } from './pausing.js'
import { recipientFields, recipientsText } from './recipients.js'
import { shownNow } from './form-since.js'
import { SCOPE_GONE } from '../connections/scopes.store.js'
import {
  DAYS,
  fieldId,
  FIELDS,
  HOURS,
  isScopeGone,
  modesUnder,
  modeText,
  REFERENCES,
  referenceText,
  RULES,
  rhythmText,
  scopeOptions,
  scopeText,
  storedFields,
  WEEKDAYS,
  type FieldName,
  type Offered,
  type Typed,
} from './schedule.form.js'
import type { Order, Schedule } from './schedule.store.js'

/** 定期チェック of one flow. */
export interface FlowSchedule {
  flow: string
  title: string
  /** how it stands */
  state: string
  /** it is stopped: why there is no check */
  warning: string | null
  since: SinceShown
  fields: Field[]
  hasErrors: boolean
  save: string
  /** beside it: stops, goes on, or goes on in one's own name; null: nothing is saved yet */
  other: { op: 'stop' | 'resume'; label: string } | null
}

export interface SchedulePage extends Page {
  lead: string
  notes: readonly string[]
  flows: FlowSchedule[]
  errors: FieldErrors
}

export interface ScheduleInput {
  connector: Connector
  flows: readonly (Offered & { flow: SyncFlow })[]
  /** what was typed into one flow's form and can't be saved */
  refused?: { flow: string; typed: Typed; errors: FieldErrors; changed?: string }
}

const NOTES = [
  '確認だけでは、どちらのサービスにも書き込みません。',
  '差分が見つかったときは、1分以上おいてもう一度確認し、同じ差分だけをダッシュボードに表示します。',
  '同期を実行している間は、20分後に延期します。',
  'メールは、前回と異なる差分が見つかったときに送ります。',
] as const

function fieldsOf(
  { connector, flow, offered }: { connector: Connector; flow: SyncFlow; offered: Offered },
  typed: Typed,
  errors: FieldErrors,
): Field[] {
  const scopes = scopeOptions(offered)
  const at = (name: FieldName) => {
    const id = fieldId(flow, name)
    return { id, label: FIELDS[name], value: typed[id] ?? '', error: errors[id] }
  }
  const field = (name: FieldName, kind: 'choice' | 'radio', options: Field['options'], help?: string): Field => ({
    ...at(name),
    kind,
    help,
    options,
  })
  return [
    field('rule', 'radio', RULES),
    field('weekday', 'choice', WEEKDAYS, '「毎週」のときに使います。'),
    field('day', 'choice', DAYS, '「毎月」のときに使います。その日がない月は、末日に確認します。'),
    field('hour', 'choice', HOURS, `日本時間です。何分に確認するかは、自動で決まります。${closedHoursHelp(connector)}`),
    ...(asksDay(flow) ? [field('reference', 'radio', REFERENCES, 'この日の情報を確認します。')] : []),
    ...(scopes.length > 0 ? [field('scope', 'choice', scopes, '対象範囲の外の従業員は、確認も同期もしません。')] : []),
    field(
      'mode',
      'radio',
      modesUnder(offered.approval).map(mode =>
        mode.value === 'auto' && offered.notYet !== null ? { ...mode, unavailable: offered.notYet } : mode,
      ),
    ),
    ...recipientFields(at('recipients'), offered.administrators),
  ]
}

/** A scope that is gone stands beside its field: no check is made until another is chosen. */
const goneErrors = (flow: SyncFlow, offered: Offered): FieldErrors =>
  isScopeGone(offered) ? { [fieldId(flow, 'scope')]: SCOPE_GONE } : {}

/** Why there is no check, or no automatic one any more. */
const warningOf = (schedule: Schedule | null): string | null =>
  schedule?.paused ? pausedReasons[schedule.paused] : schedule?.autoOff ? autoOffReasons[schedule.autoOff] : null

const stateOf = (schedule: Schedule | null): string =>
  schedule === null
    ? '未設定'
    : schedule.paused !== null
      ? `停止中（${rhythmText(schedule)}）`
      : `${rhythmText(schedule)}に確認します（${modeText(schedule)}）。次回：${dayAndTime(schedule.nextAt)} ${postponed(schedule)}設定した管理者：${schedule.adminName}`

const otherOf = (schedule: Schedule | null): FlowSchedule['other'] =>
  schedule === null
    ? null
    : schedule.paused === null
      ? { op: 'stop', label: '停止する' }
      : { op: 'resume', label: schedule.paused === 'owner-left' ? '引き継ぐ' : '再開する' }

export function schedulePage({ connector, flows, refused }: ScheduleInput): SchedulePage {
  return {
    title: '定期チェック',
    hasErrors: refused !== undefined,
    lead: '決まった日時にSmartHRと連携サービスの情報を取得し、差分がないかを確認します。',
    notes: NOTES,
    errors: refused?.errors ?? {},
    flows: flows.map(({ flow, ...offered }) => {
      const { schedule } = offered
      const typed = refused?.flow === flow.id ? refused.typed : storedFields(flow, offered)
      const errors = refused?.flow === flow.id ? refused.errors : goneErrors(flow, offered)
      return {
        flow: flow.id,
        title: flow.panel.title,
        state: stateOf(schedule),
        warning: warningOf(schedule),
        since: shownNow(flow, offered, (refused?.flow === flow.id && refused.changed) || null),
        fields: fieldsOf({ connector, flow, offered }, typed, errors),
        hasErrors: Object.keys(refused?.flow === flow.id ? refused.errors : {}).length > 0,
        save: schedule === null ? '定期チェックを始める' : '保存',
        other: otherOf(schedule),
      }
    }),
  }
}

/** What was chosen and was different before, in the words of the page. */
export function scheduleChanges(flow: SyncFlow, after: Order, offered: Offered): Change[] {
  const { schedule: before, scopes, administrators } = offered
  const told = (label: string, text: (order: Order) => string) => ({
    label,
    before: before ? text(before) : '',
    after: text(after),
  })
  const all = [
    told('確認する日時', rhythmText),
    ...(asksDay(flow) ? [told(FIELDS.reference, referenceText)] : []),
    ...(after.scopeId !== null || before?.scopeId ? [told(FIELDS.scope, order => scopeText(order, scopes))] : []),
    told(FIELDS.mode, modeText),
    ...(after.recipients !== null || before?.recipients
      ? [told(FIELDS.recipients, order => recipientsText(order.recipients, administrators))]
      : []),
  ]
  return all.filter(change => change.before !== change.after)
}
