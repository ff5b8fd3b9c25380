import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import ts from 'typescript'
import { phoneOf, splitCity } from '../../server/contract/conversions.js'
import { likenessOf, lookAlikeOf } from '../../server/contract/keys.js'
import { safeReturnTo } from '../../server/install/return-to.js'
import { subdomainOf } from '../../server/install/smarthr-account.js'
import { redact } from '../../server/platform/logger.js'
import { mailbox } from '../../server/platform/mailbox.js'
import { projectRoot } from '../../server/platform/root.js'
import { folded, searchable } from '../../server/runs/folding.js'
import { textField } from '../../server/web/form.js'

/** As long as a form may be, and more than any header or path. */
const LENGTH = 100_000
/** The shorter ones come first: what grows with the square is noticed before it takes minutes. */
const LENGTHS = [5_000, LENGTH]
/** Of the processor's time: what other processes of the machine do, does not count. */
const TOO_LONG_MS = 50

/** Expressions that are put together while the app runs; each is tried below by the function that uses it. */
const MADE: Readonly<Record<string, number>> = {
  // the address pattern: splitCity
  'server/contract/conversions.ts': 1,
  // letters of other scripts: lookAlikeOf
  'server/contract/keys.ts': 1,
  // `^\d{1,n}$`
  'server/connectors/pca/employees.mapping.ts': 1,
}

const files = readdirSync(join(projectRoot, 'server'), { recursive: true, encoding: 'utf8' })
  .filter(file => file.endsWith('.ts'))
  .map(file => `server/${file}`)

/** Every regular expression that stands in server/, and how many are made by `new RegExp`. */
function expressions(): { literals: Map<string, RegExp>; made: Record<string, number> } {
  const literals = new Map<string, RegExp>()
  const made: Record<string, number> = {}
  for (const file of files) {
    const visit = (node: ts.Node): void => {
      if (ts.isRegularExpressionLiteral(node)) {
        const [, source = '', flags = ''] = /^\/(.*)\/(\w*)$/s.exec(node.text) ?? []
        literals.set(`${file}: ${node.text}`, new RegExp(source, flags))
      }
      if ((ts.isNewExpression(node) || ts.isCallExpression(node)) && node.expression.getText() === 'RegExp')
        made[file] = (made[file] ?? 0) + 1
      ts.forEachChild(node, visit)
    }
    visit(ts.createSourceFile(file, readFileSync(join(projectRoot, file), 'utf8'), ts.ScriptTarget.Latest, true))
  }
  return { literals, made }
}

const ALWAYS = [' ', 'a', '0', 'あ', '\n']

/** Texts that make an expression try again from every place: of its own signs and words, alone and in turn. */
function* nasty(source: string, length: number): Generator<string> {
  const signs = [...new Set([...ALWAYS, ...source.replace(/\\[a-z]|[\^$()[\]{}|*+?\\]/g, '')])].slice(0, 14)
  const words = [...new Set(source.match(/[A-Za-z_]{3,}|[ぁ-ヿ一-龠]{2,}/g) ?? [])].slice(0, 4)
  const fill = (text: string) => text.repeat(Math.ceil(length / text.length)).slice(0, length)
  for (const sign of signs) {
    yield fill(sign)
    yield `${fill(sign)}\n`
    for (const word of words) {
      yield word + fill(sign)
      yield fill(word + sign)
    }
  }
  for (const [index, one] of signs.entries())
    for (const other of signs.slice(0, index)) yield `${fill(one + other)}\u0001`
}

/** The longest of all texts, at its best of three where the first was slow; stops at the first that is too slow. */
function slowest(source: string, work: (text: string) => unknown): { ms: number; text: string } {
  let worst = { ms: 0, text: '' }
  for (const length of LENGTHS)
    for (const text of nasty(source, length)) {
      const once = () => {
        const began = process.cpuUsage()
        work(text)
        const { user, system } = process.cpuUsage(began)
        return (user + system) / 1000
      }
      let ms = once()
      if (ms > TOO_LONG_MS) ms = Math.min(once(), once())
      if (ms > worst.ms) worst = { ms, text: `${JSON.stringify(text.slice(0, 20))}… of ${length}` }
      if (worst.ms > TOO_LONG_MS) return worst
    }
  return worst
}

describe('Text from outside', () => {
  const { literals, made } = expressions()

  it('is read by expressions that stand in this test', () => {
    expect(literals.size).to.be.greaterThan(60)
    expect(made).to.deep.equal(MADE)
  })

  it('blocks the process in no regular expression of the app, however long and odd it is', function () {
    this.timeout(240_000)
    const slow = [...literals].flatMap(([name, expression]) => {
      const work = (text: string) => (expression.global ? text.replace(expression, '') : expression.test(text))
      const { ms, text } = slowest(expression.source, work)
      return ms > TOO_LONG_MS ? [`${name}: ${Math.round(ms)} ms for ${text}`] : []
    })

    expect(slow).to.deep.equal([])
  })

  const readers: Readonly<Record<string, (text: string) => unknown>> = {
    'the log': text => redact({ path: text, err: new Error(text) }),
    'a mail address': mailbox,
    'the page to go back to': text => safeReturnTo(`/${text}`),
    'a subdomain': subdomainOf,
    'a form’s field': text => textField({ name: text }, 'name'),
    'an address': text => splitCity(text),
    'a phone number': text => phoneOf(text),
    'a key': lookAlikeOf,
    'two keys': text => likenessOf(text, `${text}x`),
    'a name': text => folded(text) + searchable([text]),
  }
  for (const [what, read] of Object.entries(readers))
    it(`blocks the process nowhere when it is taken for ${what}`, function () {
      this.timeout(120_000)
      const { ms, text } = slowest('郡市:/@#(,?=Bearer内線smarthr.jp', read)

      expect(ms, text).to.be.lessThan(TOO_LONG_MS)
    })
})
