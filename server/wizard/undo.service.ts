import type { Recorder } from '../audit/audit.store.js'
import type { Flow } from '../contract/contract.js'
import { Conflict, NotFound } from '../errors.js'
import { beginFetch, type FetchStores } from '../plan/begin-fetch.js'
import type { Clock } from '../platform/clock.js'
import type { InTenant } from '../platform/in-tenant.js'
import { alwaysAsks, type ApprovalStores } from '../runs/approval.js'
import { NO_TAKE_BACK } from '../runs/approval.words.js'
import { findRun, type FlowOf } from '../runs/flow-of.js'
import { at } from '../runs/labels.js'
import { flowFacts, mayStart, type StartStores, type Who } from '../runs/may-start.js'
import { endStates, type Run } from '../runs/run.js'
import type { RunStore } from '../runs/run.store.js'
import { SECOND_CLICK_MS, type Begun } from './begin.service.js'
import type { ChoiceStore } from './choice.store.js'
import { MOST, type UndoStore, type Written } from '../runs/undo.store.js'

interface UndoStores extends StartStores, FetchStores {
  audit: Recorder
  runs: RunStore
  undos: UndoStore
  approvals: ApprovalStores['approvals']
  choices: Pick<ChoiceStore, 'oneAtATime'>
}

/** Whether a run can be taken back. */
export interface UndoLook {
  /** why it can't; null: it can */
  why: string | null
  written: Written
  /** the last run that has taken it back */
  undoneBy: Run | null
}

const wasWritten = (run: Run): boolean => endStates.includes(run.state) && run.queuedAt !== null

/** Whether a run that takes another one back has done all of it: everybody of its plan, with all fields. */
const hasTakenAll = ({ state, counts, succeededCount, omitted, retryOf }: Run): boolean =>
  state === 'succeeded' && counts.changed === succeededCount && omitted.length === 0 && retryOf === null

/** Why a run that has written can't be taken back; null: it can. Pure. */
function whyNot(
  flow: Flow,
  run: Run,
  { written, current, back }: { written: Written; current: string | null; back: Run | null },
): string | null {
  const { to, words } = flow
  if (flow.kind === 'import') {
    if (run.takenBackAt !== null)
      return `${at(run.takenBackAt)}に、この取り込みを取り消しました。SmartHRから、給与と給与明細を削除しました。`
    return run.groupId === null ? 'SmartHRに給与を作成していないため、取り消すものはありません。' : null
  }
  // An examiner's records hang on each other: one alone can't go back.
  if (flow.kind === 'sync' && flow.examiner)
    return `${to}の${words.item}は互いに関連しているため、この${words.act}は取り消せません。${to}で、直接変更してください。`
  if (run.peopleDeletedAt !== null)
    return `変更前の値は、保存期間が過ぎたため${at(run.peopleDeletedAt)}に削除されました。取り消せません。${to}で、直接変更してください。`
  if (current !== null && current !== run.connectionId)
    return `この${words.act}の後に、別の連携に変わっています。取り消せません。${to}で、直接変更してください。`
  if (back !== null)
    return `${at(back.queuedAt)}の取り消しで、元に戻せる項目をすべて戻したため、取り消すものは残っていません。`
  if (written.changed > 0) return null
  return written.registered > 0
    ? `この${words.act}は新規登録だけで、変更した項目がありません。登録は取り消せません。不要な${words.item}は、${to}の画面で削除してください。`
    : `この${words.act}で変更した項目がないため、取り消すものはありません。`
}

/** ［この同期を取り消す］: a new run that is planned from what an earlier one has written. */
export function createUndoing({
  inTenant,
  clock,
  flowOf,
}: {
  inTenant: InTenant<UndoStores>
  clock: Clock
  flowOf: FlowOf
}) {
  const look = async (stores: UndoStores, who: Who, run: Run): Promise<UndoLook | null> => {
    const { connector, flow } = flowOf(run.connector, run.flow, run)
    if (flow.kind === 'publication' || !wasWritten(run)) return null
    const facts = await flowFacts(stores, who, { connector, flow }, clock.now())
    const written = await stores.undos.written(run)
    const undoneBy = await stores.undos.undoneBy(run.id)
    // What was taken back may have been written once more, by taking that back in turn.
    const isBack = undoneBy !== null && hasTakenAll(undoneBy) && (await stores.undos.undoneBy(undoneBy.id)) === null
    const why = whyNot(flow, run, {
      written,
      current: facts.connection?.id ?? null,
      back: isBack ? undoneBy : null,
    })
    const asks = why === null && flow.kind === 'import' && (await alwaysAsks(stores, run, clock.now()))
    return { why: asks ? NO_TAKE_BACK : why, written, undoneBy }
  }

  return {
    /** null: nothing is said of it. */
    look: (who: Who, runId: string): Promise<UndoLook | null> =>
      inTenant(who.tenantId, async stores => look(stores, who, await findRun(stores, runId))),

    /** Reads the target, and plans from what the run has written. Pressed again in the same moment, it gives the same run. */
    begin: (who: Who, runId: string): Promise<Begun> =>
      inTenant(who.tenantId, async stores => {
        const old = await findRun(stores, runId)
        const { connector, flow } = flowOf(old.connector, old.flow, old)
        const found = await look(stores, who, old)
        if (found === null || flow.kind !== 'sync') throw new NotFound()
        if (found.why !== null) throw new Conflict(found.why)
        const now = clock.now()
        const start = mayStart(connector, flow, await flowFacts(stores, who, { connector, flow }, now))
        if ('blocked' in start) return start
        await stores.choices.oneAtATime(start.connection.id, flow.id, who.adminId)
        const pressed = await stores.undos.pressed(old.id, who.adminId, new Date(now.getTime() - SECOND_CLICK_MS))
        if (pressed) return { runId: pressed.id }
        // What was written by tables goes back, too, whatever they have become.
        const { referenceDate, area, settings, tabled: tables } = old
        const undoId = await stores.runs.create({
          adminId: who.adminId,
          connectionId: start.connection.id,
          connector: connector.id,
          flow: flow.id,
          undoOf: old.id,
          now,
        })
        await beginFetch(stores, undoId, {
          referenceDate,
          area,
          settings,
          rules: null,
          tables,
          key: old.keyed,
          scope: null,
          now,
        })
        const details = found.written.changed > MOST ? {} : { total: found.written.changed }
        await stores.audit.add({ act: 'run.undone', connector: connector.id, runId: undoId, about: old.id, details })
        return { runId: undoId }
      }),
  }
}

export type Undoing = ReturnType<typeof createUndoing>
