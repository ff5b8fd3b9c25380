import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { projectRoot } from '../../server/platform/root.js'

/** The text of every file in a folder, by its path in the project. */
const filesIn = (folder: string, ending: string): readonly (readonly [string, string])[] =>
  readdirSync(join(projectRoot, folder), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name.endsWith(ending))
    .map(entry => join(entry.parentPath, entry.name))
    .map(path => [path.slice(projectRoot.length + 1), readFileSync(path, 'utf8')] as const)

const views = filesIn('views', '.ejs')
const styles = filesIn('public/css', '.css')
const scripts = filesIn('public/js', '.js')

/** Elements that stand within a sentence; every other one begins its line. */
const INLINE = new Set(['a', 'b', 'br', 'del', 'ins', 'span', 'wbr'])
const VOID = new Set(['!doctype', 'br', 'circle', 'input', 'link', 'meta', 'path', 'wbr'])

const EJS = /<%[\s\S]*?%>/g
const blanked = (text: string) => text.replace(/[^\n]/g, ' ')

/** The lines of the views for which a rule says something, named by file and number. */
const linesThat = (complain: (line: string) => boolean): string[] =>
  views.flatMap(([file, text]) =>
    text.split('\n').flatMap((line, index) => (complain(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
  )

/** The code between <% and %> of every view. */
const codeThat = (complain: (code: string) => boolean): string[] =>
  views.flatMap(([file, text]) =>
    [...text.matchAll(/<%[-=_]?([\s\S]*?)[-_]?%>/g)]
      .filter(([tag, code = '']) => !tag.startsWith('<%#') && complain(code))
      .map(([tag]) => `${file}: ${tag}`),
  )

interface Token {
  at: number
  /** how the depth changes before the token's own line is indented, and after it */
  before: number
  after: number
}

/** What opens and closes in a view: blocks of code, elements, and tags that go over several lines. */
function tokensOf(text: string): Token[] {
  const code = [...text.matchAll(/<%(?![#=-])([\s\S]*?)[-_]?%>/g)].map(({ index, 1: inside = '' }) => ({
    at: index,
    before: /^\s*\}/.test(inside) ? -1 : 0,
    after: /\{\s*$/.test(inside) ? 1 : 0,
  }))
  const tags = [...text.replace(EJS, blanked).matchAll(/<(\/?)([!a-z][a-z0-9]*)([^>]*)>/g)].flatMap(
    ({ index, 0: tag, 1: closes, 2: name = '' }) => {
      const end = index + tag.length - 1
      const opens = closes || VOID.has(name) || tag.endsWith('/>') ? 0 : 1
      // A tag over several lines: its attributes stand one step further in, its > does not.
      const folded = tag.includes('\n')
        ? [
            { at: index, before: 0, after: 1 },
            { at: end, before: -1, after: 0 },
          ]
        : []
      return [...folded, { at: folded.length > 0 ? end : index, before: closes ? -1 : 0, after: opens }]
    },
  )
  return [...code, ...tags].sort((one, other) => one.at - other.at)
}

/** Lines that do not stand as far in as what is open around them. */
function misplaced([file, text]: readonly [string, string]): string[] {
  const tokens = tokensOf(text)
  let depth = 0
  let start = 0
  return text.split('\n').flatMap((line, number) => {
    const end = start + line.length
    const here = tokens.filter(({ at }) => at >= start && at <= end)
    const first = start + line.search(/\S/)
    // What closes at the very beginning of a line belongs to the step before.
    let lead = 0
    for (const { at, before, after } of here) {
      if (at > first && line.slice(first - start, at - start).replace(/<\/[a-z0-9]+>|<%[-_]? *\}.*?%>/g, '') !== '')
        break
      lead += before
      if (after > 0) break
    }
    const wanted = 2 * (depth + lead)
    for (const { before, after } of here) depth += before + after
    const indent = line.search(/\S/)
    start = end + 1
    return indent === -1 || indent === wanted ? [] : [`${file}:${number + 1}: ${indent}, not ${wanted}: ${line.trim()}`]
  })
}

describe('the views', () => {
  it('have lines of at most 120 characters', () => {
    expect(linesThat(line => line.length > 120)).to.deep.equal([])
  })

  it('begin every element that is no part of a sentence on a line of its own', () => {
    const crowded = linesThat(line => {
      const tags = [...line.replace(EJS, code => 'x'.repeat(code.length)).matchAll(/<([!a-z][a-z0-9]*)/g)]
      return tags.some(({ 1: name = '', index }) => !INLINE.has(name) && line.slice(0, index).trim() !== '')
    })
    expect(crowded).to.deep.equal([])
  })

  it('are indented by what is open', () => {
    expect(views.flatMap(misplaced)).to.deep.equal([])
  })

  it('print nothing unescaped but other views', () => {
    const printed = views.flatMap(([, text]) => [...text.matchAll(/<%-([\s\S]*?)-?%>/g)].map(([, code = '']) => code))
    expect(printed.length).to.be.greaterThan(100)
    expect(printed.filter(code => !/^ include\(/.test(code))).to.deep.equal([])
  })

  it('calculate, count and format nothing: page objects do', () => {
    const rules = /[\w)\]] [-+*/%<>]=? \S|\.(?:some|every|reduce|find|sort|toLocaleString|toFixed)\(|\bMath\.|\bnew /
    const nothing = /\.length (?:> 0|=== 0)|index > 0/g
    expect(codeThat(code => rules.test(code.replace(nothing, '')))).to.deep.equal([])
  })

  it('are all drawn by somebody', () => {
    const named = (file: string) => file.replace(/^views\//, '').replace(/\.ejs$/, '')
    const users = [...views, ...filesIn('server', '.ts')].map(([, text]) => text).join('\n')
    const unused = views.map(([file]) => named(file)).filter(name => !users.includes(`${name}'`))
    expect(unused).to.deep.equal([])
  })
})

describe('the styles and scripts', () => {
  const layout = readFileSync(join(projectRoot, 'server', 'web', 'layout.ts'), 'utf8')
  const stem = (file: string) => /([\w-]+)\.\w+$/.exec(file)?.[1] ?? ''

  it('are all loaded', () => {
    expect(styles.length).to.be.greaterThan(5)
    expect(scripts.length).to.be.greaterThan(5)
    for (const [file] of [...styles, ...scripts]) expect(layout, file).to.include(`'${stem(file)}'`)
  })

  it('have no class and no name of a value that nothing uses', () => {
    const sources = [...views, ...scripts, ...filesIn('server', '.ts')].map(([, text]) => text).join('\n')
    const all = styles.map(([, text]) => text.replace(/\/\*[\s\S]*?\*\//g, '')).join('\n')
    const selectors = all.replace(/\{[^{}]*\}/g, ' ')
    const classes = new Set([...selectors.matchAll(/\.([a-z][\w-]*)/g)].map(([, name = '']) => name))
    // Kinds of bars and icons are put together where they are drawn.
    const drawn = (name: string) => sources.match(new RegExp(`(?<![\\w-])${name}(?![\\w-])`)) !== null
    const unused = [...classes].filter(name => !drawn(name) && !drawn(name.replace(/^(bar|icon)-/, '')))
    const values = [...all.matchAll(/(--[\w-]+):/g)].map(([, name = '']) => name)
    expect(classes.size).to.be.greaterThan(50)
    expect(unused).to.deep.equal([])
    expect(values.filter(name => !all.includes(`var(${name})`))).to.deep.equal([])
  })
})
