import { at, beginOf, endOf, isBlank, monthName, monthsOf, type Flat, type Held } from './held.js'
import type { Change, Seen, Walk } from './shown.js'

/** What one side keeps of a field: its paths there, and what a person reads for their values. */
export interface Side {
  paths: readonly string[]
  /** default: the values as they are, one after the other */
  text?(values: readonly unknown[]): string
}

/** One line of a mapping as the references have it: what it may be called on a page, and where it is kept. */
export interface Row {
  labels: readonly string[]
  smarthr: Side
  /** what SmartHR sends of it, where that is not what it takes */
  smarthrSends?: Side
  service: Side
  /** both sides can be told to differ only after a conversion; nothing missed is not looked for */
  loose?: true
  /** what of a text tells two of them apart, where the sides write it differently */
  plain?(text: string): string
}

/** One value that reached the target. */
export interface Sent {
  path: string
  value: unknown
}

export interface Write {
  /** the target's id of whoever it is about */
  id: string
  values: readonly Sent[]
  /** the month named in it, where the target keeps months */
  month: number | null
}

export interface Violation {
  law: 'shown = sent' | 'sent = held' | 'same again' | 'notes' | 'nothing missed' | 'one picture'
  key: string
  what: string
}

const plainText = (value: unknown): string => (isBlank(value) ? '' : String(value as string | number | boolean))

export const textOf = ({ paths, text }: Side, values: Flat): string => {
  const read = paths.map(path => values[path])
  return text ? text(read) : read.map(plainText).join('')
}

/** As a person compares two texts: the pages show names composed and in one width. */
const alike = (text: string) => {
  const plain = text.normalize('NFKC').replace(/\s+/g, '')
  // An amount that was never entered.
  return plain === '0円' ? '' : plain
}

const same = (a: unknown, b: unknown) => a === b || (isBlank(a) && isBlank(b))
const show = (value: unknown) => JSON.stringify(value ?? null)

export interface Person {
  key: string
  /** null: not there */
  before: Held | null
  after: Held | null
  writes: readonly Write[]
  /** the month whose version is to be written; 0 where there are no months */
  month: number
  /** the source's values in the version that is read */
  source: Flat | null
}

export interface Rules {
  rows: readonly Row[]
  target: 'smarthr' | 'service'
  /** values that a page shows elsewhere for everybody new, or that the service gives of its own accord */
  ofEverybodyNew(path: string): boolean
  /** what a service fills in by itself when something else changes */
  followsBySelf(path: string, was: unknown): boolean
  /** the values somebody new begins with, where they are no blank */
  beginsWith: Flat
}

const sourceOf = ({ target }: Rules, row: Row): Side =>
  target === 'smarthr' ? row.service : (row.smarthrSends ?? row.smarthr)

const rowsOf = ({ rows }: Rules, label: string) => rows.filter(row => row.labels.includes(label))

/** The two pages before 同期 and the two after it must tell the same; the first may cut a long list short. */
export function onePicture(key: string, { selection, dialog, report, file }: Walk): Violation[] {
  const asText = (changes: readonly Change[]) =>
    changes.map(({ label, before, after }) => `${label}: ${before} → ${after}`)
  const [chosen, asked, told, written] = [selection, dialog, report, file].map(page => page.get(key))
  const found: Violation[] = []
  const say = (what: string) => found.push({ law: 'one picture', key, what })
  if (!chosen || !asked || !told || !written) {
    const missing = Object.entries({ selection: chosen, dialog: asked, report: told, CSV: written }).flatMap(
      ([page, seen]) => (seen ? [] : [page]),
    )
    say(`not on: ${missing.join(', ')}`)
    return found
  }
  const [first, second, third, fourth] = [chosen, asked, told, written].map(seen => asText(seen.changes))
  if (JSON.stringify(first) !== JSON.stringify(second?.slice(0, first?.length)))
    say(`selection ${show(first)}, dialog ${show(second)}`)
  if (JSON.stringify(second) !== JSON.stringify(third)) say(`dialog ${show(second)}, report ${show(third)}`)
  if (JSON.stringify(second) !== JSON.stringify(fourth)) say(`dialog ${show(second)}, CSV ${show(fourth)}`)
  return found
}

/** Laws 1 and 2 for one person. `seen` null: nobody was shown, so nothing may have happened. */
export function judge(person: Person, seen: Seen | null, rules: Rules): Violation[] {
  const { key, before, after, writes, month } = person
  const found: Violation[] = []
  const say = (law: Violation['law'], what: string) => found.push({ law, key, what })
  const changes = seen?.changes ?? []
  const side = (row: Row) => row[rules.target]
  const covering = (path: string) =>
    changes.filter(({ label }) => rowsOf(rules, label).some(row => side(row).paths.includes(path)))
  const covered = new Set(changes.flatMap(({ label }) => rowsOf(rules, label).flatMap(row => side(row).paths)))
  const held = before ? at(before, month) : {}

  // shown = sent, from what was sent
  const now: Record<string, unknown> = { ...rules.beginsWith, ...held }
  const really = new Set<string>()
  for (const write of writes) {
    if (write.month !== null && write.month !== month - (after?.shift ?? 0))
      say('shown = sent', `written to ${monthName(write.month)} instead of ${monthName(month - (after?.shift ?? 0))}`)
    for (const { path, value } of write.values) {
      if (value === '[masked]') {
        really.add(path)
        continue
      }
      if (!same(value, now[path]) && !(before === null && rules.ofEverybodyNew(path)) && covering(path).length === 0)
        say('shown = sent', `${path}: ${show(value)} was sent, ${show(now[path])} was there, and no page says so`)
      if (!same(value, now[path]) || before === null) really.add(path)
      now[path] = value
    }
  }
  // … and from what was shown
  for (const { label, before: was, after: is } of changes) {
    const known = rowsOf(rules, label)
    if (known.length === 0) {
      say('shown = sent', `「${label}」 is on the pages and no path is known for it`)
      continue
    }
    const change = `「${label}」 ${was} → ${is}`
    if (seen?.outcome !== '成功') continue
    const byItself = (row: Row) => before === null && side(row).paths.every(path => path in rules.beginsWith)
    if (!known.some(row => side(row).paths.some(path => really.has(path)) || byItself(row)))
      say('shown = sent', `${change} is shown and was not sent`)
    const texts = (values: Flat) => known.map(row => textOf(side(row), values))
    if (!texts(held).some(text => alike(text) === alike(was)))
      say('shown = sent', `${change}: the version that is written held ${show(texts(held))}`)
    const then = after ? at(after, month) : {}
    if (!texts(then).some(text => alike(text) === alike(is)))
      say('sent = held', `${change}: the target holds ${show(texts(then))}`)
  }
  // everything else is what it was
  if (before && !after) say('sent = held', 'is gone')
  if (before && after) {
    for (const each of monthsOf(before, after)) {
      const [was, is] = [at(before, each), at(after, each)]
      for (const path of new Set([...Object.keys(was), ...Object.keys(is)])) {
        if (same(was[path], is[path]) || rules.followsBySelf(path, was[path])) continue
        const inParts = !(path in before.own) && before.parts.some(({ name }) => path.startsWith(`${name}.`))
        // Before the first version that one is shown, so that a write into it shows there, too.
        const begun = each >= month || month === beginOf(before, path)
        const mine = covered.has(path) && (!inParts || (begun && each < endOf(before, path, month)))
        if (!mine)
          say(
            'sent = held',
            `${path}${inParts ? ` in ${monthName(each)}` : ''}: was ${show(was[path])}, is ${show(is[path])}`,
          )
      }
    }
  }
  if (!before && after && !seen) say('sent = held', 'is there although nobody was shown')
  return found
}

/** A difference that a person would see and that the plan says nothing of. */
export function missed(person: Person, seen: Seen, rules: Rules): Violation[] {
  const { key, before, month, source } = person
  if (!before || !source || (seen.words.trim() !== '' && seen.class === '対象外')) return []
  const shown = new Set(seen.changes.map(({ label }) => label))
  const target = at(before, month)
  return rules.rows.flatMap(row => {
    if (row.loose || row.labels.some(label => shown.has(label))) return []
    const from = sourceOf(rules, row)
    const to = rules.target === 'smarthr' ? row.smarthr : row.service
    const [wanted, there] = [textOf(from, source), textOf(to, target)]
    const plain = (text: string) => alike(row.plain?.(text) ?? text)
    if (wanted === '' || plain(wanted) === plain(there)) return []
    if (row.labels.some(label => seen.words.includes(label))) return []
    return [
      {
        law: 'nothing missed' as const,
        key,
        what: `${row.labels[0]}: the source says ${show(wanted)}, the target ${show(there)}, and no page says anything`,
      },
    ]
  })
}

const KEEPS = /空白の項目は、(?:.*?)の値を消しません(?:（(.+?)を除く）)?。/
const ERASES = /空白の項目は、.*でも空白になります。/

/** What the page says that a blank erases; null when it says nothing about blanks. */
function erasedByNote(notes: readonly string[]): readonly string[] | 'whatever is blank' | null {
  for (const note of notes) {
    const match = KEEPS.exec(note)
    if (match) return match[1]?.split('、') ?? []
    if (ERASES.test(note)) return 'whatever is blank'
  }
  return null
}

/** Law 4, by people whose every optional field is blank in the source and filled in the target. */
export function notesAgree(
  notes: readonly string[],
  people: readonly { person: Person; seen: Seen }[],
  rules: Rules,
): Violation[] {
  if (people.length === 0) return []
  const erased = new Set<string>()
  const blank = new Set<string>()
  for (const { person, seen } of people) {
    const isBlankThere = (row: Row) => textOf(sourceOf(rules, row), person.source ?? {}) === ''
    for (const { label } of seen.changes) if (rowsOf(rules, label).every(isBlankThere)) erased.add(label)
    const held = person.before ? at(person.before, person.month) : {}
    for (const row of rules.rows)
      if (!row.loose && isBlankThere(row) && textOf(row[rules.target], held) !== '') blank.add(row.labels[0] ?? '')
  }
  const named = erasedByNote(notes)
  const expected = named === 'whatever is blank' ? [...blank] : (named ?? [])
  const [said, done] = [[...expected].sort(), [...erased].sort()]
  if (named !== null && JSON.stringify(said) === JSON.stringify(done)) return []
  return [
    {
      law: 'notes',
      key: '-',
      what: `the page says that blanks change ${named === null ? 'nothing about it' : show(said)}, and ${show(done)} changed`,
    },
  ]
}
