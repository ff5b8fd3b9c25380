import type { Call, Held, ItemRow, Observed, Service } from './observed.js'

/**
 * The judge. It knows nothing of the product's code: only what the services held before and hold now, what they were
 * sent, the rows, the mails and the logs.
 */

/**
 * D: somebody doubled. L: without exactly one outcome. W: an untrue outcome. X: needless calls. E: no end by itself.
 * M: a text without cause and remedy. S: secrets or names in a log. N: not one result mail.
 */
export type Letter = 'D' | 'L' | 'W' | 'X' | 'E' | 'M' | 'S' | 'N'

export interface Violation {
  letter: Letter
  what: string
}

/** What a scenario's fault explains; without it everybody goes through. */
export interface Allowance {
  /** how many may end otherwise than in success */
  failures: number
  /** how many of those nobody can say of whether they are there */
  unconfirmed: number
  /** calls of each kind beyond those of a run without a fault */
  reads: number
  writes: number
  /** copies of the one result mail: a process that dies while it speaks to the mail server may let it be sent again */
  mailCopies: number
}

/** What a run without a fault sends to its target. */
export interface Clean {
  reads: number
  /** per new and per changed person, the create among them */
  writesPerNew: number
  writesPerChanged: number
}

const UNCONFIRMED = /登録できたかを確認できませんでした|どこまで更新されたかを確認できませんでした/
/** Created, and said so: the rest of the record is missing. */
const HALF_DONE = /に新規登録しましたが|に登録しましたが/
/** Says itself that it does not know. */
const DOUBTFUL_UPDATE = /更新されている可能性/
const SENTENCE = /[ぁ-んァ-ヶ一-龠].*。/s
const REMEDY = /ください|自動で|再度|同期していません/

const by = <T>(all: readonly T[], key: (one: T) => string) => {
  const groups = new Map<string, T[]>()
  for (const one of all) groups.set(key(one), [...(groups.get(key(one)) ?? []), one])
  return groups
}

const keyed = (people: readonly Held[]) => by(people, ({ key }) => key)

/** Whether what the target holds of somebody is what the source says, as far as both have it. */
const agree = (source: Held | undefined, held: Held | undefined) =>
  source !== undefined &&
  held !== undefined &&
  Object.entries(source.facts).every(([fact, value]) => {
    const there = held.facts[fact]
    return value === null || there === null || there === undefined || value === there
  })

const took = (call: Call) => call.status >= 200 && call.status < 300

function doubled({ before, after }: Observed): string[] {
  const was = keyed(before)
  return [...keyed(after)].flatMap(([key, people]) => {
    const allowed = Math.max(1, was.get(key)?.length ?? 0)
    return people.length > allowed ? [`${key} is there ${people.length} times`] : []
  })
}

/** The difference between a run's counts, its items and what was chosen. */
function withoutOutcome({ run, items }: Observed, expected: number): string[] {
  const chosen = items.filter(({ selected }) => selected)
  const open = chosen.filter(({ outcome }) => outcome === null)
  const succeeded = chosen.filter(({ outcome }) => outcome === 'succeeded').length
  return [
    ...open.map(({ key }) => `${key} has no outcome`),
    ...(chosen.length === expected ? [] : [`${chosen.length} were chosen of ${expected}`]),
    ...(run.selected_count === chosen.length
      ? []
      : [`the run counts ${run.selected_count} of ${chosen.length} chosen`]),
    ...(run.succeeded_count === succeeded ? [] : [`the run counts ${run.succeeded_count} of ${succeeded} successes`]),
    ...(run.state === 'succeeded' && succeeded < chosen.length ? ['a run with failures says that it succeeded'] : []),
  ]
}

const isUnconfirmed = ({ outcome, reason }: ItemRow) =>
  outcome === 'unconfirmed' || (outcome !== 'succeeded' && UNCONFIRMED.test(reason ?? ''))

function untrue(seen: Observed, allowed: Allowance): string[] {
  const [was, is, source] = [keyed(seen.before), keyed(seen.after), keyed(seen.source)]
  const chosen = seen.items.filter(({ selected }) => selected)
  const one = (item: ItemRow): string[] => {
    const [held] = is.get(item.key) ?? []
    const right = agree(source.get(item.key)?.[0], held)
    const came = held !== undefined && !was.has(item.key)
    if (item.outcome === 'succeeded')
      return right ? [] : [`${item.key} succeeded, but the target holds ${JSON.stringify(held?.facts ?? null)}`]
    if (item.outcome === null || isUnconfirmed(item)) return []
    const reason = item.reason ?? ''
    if (item.class === 'new' && came && !HALF_DONE.test(reason)) return [`${item.key} is there, but: ${reason}`]
    if (item.class === 'changed' && right && !DOUBTFUL_UPDATE.test(reason))
      return [`${item.key} is changed, but: ${reason}`]
    return []
  }
  const failures = chosen.filter(({ outcome }) => outcome !== null && outcome !== 'succeeded')
  const doubtful = failures.filter(isUnconfirmed)
  const told = (items: readonly ItemRow[]) => [...new Set(items.map(({ reason }) => reason))].slice(0, 3).join(' | ')
  return [
    ...chosen.flatMap(one),
    ...(failures.length > allowed.failures
      ? [`${failures.length} did not succeed, ${allowed.failures} are explained: ${told(failures)}`]
      : []),
    ...(doubtful.length > allowed.unconfirmed
      ? [`${doubtful.length} are unconfirmed, ${allowed.unconfirmed} are explained: ${told(doubtful)}`]
      : []),
  ]
}

function needless({ items, calls }: Observed, service: Service, clean: Clean, allowed: Allowance): string[] {
  const creates = calls.flatMap(call => (service.creates(call) ?? []).map(key => ({ key, call })))
  const again = [...by(creates, ({ key }) => key)].flatMap(([key, sent]) => {
    const certain = sent.filter(({ call }) => took(call)).length
    // Each further create needs one before it whose answer was not a success.
    return certain > 1 ? [`${key} was created ${certain} times`] : []
  })
  const chosen = items.filter(({ selected }) => selected)
  const amount = (name: string) => chosen.filter(item => item.class === name).length
  const writes = calls.filter(call => service.creates(call) !== null || service.updates(call)).length
  const reads = calls.filter(({ method }) => method === 'GET').length
  const [mostWrites, mostReads] = [
    amount('new') * clean.writesPerNew + amount('changed') * clean.writesPerChanged + allowed.writes,
    clean.reads + allowed.reads,
  ]
  return [
    ...again,
    ...(writes > mostWrites ? [`${writes} writes, ${mostWrites} are explained`] : []),
    ...(reads > mostReads ? [`${reads} reads, ${mostReads} are explained`] : []),
  ]
}

function unhelpful({ run, items }: Observed): string[] {
  const texts = new Set(
    items.filter(({ outcome }) => outcome !== 'succeeded' && outcome !== null).map(item => item.reason),
  )
  if (run.failure !== null) texts.add(run.failure)
  return [...texts].flatMap(text => {
    if (text === null || !SENTENCE.test(text)) return [`no sentence: ${text}`]
    if (text.includes('予期しないエラー')) return [`no cause: ${text}`]
    return REMEDY.test(text) ? [] : [`no remedy: ${text}`]
  })
}

function told({ logs, secrets, names }: Observed): string[] {
  const at = (text: string) => {
    const line = logs.split('\n').find(each => each.includes(text)) ?? ''
    return line.slice(0, 300)
  }
  return [
    ...secrets.filter(secret => logs.includes(secret)).map(secret => `a secret: ${at(secret)}`),
    ...names.filter(name => logs.includes(name)).map(name => `somebody's: ${at(name)}`),
  ]
}

function mailed({ runs, mails }: Observed, { mailCopies }: Allowance): string[] {
  return runs.flatMap(id => {
    const mine = mails.filter(({ text }) => text.includes(id))
    const different = new Set(mine.map(({ messageId }) => messageId)).size
    if (different !== 1) return [`${different} result mails of run ${id}`]
    return mine.length > mailCopies ? [`the result mail came ${mine.length} times`] : []
  })
}

const ENDED = /^(succeeded|partly_failed|failed|aborted|expired)$/

/** Everything that is wrong with what was seen. `expected`: how many people were to be written. */
export function judge(
  seen: Observed,
  { service, clean, allowed, expected }: { service: Service; clean: Clean; allowed: Allowance; expected: number },
): Violation[] {
  const found = (letter: Letter, all: readonly string[]) => all.map((what): Violation => ({ letter, what }))
  const ended = ENDED.test(seen.run.state)
  return [
    ...found('D', doubled(seen)),
    ...(ended ? found('L', withoutOutcome(seen, expected)) : []),
    ...found('W', untrue(seen, allowed)),
    ...found('X', needless(seen, service, clean, allowed)),
    ...(ended ? [] : found('E', [`the run is still ${seen.run.state}`])),
    ...found('E', seen.ended),
    ...found('M', unhelpful(seen)),
    ...found('S', told(seen)),
    ...(ended ? found('N', mailed(seen, allowed)) : []),
  ]
}
