/** The reasons that pages and mails give, from where they are made, each apart into cause and remedy. Pure. */
import { silentReason } from '../apply/batches.js'
import {
  keyFoundReason,
  keyTakenReason,
  missingReason,
  movedHalfwayReason,
  movedReason,
  outsideReason,
  stoppedReason,
  stuckReason,
} from '../apply/outcomes.js'
import { createFailures } from '../calls/failures.js'
import { signInServerAway } from '../calls/token-endpoint.js'
import { conflictsOf } from '../connections/connection.service.js'
import { consentRefusal } from '../connections/consent-callback.routes.js'
import { asksItems, atOnceOf, type Connector, type Flow } from '../contract/contract.js'
import { flowBy, KEY_CHOICE } from '../contract/flow-keys.js'
import { brokenMidway, isScoped } from '../contract/scope.js'
import { lookAlikeOf } from '../contract/keys.js'
import { movedListing } from '../contract/paging.js'
import { PAYROLL_CLOSED } from '../contract/payslip.js'
import { itemKinds, TOTALS } from '../contract/statement.js'
import { unsent } from '../contract/unsent.js'
import { advised, shownOf } from '../errors.js'
import { movedStatement, stoppedBy } from '../payslips/check-statements.js'
import { NOT_ANSWERED } from '../payslips/order-payroll.js'
import { lackingTotals } from '../payslips/payslip.js'
import { doubtSentence, mismatches, newItemsNote, unusable } from '../payslips/statement-items.js'
import { remarksOf, strangerReason } from '../plan/look-alikes.js'
import { match, type MatchQuestion } from '../plan/match.js'
import { brokenListing } from '../plan/fetch.job.js'
import { fewerReason } from '../plan/plan-run.js'
import { lookFirst, lostReason, movedPeriodReason } from '../plan/plan-sync.js'
import { undoReasons } from '../plan/plan-undo.js'
import { unreadableRecord } from '../plan/planner.js'
import { repeatButtons } from '../runs/labels.js'
import { lackingReason, unreadableTarget, unsentReason } from '../runs/difference.js'
import { endings, goneReason } from '../runs/publications.js'
import { begunReasons, halfDoneReason, partlyRefusedReason, takenReason, whyNot } from '../runs/reasons.js'
import { UNEXPECTED } from '../runs/run-failures.js'
import { DISCONNECTED } from '../runs/run-settings.js'
import { shortfallSentence } from '../runs/shortfalls.js'
import { accountProblem } from '../smarthr/crew-accounts.js'
import { emptyTitleReason, ignoredReason, unknownTitleReason } from '../smarthr/crews.js'
import { smarthrErrors } from '../smarthr/errors.js'
import { GONE } from '../smarthr/payslips.js'
import { UNREADABLE } from '../smarthr/pages.js'
import { EVERYBODY_GONE } from '../wizard/publish.js'
import { refusalTexts } from '../wizard/refusals.js'

export interface ExplainedReason {
  cause: string
  remedy: string
}

export interface ReasonGroup {
  title: string
  rows: ExplainedReason[]
}

const SAYS_WHAT_TO_DO = /ください|お試し|再開します/

const apart = (text: string): ExplainedReason => {
  const sentences = text.match(/[^。]+。?/g) ?? []
  return {
    cause: sentences.filter(sentence => !SAYS_WHAT_TO_DO.test(sentence)).join(''),
    remedy: sentences.filter(sentence => SAYS_WHAT_TO_DO.test(sentence)).join(''),
  }
}

const explained = (texts: readonly string[]): ExplainedReason[] =>
  [...new Set(texts)].filter(text => text !== '').map(apart)

/** Stands where a reason names a record's key, a field or what a service has said. */
const ANY = '…'

/** What SmartHR's or the service's refusals are called. */
const refusals = ({ errors }: Pick<Connector, 'errors'>): string[] =>
  [errors, smarthrErrors].flatMap(each => {
    const failures = createFailures(each, undefined)
    return [
      failures.reconnect().message,
      failures.unavailable(0).message,
      failures.uncertain().message,
      signInServerAway(each.product).message,
      ...each.rules.flatMap(({ shown }) => shown ?? []),
    ]
  })

/** Why a record can't take part, as the matching of both sides says it. */
function unmatched(flow: Exclude<Flow, { kind: 'publication' }>): string[] {
  const nobody = { linked: null, candidates: [], everLinked: new Set<string>() }
  const one = { id: '1', listed: true }
  const asked: MatchQuestion = {
    ...nobody,
    key: ANY,
    keyRequired: flow.identity === 'key',
    sourcesWithKey: 1,
    targetKeysUnique: true,
    when: null,
    source: flow.from,
    target: flow.to,
    word: flow.words.key,
    item: flow.words.item,
  }
  const questions: MatchQuestion[] = [
    { ...asked, key: null },
    { ...asked, key: UNREADABLE_SIGN },
    { ...asked, sourcesWithKey: 2 },
    { ...asked, candidates: [one, { ...one, id: '2' }] },
    ...(flow.identity === 'links' ? [{ ...asked, candidates: [one], everLinked: new Set(['1']) }] : []),
    ...(flow.kind === 'sync' && flow.otherKeys && flow.key
      ? [{ ...asked, candidates: [one], number: { value: ANY, holders: ['2'] } }]
      : []),
    ...(flow.identity === 'links' ? [{ ...asked, linked: { ...one, listed: false } }] : []),
  ]
  return questions.map(match).flatMap(found => (found.kind === 'excluded' ? [found.reason] : []))
}

/** A sign that was lost on its way. */
const UNREADABLE_SIGN = '\ufffd'

/** Keys that look alike, as an example. */
const [KEY, TWIN] = ['1001', '01001']

/** Why somebody has a tick of their own. */
const doubts = (flow: Flow): string[] => {
  const names = { source: flow.from, target: flow.to }
  const remarks = [[TWIN], [KEY]].flatMap(target => {
    const alike = new Map([[lookAlikeOf(KEY), { target, source: [] }]])
    return [...remarksOf([{ id: '1', key: KEY }], new Map([['1', { kind: 'new' }]]), alike, { flow, names }).values()]
  })
  return flow.kind === 'sync' && flow.atOnce ? remarks.map(remark => remark + lookFirst(flow)) : remarks
}

/** Of payslips that are imported all the same: sums and items to look at. */
function noted(): string[] {
  const item = { name: ANY, value: '1' }
  const chosen = [
    { item: { ...item, kind: 'deduction' as const }, kind: 'payment' as const },
    { item: { ...item, kind: 'gross' as const, value: '2' }, kind: 'gross' as const },
  ]
  return [
    ...mismatches(chosen).map(({ sentence }) => sentence),
    doubtSentence(new Map(), new Map()),
    doubtSentence(new Map([[ANY, { kind: 'payment' }]]), new Map([[ANY, 'deduction']])),
    newItemsNote([ANY]) ?? '',
  ]
}

/** What of a record's own content stands in the way. */
function unfit(flow: Flow): string[] {
  if (flow.kind === 'publication') return [unreadableRecord(flow.from)]
  if (flow.kind === 'import') {
    const item = { name: ANY, value: ANY }
    return [
      flow.payslips.unknownReason,
      unreadableRecord(flow.from),
      whyNot(
        [
          lackingTotals(
            TOTALS.map(kind => itemKinds[kind]),
            asksItems(flow),
          ),
        ],
        flow,
      ),
      ...noted(),
      ...(['attendance', 'payment'] as const).flatMap(kind => unusable([{ ...item, kind }], flow.from) ?? []),
      unusable([{ ...item, kind: 'payment', value: '0.5' }], flow.from) ?? '',
      unusable(
        [1, 2].map(() => ({ ...item, kind: 'other' as const })),
        flow.from,
      ) ?? '',
    ]
  }
  const named = whyNot([lackingReason(ANY)], flow)
  const untold = unsent(ANY, ANY, ANY, flow.from)
  const period = flow.writtenTo ? [movedPeriodReason(flow.to, ANY)] : []
  return [
    named,
    untold !== 'keep' && 'unsent' in untold ? untold.unsent : '',
    unsentReason(ANY),
    unreadableTarget,
    ...period,
    ...(flow.onePerson ? [lostReason(flow, { targetId: ANY })] : []),
  ]
}

/** One of a bank account without its parts, and one of two. */
const account = { bank_code: null }
const accounts = [[account], [account, account]].flatMap(lacking => accountProblem(lacking) ?? [])

/** Why something was not written, or nobody knows. */
function unwritten(flow: Flow): string[] {
  const { to } = flow
  if (flow.kind === 'publication')
    return [goneReason, EVERYBODY_GONE, flow.publication.refusal('failed', null), ...Object.values(endings)]
  const begun = begunReasons(to, '')
  const uncertain = [shownOf(begun.doubtful), stoppedReason, silentReason(to)]
  if (flow.kind === 'import') {
    const stopped = flow.payslips.unknown === 'fails-all' ? [shownOf(stoppedBy([ANY], 0, repeatButtons.not_run))] : []
    return [
      flow.payslips.unknownReason,
      ...stopped,
      movedStatement(flow.from),
      PAYROLL_CLOSED,
      GONE,
      NOT_ANSWERED,
      ...uncertain,
    ]
  }
  const names = { source: flow.from, target: to }
  return [
    movedReason(to),
    keyTakenReason({ names, flow }),
    keyFoundReason({ names, flow }),
    missingReason(to),
    stuckReason(to),
    movedHalfwayReason(to),
    ...(isScoped(flow)
      ? [brokenMidway(ANY), ...[null, new Date(0)].map(intentAt => shownOf(outsideReason('', { intentAt })))]
      : []),
    ...(flow.identity === 'links'
      ? [takenReason({ names, flow }, 'known'), takenReason({ names, flow }, 'created')]
      : []),
    shownOf(begun.halfChanged),
    shownOf(begunReasons(to, advised(ANY)).halfDone),
    shownOf(halfDoneReason(to, advised(ANY))),
    shownOf(partlyRefusedReason(to, advised(ANY))),
    ...(flow.direction === 'to-smarthr'
      ? [ignoredReason([ANY]), emptyTitleReason(1), unknownTitleReason(ANY), ...accounts]
      : []),
    ...uncertain,
  ]
}

/** Why a side's list could not be read, or must be looked at. */
const unread = (flow: Flow): string[] => {
  const fewer = { name: flow.from, before: 100, now: 60 }
  return [
    movedListing(flow.from),
    brokenListing(flow.from, ANY),
    shortfallSentence(fewer, flow.words),
    ...(atOnceOf(flow) ? [fewerReason(flow, [fewer])] : []),
  ]
}

/** Flows with the same reasons stand together. */
function ofFlows(flows: readonly Flow[], what: string, reasonsOf: (flow: Flow) => string[]): ReasonGroup[] {
  const groups = new Map<string, { titles: string[]; texts: string[] }>()
  for (const flow of flows) {
    const texts = reasonsOf(flow)
    const group = groups.get(texts.join()) ?? { titles: [], texts }
    if (texts.length > 0) groups.set(texts.join(), { texts, titles: [...group.titles, flow.title] })
  }
  return [...groups.values()].map(({ titles, texts }) => ({
    title: `${titles.join('・')}：${what}`,
    rows: explained(texts),
  }))
}

/** Whatever stops a call, on whichever page. */
const calling = (connector: Connector): ReasonGroup => ({
  title: `SmartHR・${connector.labels.product}との接続`,
  rows: explained([...refusals(connector), ...(connector.help?.reasons?.connecting ?? [])]),
})

const OUTCOMES = ['denied', 'stale', 'failed'] as const

export function connectingReasons(connector: Connector): ReasonGroup[] {
  const { consent } = connector.auth
  const refused = consent ? OUTCOMES.map(kind => consentRefusal({ kind }, connector, consent)) : []
  return [
    { title: '連携の手続き', rows: explained([...refused, ...Object.values(conflictsOf(connector))]) },
    calling(connector),
  ]
}

/** Of a file, and of what its columns are taken for. */
export const readingReasons = ({ help }: Connector): ReasonGroup[] =>
  help?.reasons?.reading ? [{ title: 'ファイルと列', rows: explained(help.reasons.reading) }] : []

const stopping: ReasonGroup = { title: '中断した理由', rows: explained([UNEXPECTED, DISCONNECTED, UNREADABLE]) }

export const fetchingReasons = (connector: Connector): ReasonGroup[] => [
  ...ofFlows(connector.flows, '取得', unread),
  calling(connector),
  stopping,
]

/** Its flows as they go by another key that a company may choose. */
const byOtherKeys = ({ flows }: Connector) =>
  flows.flatMap(flow =>
    flow.kind === 'sync'
      ? (flow.otherKeys ?? []).map(({ field }) => {
          const keyed = flowBy(flow, field)
          return { ...keyed, title: `${keyed.title}（${KEY_CHOICE}：${keyed.words.key}）` }
        })
      : [],
  )

export const planningReasons = (connector: Connector): ReasonGroup[] => [
  ...ofFlows(connector.flows, '対象外・確認が必要な理由', flow => [
    ...(flow.kind === 'publication' ? [] : unmatched(flow)),
    ...doubts(flow),
    ...unfit(flow),
  ]),
  ...ofFlows(connector.flows, '取り消せない理由', flow => (flow.kind === 'sync' ? undoReasons(flow, ANY) : [])),
  ...ofFlows(byOtherKeys(connector), '対象外・確認が必要な理由', flow =>
    flow.kind === 'publication' ? [] : [...unmatched(flow), strangerReason(flow.words, flow.to)],
  ),
  ...(connector.help?.reasons?.planning
    ? [{ title: '項目ごとの理由', rows: explained(connector.help.reasons.planning) }]
    : []),
]

/** Above the reasons of the list: why ［同期］ did not begin although it was pressed. */
export const confirmingReasons = (connector: Connector): ReasonGroup[] => [
  ...ofFlows(connector.flows, '開始できない理由', flow => refusalTexts(connector, flow, ANY)),
  ...planningReasons(connector),
]

export const writingReasons = (connector: Connector): ReasonGroup[] => [
  ...ofFlows(connector.flows, '失敗・要確認の理由', unwritten),
  ...ofFlows(connector.flows, '取得', unread),
  ...planningReasons(connector),
  calling(connector),
  stopping,
]
