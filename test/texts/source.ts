import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { projectRoot } from '../../server/platform/root.js'

/**
 * The texts the product can say, read from its own source: whole sentences as they are put together, with `{}` where
 * something is filled in.
 */
export interface Text {
  /** file:line */
  at: string
  /** the property, function or constant that holds it */
  name: string
  /** it is only ever said inside another text */
  part: boolean
  text: string
}

const JAPANESE = /[ぁ-んァ-ヶ一-龠]/
const FILLED = '{}'
/** More ways of saying one sentence than these are no sentence of anybody's. */
const MOST_WAYS = 24

const files = (folder: string, ending: string): string[] =>
  readdirSync(join(projectRoot, folder), { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith(ending))
    .map(file => `${folder}/${file}`)
    .sort()

/** The nearest name around a text: `shown`, `UNREADABLE`, `notes`, … */
function nameOf(node: ts.Node): string {
  for (let up: ts.Node = node; up.parent; up = up.parent) {
    const { parent } = up
    if (ts.isPropertyAssignment(parent) && parent.name !== up) return parent.name.getText()
    if ((ts.isVariableDeclaration(parent) || ts.isFunctionDeclaration(parent)) && parent.name)
      return parent.name.getText()
    if (ts.isMethodDeclaration(parent)) return parent.name.getText()
  }
  return ''
}

/** What the constants and the functions of one expression say, by their name. */
function sayings(source: ts.SourceFile): Map<string, ts.Expression> {
  const found = new Map<string, ts.Expression>()
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer) {
      const { initializer } = node
      if (!ts.isArrowFunction(initializer)) found.set(node.name.text, initializer)
      else if (!ts.isBlock(initializer.body)) found.set(node.name.text, initializer.body)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

function textsOf(file: string): Text[] {
  const source = ts.createSourceFile(file, readFileSync(join(projectRoot, file), 'utf8'), ts.ScriptTarget.Latest, true)
  const named = sayings(source)
  const inside = new Set<ts.Node>()

  /** Every way an expression can read. */
  const ways = (node: ts.Expression, depth = 0): string[] => {
    if (depth > 6) return [FILLED]
    if (ts.isStringLiteralLike(node)) {
      inside.add(node)
      return [node.text]
    }
    if (ts.isParenthesizedExpression(node)) return ways(node.expression, depth)
    if (ts.isConditionalExpression(node)) return [...ways(node.whenTrue, depth), ...ways(node.whenFalse, depth)]
    if (ts.isIdentifier(node)) return spoken(named.get(node.text), depth)
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression))
      return spoken(named.get(node.expression.text), depth)
    if (!ts.isTemplateExpression(node)) return [FILLED]
    inside.add(node)
    let all = [node.head.text]
    for (const { expression, literal } of node.templateSpans) {
      const filled = ways(expression, depth + 1)
      all = all.flatMap(before => filled.map(value => before + value + literal.text)).slice(0, MOST_WAYS)
    }
    return all
  }
  const spoken = (node: ts.Expression | undefined, depth: number): string[] => {
    const all = node ? ways(node, depth + 1) : [FILLED]
    return all.some(text => JAPANESE.test(text)) ? all : [FILLED]
  }

  const found: { node: ts.Node; texts: string[] }[] = []
  const parts = new Set<ts.Node>()
  const visit = (node: ts.Node): void => {
    if (ts.isTemplateExpression(node) || ts.isStringLiteralLike(node)) {
      inside.clear()
      const texts = ways(node).filter(text => JAPANESE.test(text))
      if (texts.length > 0) found.push({ node, texts })
      for (const other of inside) if (other !== node) parts.add(other)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found.flatMap(({ node, texts }) =>
    [...new Set(texts)].map(text => ({
      at: `${file}:${String(source.getLineAndCharacterOfPosition(node.getStart()).line + 1)}`,
      name: nameOf(node),
      part: parts.has(node),
      text,
    })),
  )
}

/** What stands in a view between its tags. */
const viewTexts = (file: string): Text[] =>
  readFileSync(join(projectRoot, file), 'utf8')
    .replace(/<%#[\s\S]*?%>/g, '')
    .replace(/<%=[\s\S]*?%>/g, FILLED)
    .replace(/<%[\s\S]*?%>|<\/?(a|b|span|strong|em)\b[^>]*>/g, '')
    .split(/<[^>]*>/)
    .map(text => text.replace(/\s+/g, ' ').trim())
    .filter(text => JAPANESE.test(text))
    .map(text => ({ at: file, name: '', part: false, text }))

/** Every Japanese text of server/ and views/. */
export const allTexts = (): Text[] => [
  ...files('server', '.ts').flatMap(textsOf),
  ...files('views', '.ejs').flatMap(viewTexts),
]
