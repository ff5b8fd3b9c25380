/** Why 同期 is not begun although its button was pressed: one sentence each, in the order in which they are asked. */
import type { FieldRulesStore } from '../connections/field-rules.store.js'
import type { FlowKeyStore } from '../connections/flow-key.store.js'
import { KEY_CHOICE } from '../contract/flow-keys.js'
import { isScoped } from '../contract/scope.js'
import { asksItems, createOptionsOf, writtenPeriod, type Connector, type Flow } from '../contract/contract.js'
import { askedOptions } from '../contract/value-tables.js'
import { differingGroups } from '../payslips/payroll-group.js'
import type { Clock } from '../platform/clock.js'
import { blockedMessage, RUNNING_ALREADY } from '../runs/blocked.view.js'
import { noneChosen } from '../runs/labels.js'
import { keyNow, rulesNow } from '../runs/run-settings.js'
import { mayStart, ownerOf, startFacts, type StartStores, type Who } from '../runs/may-start.js'
import { type Run, itemsToRegister } from '../runs/run.js'
import { planDay } from '../runs/sides.js'
import type { ChoiceStore } from './choice.store.js'
import type { Confirmation } from './confirm.form.js'
import type { Selection, SelectionStore } from './selection.store.js'

/** Another page was faster. */
export const CHANGED = '対象が変わりました。内容を確認してください。'

export const REPEATED = '同じ明細が取り込み済みです。もう一度取り込む場合は、確認欄にチェックを入れてください。'

export const FEWER =
  '取得できた人数が、前回より大きく減っています。間違いがないことを確認して、確認欄にチェックを入れてください。'

const OVERTAKEN =
  'この同期を準備した後に、別の同期が実行されました。古い内容で上書きしないように、取得し直してから同期してください。'

const NEW_ITEMS = '登録されていない項目があります。項目を登録してから、もう一度取り込んでください。'

const OPTIONS_MISSING = '新規登録の設定が選択されていません。新しく登録する従業員に適用する値を選択してください。'

const NO_UNDO =
  'アプリの更新中に取得されたため、取り消す内容を確認できません。連携レポートから、もう一度取り消しを開始してください。'

const RULES_IGNORED =
  '項目の設定を使わずに、取得した内容が作られています。同期しない項目に書き込まないように、取得し直してから同期してください。'

const KEY_IGNORED = `${KEY_CHOICE}の設定を使わずに、取得した内容が作られています。別の従業員と取り違えないように、取得し直してから同期してください。`
const SCOPE_IGNORED =
  '対象範囲を使わずに、取得した内容が作られています。対象範囲の外の従業員に書き込まないように、取得し直してから同期してください。'
const TABLES_IGNORED =
  '対応表を使わずに、取得した内容が作られています。対応表の値を登録するために、取得し直してから同期してください。'

const EXPIRED = '取得した情報が古くなっています。取得し直してください。'

const settingsChanged = (title: string) =>
  `${title}が変更されました。新しく登録する従業員に適用される内容を確認してから、もう一度［同期］を押してください。`

const anotherPeriod = (before: string, now: string) =>
  `この同期は${before}の情報と比較して準備されましたが、いま同期すると${now}の情報として登録されます。確認していない内容で上書きしないように、取得し直してから同期してください。`

/** Statements of two days, as the help shows that they go apart. */
const TWO_DATES = ['2026/01/23', '2026/01/30'].map(date => ({ key: { 支給日: date }, count: 1 }))

/** All of these sentences that a flow's confirmation can say: for its help. `period` stands where a month does. */
export function refusalTexts({ settings }: Pick<Connector, 'settings'>, flow: Flow, period: string): string[] {
  const { kind, words } = flow
  return [
    CHANGED,
    noneChosen(words),
    ...(kind === 'import' ? [REPEATED, differingGroups(TWO_DATES, words.counter) ?? ''] : []),
    ...(asksItems(flow) ? [NEW_ITEMS] : []),
    FEWER,
    ...(kind === 'publication' ? [] : [OVERTAKEN]),
    ...(kind === 'sync' ? [RULES_IGNORED, NO_UNDO] : []),
    ...(kind === 'sync' && flow.otherKeys ? [KEY_IGNORED] : []),
    ...(isScoped(flow) ? [SCOPE_IGNORED] : []),
    ...(createOptionsOf(flow).some(({ from }) => from !== undefined) ? [TABLES_IGNORED] : []),
    ...(kind === 'sync' && flow.writtenTo ? [anotherPeriod(period, period)] : []),
    ...(createOptionsOf(flow).length > 0 ? [OPTIONS_MISSING] : []),
    ...(kind === 'sync' && flow.settings !== 'none' && settings ? [settingsChanged(settings.title)] : []),
    EXPIRED,
    RUNNING_ALREADY,
  ]
}

/** Whether values for new people have yet to be chosen. */
export const lacksOptions = (flow: Flow, run: Pick<Run, 'options' | 'tabled'>): boolean =>
  askedOptions(flow, run.tabled).some(({ name }) => !run.options[name])

export interface RefusalStores extends StartStores {
  selection: Pick<SelectionStore, 'groups'>
  choices: Pick<ChoiceStore, 'overtaken'>
  fieldRules: Pick<FieldRulesStore, 'find'>
  flowKeys: Pick<FlowKeyStore, 'find'>
}

export interface RefusalFacts {
  who: Who
  connector: Connector
  flow: Flow
  /** a run whose plan is ready, locked */
  run: Run
  /** what the dialog showed */
  shown: Confirmation
  /** … and what stands there now */
  selected: Selection
  mark: string
  clock: Clock
}

/** What has changed since the dialog was drawn. */
function changed(facts: RefusalFacts): string | null {
  const { connector, flow, run, shown, selected, mark } = facts
  if (run.revision === shown.revision && selected.total === 0) return noneChosen(flow.words)
  if (mark === shown.mark) return null
  // The ticks are the same: then it is the settings of new people that differ.
  const sameTicks = shown.mark.startsWith(selected.mark)
  return sameTicks && connector.settings ? settingsChanged(connector.settings.title) : CHANGED
}

/** A worker of the release before has planned what is to be read by tables or rules. */
function ignored(run: Run): string | null {
  if (run.tables !== null && run.tabled === null) return TABLES_IGNORED
  if (run.rules !== null && run.ruled === null) return RULES_IGNORED
  if (run.key !== run.keyed) return KEY_IGNORED
  // … or has compared both sides for a run that takes another one back.
  if (run.undoOf !== null && !run.undoes) return NO_UNDO
  return run.scope !== null && run.scoped === null ? SCOPE_IGNORED : null
}

/** What was read is not what stands there by now, or is for another month. */
async function overtaken(
  { choices }: RefusalStores,
  { flow, run, clock }: Pick<RefusalFacts, 'flow' | 'run' | 'clock'>,
): Promise<string | null> {
  // A publication writes nothing over anything.
  if (flow.kind !== 'publication' && (await choices.overtaken(run))) return OVERTAKEN
  const [before, now] = [writtenPeriod(flow, planDay(run, clock)), writtenPeriod(flow, clock.today())]
  return before !== null && now !== null && before !== now ? anotherPeriod(before, now) : null
}

/** What of the plan itself must be looked at first. */
async function unready(stores: RefusalStores, facts: RefusalFacts): Promise<string | null> {
  const { flow, run, shown, selected } = facts
  if (itemsToRegister(flow, run).length > 0) return NEW_ITEMS
  const unread = ignored(run) ?? differingGroups(await stores.selection.groups(run.id), flow.words.counter)
  if (unread !== null) return unread
  if (!shown.again && selected.repeated > 0) return REPEATED
  if (!shown.fewer && run.shortfalls.length > 0) return FEWER
  return overtaken(stores, facts)
}

/** What keeps the flow from being started now. That no other run is on is decided by the start itself. */
async function blocked(stores: RefusalStores, { who, connector, flow, clock }: RefusalFacts): Promise<string | null> {
  const facts = await startFacts(stores, who, connector, clock.now())
  const start = mayStart(connector, flow, { ...facts, active: null })
  return 'blocked' in start ? blockedMessage(connector, start.blocked).text : null
}

/** A web of the release before has begun the reading, and has not asked what the company has chosen since. */
async function unasked(stores: RefusalStores, { who, connector, flow, run }: RefusalFacts): Promise<string | null> {
  if (!run.unasked.rules && !run.unasked.key) return null
  const connection = await stores.connections.current(connector.id, ownerOf(connector, who.adminId))
  if (!connection) return null
  const account = { connector, flow, accountId: connection.accountId }
  if (run.unasked.rules && (await rulesNow(stores, account)) !== null) return RULES_IGNORED
  return run.unasked.key && (await keyNow(stores, account)) !== null ? KEY_IGNORED : null
}

/** Why what was shown can't be started any more as it is: it must be looked at, or read, anew. */
export async function staleness(stores: RefusalStores, facts: RefusalFacts): Promise<string | null> {
  const { flow, run, selected } = facts
  return (
    changed(facts) ??
    (await unready(stores, facts)) ??
    (await unasked(stores, facts)) ??
    (selected.new > 0 && lacksOptions(flow, run) ? OPTIONS_MISSING : null)
  )
}

/** Why nobody can begin this plan any more, whatever is chosen or typed: it must be read anew. */
export const outdated = async (stores: RefusalStores, facts: RefusalFacts): Promise<string | null> =>
  ignored(facts.run) ?? (await overtaken(stores, facts)) ?? (await unasked(stores, facts))

/** Why a ready run is not started; null when nothing stands in the way. */
export const refusalOf = async (stores: RefusalStores, facts: RefusalFacts): Promise<string | null> =>
  (await staleness(stores, facts)) ?? (await blocked(stores, facts))

/** Why a run was not started after all: where it stands now. */
export function whyNotStarted(run: Run, shownRevision: number, { words }: Flow): string {
  if (run.state === 'expired') return EXPIRED
  // Another page has gone back to what is asked first.
  if (['draft', 'fetching'].includes(run.state)) return CHANGED
  if (run.state !== 'ready') return `この${words.act}は、すでに受付済みです。`
  return run.revision === shownRevision ? RUNNING_ALREADY : CHANGED
}
