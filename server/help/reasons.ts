/** The reasons that pages and mails give, from where they are made, each apart into cause and remedy. Pure. */
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
import type { Connector, Flow } from '../contract/contract.js'
import { flowBy, KEY_CHOICE } from '../contract/flow-keys.js'
import { isScoped } from '../contract/scope.js'
import { shownOf } from '../errors.js'
import { match, type MatchQuestion } from '../plan/match.js'
import { endings, goneReason } from '../runs/publications.js'
import { begunReasons, takenReason } from '../runs/reasons.js'
import { smarthrErrors } from '../smarthr/errors.js'

export interface ExplainedReason {
  cause: string
  remedy: string
}

export interface ReasonGroup {
  title: string
  rows: ExplainedReason[]
}

const SAYS_WHAT_TO_DO = /ください|お試し/

const apart = (text: string): ExplainedReason => {
  const sentences = text.match(/[^。]+。?/g) ?? []
  return {
    cause: sentences.filter(sentence => !SAYS_WHAT_TO_DO.test(sentence)).join(''),
    remedy: sentences.filter(sentence => SAYS_WHAT_TO_DO.test(sentence)).join(''),
  }
}

const explained = (texts: readonly string[]): ExplainedReason[] => [...new Set(texts)].map(apart)

/** What SmartHR's or the service's refusals are called. */
const refusals = ({ errors }: Pick<Connector, 'errors'>): string[] =>
  [errors, smarthrErrors].flatMap(each => {
    const failures = createFailures(each, undefined)
    return [
      failures.reconnect().message,
      failures.unavailable(0).message,
      ...each.rules.flatMap(({ shown }) => shown ?? []),
    ]
  })

/** Stands where a reason names a record's key. */
const KEY = '…'

/** Why a record can't take part, as the matching of both sides says it. */
function unmatched(flow: Exclude<Flow, { kind: 'publication' }>): string[] {
  const nobody = { linked: null, candidates: [], everLinked: new Set<string>() }
  const one = { id: '1', listed: true }
  const asked: MatchQuestion = {
    ...nobody,
    key: KEY,
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
    { ...asked, sourcesWithKey: 2 },
    { ...asked, candidates: [one, { ...one, id: '2' }] },
    ...(flow.identity === 'links' ? [{ ...asked, candidates: [one], everLinked: new Set(['1']) }] : []),
    ...(flow.kind === 'sync' && flow.otherKeys && flow.key
      ? [{ ...asked, candidates: [one], number: { value: KEY, holders: ['2'] } }]
      : []),
    ...(flow.identity === 'links' ? [{ ...asked, linked: { ...one, listed: false } }] : []),
  ]
  return questions.map(match).flatMap(found => (found.kind === 'excluded' ? [found.reason] : []))
}

/** Why something was not written, or nobody knows. */
function unwritten(flow: Flow): string[] {
  const { to } = flow
  if (flow.kind === 'publication')
    return [goneReason, flow.publication.refusal('failed', null), ...Object.values(endings)]
  const begun = begunReasons(to, '')
  const uncertain = [shownOf(begun.doubtful), stoppedReason]
  if (flow.kind === 'import') return [flow.payslips.unknownReason, ...uncertain]
  const names = { source: flow.from, target: to }
  return [
    movedReason(to),
    keyTakenReason({ names, flow }),
    keyFoundReason({ names, flow }),
    missingReason(to),
    stuckReason(to),
    movedHalfwayReason(to),
    ...(isScoped(flow) ? [null, new Date(0)].map(intentAt => shownOf(outsideReason('', { intentAt }))) : []),
    ...(flow.identity === 'links'
      ? [takenReason({ names, flow }, 'known'), takenReason({ names, flow }, 'created')]
      : []),
    shownOf(begun.halfChanged),
    ...uncertain,
  ]
}

/** Flows with the same reasons stand together. */
function ofFlows(flows: readonly Flow[], reasonsOf: (flow: Flow) => string[]): ReasonGroup[] {
  const groups = new Map<string, { titles: string[]; texts: string[] }>()
  for (const flow of flows) {
    const texts = reasonsOf(flow)
    const group = groups.get(texts.join()) ?? { titles: [], texts }
    if (texts.length > 0) groups.set(texts.join(), { texts, titles: [...group.titles, flow.title] })
  }
  return [...groups.values()].map(({ titles, texts }) => ({ title: titles.join('・'), rows: explained(texts) }))
}

export const connectingReasons = (connector: Connector): ReasonGroup[] => [
  { title: `SmartHR・${connector.labels.product}との接続`, rows: explained(refusals(connector)) },
]

/** The flows, and each as it goes by another key that a company may choose. */
const byAnyKey = ({ flows }: Connector): Flow[] => [
  ...flows,
  ...flows.flatMap(flow =>
    flow.kind === 'sync'
      ? (flow.otherKeys ?? []).map(({ field }) => {
          const keyed = flowBy(flow, field)
          return { ...keyed, title: `${keyed.title}（${KEY_CHOICE}：${keyed.words.key}）` }
        })
      : [],
  ),
]

export const planningReasons = (connector: Connector): ReasonGroup[] =>
  ofFlows(byAnyKey(connector), flow => (flow.kind === 'publication' ? [] : unmatched(flow)))

export const writingReasons = (connector: Connector): ReasonGroup[] => [
  ...ofFlows(connector.flows, unwritten),
  ...connectingReasons(connector),
]
