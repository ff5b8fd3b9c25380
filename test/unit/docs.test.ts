import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { projectRoot } from '../../server/platform/root.js'

const readmes = (folder: string): string[] =>
  readdirSync(join(projectRoot, folder), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name.endsWith('.md'))
    .map(entry => join(entry.parentPath, entry.name).slice(projectRoot.length + 1))

const documents = ['README.md', ...readmes('docs'), ...readmes('server')]

/** A newcomer's own connector, and the folder for screenshots: they are made by following the text. */
const MADE_BY_READERS = ['server/connectors/acme', 'test/screenshots/']

/** Paths from the project's folder, and short ones of source files in backticks (`contract/paging.ts`). */
const pathsNamed = (text: string): string[] => [
  ...(text.match(/(?<![\w./-])(?:server|test|docs|sandbox|views|public)\/[\w./-]*[\w/]/g) ?? []),
  ...[...text.matchAll(/`((?:[\w.-]+\/)+[\w.-]+\.(?:ts|md|ejs))`/g)].map(([, path = '']) => path),
]

const linksIn = (text: string): string[] =>
  [...text.matchAll(/\]\((?!\w+:|#)([^)#]+)/g)].map(([, target = '']) => target)

/** A path is read from the project's folder; a short one from server/, its connectors or the document's folder. */
const isThere = (document: string, path: string): boolean =>
  ['', 'server', 'server/connectors', 'docs', dirname(document)].some(from => existsSync(join(projectRoot, from, path)))

describe('the documents', () => {
  it('name no file or folder that does not exist', () => {
    const missing = documents.flatMap(document =>
      pathsNamed(readFileSync(join(projectRoot, document), 'utf8'))
        .filter(path => !MADE_BY_READERS.some(made => path.startsWith(made)) && !isThere(document, path))
        .map(path => `${document}: ${path}`),
    )

    expect(documents.length).to.be.greaterThan(8)
    expect(missing).to.deep.equal([])
  })

  it('link to nothing that does not exist', () => {
    const dead = documents.flatMap(document =>
      linksIn(readFileSync(join(projectRoot, document), 'utf8'))
        .filter(target => !existsSync(join(projectRoot, dirname(document), target)))
        .map(target => `${document}: ${target}`),
    )

    expect(dead).to.deep.equal([])
  })
})
