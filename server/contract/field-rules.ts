/** 項目の設定: which fields of a mapping go which way, what a blank does, and which are for new people alone. Pure. */
import type { Connector, Converted, ConvertContext, Direction, FieldPair, Flow, Scalar, SyncFlow } from './contract.js'
import { neededByNew } from './needed.js'
import { readsFile } from './steps.js'
import { isBlank } from './unsent.js'

export const FIELD_RULES = '項目の設定'

/** 同期する向き */
export const ways = ['both', 'to-service', 'to-smarthr', 'none'] as const
export type Way = (typeof ways)[number]

/** What a company has chosen for a field. */
export interface FieldRule {
  way: Way
  /** what a blank of the source does to the target */
  blanks: 'keep' | 'erase'
  /** written when somebody is registered, and never after */
  newOnly: boolean
}

/** … for every field it has seen, by the field's id. */
export type FieldRules = Readonly<Record<string, FieldRule>>

/** What of it holds for one run, where it differs from what holds without rules: ids of the flow's fields. */
export interface RunRules {
  /** neither read, compared nor written */
  off: readonly string[]
  /** … because nobody has seen them yet: part of `off` */
  unseen: readonly string[]
  /** a blank of the source changes nothing */
  keep: readonly string[]
  newOnly: readonly string[]
}

export const NO_RULES: RunRules = { off: [], unseen: [], keep: [], newOnly: [] }

/** A field as its rule is chosen. */
export interface RuledField {
  id: string
  label: string
  /** what can be chosen for it; the first is preset */
  ways: readonly Way[]
  /** the directions in which a blank erases, so that it can be told not to */
  erasing: readonly Direction[]
  /** it tells who is who, and no rule can be chosen; or nobody is registered without it, and it is never off */
  locked: 'key' | 'needed' | null
  /** the field by whose rule it goes: its own, or another's */
  lead: string
}

/** SmartHR's path of the key, where a flow does not say another one. */
const KEY = 'emp_code'

/** Why a field has to go along in any case; null: it has not. */
export function lockOf(flow: SyncFlow, pair: FieldPair): 'key' | 'needed' | null {
  if (pair.smarthr.includes(flow.key?.path ?? KEY)) return 'key'
  // By another key, too, a record that was registered is looked for by its number.
  if (flow.otherKeys && pair.smarthr.includes(KEY)) return 'needed'
  return neededByNew(pair, flow.direction) ? 'needed' : null
}

/**
 * Where an examiner decides who can be written, the mapping does not say what that takes. What goes by one click is
 * looked at by nobody before it is written. Of a file the company says by its columns what is read.
 */
const isRuled = (flow: Flow): flow is SyncFlow =>
  flow.kind === 'sync' && !flow.examiner && !flow.atOnce && !readsFile(flow)

const ruledFlows = ({ flows }: Pick<Connector, 'flows'>): SyncFlow[] => flows.filter(isRuled)

/** Whether there is anything to be chosen for a service. */
export const hasFieldRules = (connector: Pick<Connector, 'flows'>): boolean => ruledFlows(connector).length > 0

/** The fields of all flows in one order: what only a later flow has stands where that flow has it. */
function allPairs(flows: readonly SyncFlow[]): FieldPair[] {
  const all: FieldPair[] = []
  for (const { mapping } of flows) {
    let place = 0
    for (const pair of mapping) {
      const found = all.findIndex(({ id }) => id === pair.id)
      if (found === -1) all.splice(place, 0, pair)
      place = (found === -1 ? place : found) + 1
    }
  }
  return all
}

/** The fields of a service, each with what can be chosen for it. */
export function ruledFields(connector: Pick<Connector, 'flows'>): RuledField[] {
  const flows = ruledFlows(connector)
  return allPairs(flows).map(({ id, label, follows }) => {
    const having = flows.flatMap(flow => flow.mapping.filter(pair => pair.id === id).map(pair => ({ flow, pair })))
    const directions = [...new Set(having.map(({ flow }) => flow.direction))]
    const locks = having.flatMap(({ flow, pair }) => lockOf(flow, pair) ?? [])
    const locked = locks.find(lock => lock === 'key') ?? locks[0] ?? null
    return {
      id,
      label,
      ways: (directions.length === 2 ? ways : [...directions, 'none' as const]).filter(
        way => way !== 'none' || locked === null,
      ),
      erasing: directions.filter(way => having.some(({ flow, pair }) => flow.direction === way && erases(pair, way))),
      locked,
      lead: follows ?? id,
    }
  })
}

/** What holds while nothing is saved: all goes both ways, and a blank erases where the mapping says so. */
export const presetRule = ({ ways: [way = 'none'], erasing }: Pick<RuledField, 'ways' | 'erasing'>): FieldRule => ({
  way,
  blanks: erasing.length > 0 ? 'erase' : 'keep',
  newOnly: false,
})

/** The presets of the page: every field goes one way, or as without rules. */
export function presetRules(fields: readonly RuledField[], side: 'smarthr' | 'service' | 'initial'): FieldRules {
  const from: Way = side === 'smarthr' ? 'to-service' : 'to-smarthr'
  return Object.fromEntries(
    fields.map(field => {
      const rule = presetRule(field)
      const other = field.locked ? rule.way : 'none'
      const way = side === 'initial' || field.locked === 'key' ? rule.way : field.ways.includes(from) ? from : other
      return [field.id, { ...rule, way }]
    }),
  )
}

/** Fields that came with a later release than the rules were saved under. */
export const unseenFields = (connector: Pick<Connector, 'flows'>, saved: FieldRules | null): RuledField[] =>
  saved === null ? [] : ruledFields(connector).filter(({ id }) => !Object.hasOwn(saved, id))

const erases = ({ blankable }: Pick<FieldPair, 'blankable'>, direction: Direction) =>
  blankable === 'both' || blankable === (direction === 'to-service' ? 'service' : 'smarthr')

/** What a company's rules come to for a run of the flow; null: what holds without any. */
export function rulesFor(connector: Pick<Connector, 'flows'>, flow: Flow, saved: FieldRules | null): RunRules | null {
  if (saved === null || !isRuled(flow)) return null
  const fields = new Map(ruledFields(connector).map(field => [field.id, field]))
  const [off, unseen, keep, newOnly]: string[][] = [[], [], [], []]
  for (const pair of flow.mapping) {
    const field = fields.get(pair.id)
    if (!field || field.locked === 'key') continue
    const rule = Object.hasOwn(saved, pair.id) ? saved[field.lead] : undefined
    if (field.locked) {
      // Against its way it goes to new people alone: nobody is registered without it.
      const goes = !rule || rule.way === 'both' || rule.way === flow.direction
      if (!goes || rule?.newOnly) newOnly?.push(pair.id)
      continue
    }
    if (!rule) unseen?.push(pair.id)
    if (!rule || (rule.way !== 'both' && rule.way !== flow.direction)) off?.push(pair.id)
    else {
      const lead = flow.mapping.find(({ id }) => id === field.lead) ?? pair
      if (rule.blanks === 'keep' && erases(lead, flow.direction)) keep?.push(pair.id)
      if (rule.newOnly) newOnly?.push(pair.id)
    }
  }
  const rules = { off: off ?? [], unseen: unseen ?? [], keep: keep ?? [], newOnly: newOnly ?? [] }
  return Object.values(rules).every(ids => ids.length === 0) ? null : rules
}

/** The field with blanks that change nothing in a record that is there. */
function keepingBlanks({ blankable, ...pair }: FieldPair, direction: Direction): FieldPair {
  const source = direction === 'to-service' ? 'smarthr' : 'service'
  const isOwn = pair[source].map(path => !pair.reads?.includes(path))
  const keeping =
    (convert: (values: readonly Scalar[], context: ConvertContext) => Converted) =>
    (values: readonly Scalar[], context: ConvertContext): Converted =>
      context.present.length > 0 && values.every((value, index) => !isOwn[index] || isBlank(value))
        ? 'keep'
        : convert(values, context)
  return {
    ...pair,
    ...(blankable === 'both' && { blankable: source }),
    ...(direction === 'to-service'
      ? { toService: keeping((values, context) => pair.toService(values, context)) }
      : { toSmarthr: keeping((values, context) => pair.toSmarthr(values, context)) }),
  }
}

/** A flow's fields as the rules of a run leave them: those of a new record, and those of one that is there. */
export interface RuledMapping {
  ofNew: readonly FieldPair[]
  ofKnown: readonly FieldPair[]
}

export function ruledMapping(
  { mapping, direction }: Pick<SyncFlow, 'mapping' | 'direction'>,
  rules: RunRules | null,
): RuledMapping {
  if (rules === null) return { ofNew: mapping, ofKnown: mapping }
  const ofNew = mapping
    .filter(({ id }) => !rules.off.includes(id))
    .map(pair => (rules.keep.includes(pair.id) ? keepingBlanks(pair, direction) : pair))
  return { ofNew, ofKnown: ofNew.filter(({ id }) => !rules.newOnly.includes(id)) }
}

const ownOf = ({ smarthr, reads = [] }: FieldPair) => smarthr.filter(path => !reads.includes(path))

/** SmartHR's paths that a run reads for its fields. What a field that is off has for its own is read for none. */
export function askedOfSmarthr({ mapping }: Pick<SyncFlow, 'mapping'>, rules: RunRules | null): readonly string[] {
  const off = new Set(rules?.off)
  const on = mapping.filter(({ id }) => !off.has(id))
  const needed = new Set(on.flatMap(ownOf))
  const dropped = new Set(mapping.filter(({ id }) => off.has(id)).flatMap(ownOf))
  return [...new Set(on.flatMap(({ smarthr }) => smarthr))].filter(path => needed.has(path) || !dropped.has(path))
}

/** What a service is connected for, flow by flow: the fields that are read on one side and written on the other. */
export const exchangedFields = (
  connector: Pick<Connector, 'flows'>,
  saved: FieldRules | null,
): { from: string; to: string; labels: string[] }[] =>
  connector.flows.flatMap(flow => {
    if (flow.kind !== 'sync') return []
    const rules = rulesFor(connector, flow, saved)
    const labels = ruledMapping(flow, rules).ofNew.map(({ id, label }) =>
      rules?.newOnly.includes(id) ? `${label}（${flow.words.new}のときだけ）` : label,
    )
    return [{ from: flow.from, to: flow.to, labels }]
  })
