import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect } from 'chai'
import { connectors } from '../../server/connectors/registry.js'
import { projectRoot } from '../../server/platform/root.js'

/** Where services are named: their own folders, the list of them, and the addresses of the sandbox's stand-ins. */
const MAY_NAME = [/^server\/connectors\//, /^server\/local\/sandbox-env\.ts$/]

/**
 * server/ from bottom to top: each folder, or file of the top level, and what of those above its line in this table it
 * imports, types included.
 */
const LAYERS: Readonly<Record<string, string>> = {
  errors: '',
  paths: '',
  platform: '',
  audit: '',
  calls: 'errors platform',
  contract: 'errors platform calls',
  connectors: 'errors platform calls contract',
  smarthr: 'errors platform calls contract',
  production: '',
  config: 'platform contract connectors production',
  jobs: 'platform',
  web: 'errors paths platform audit contract config',
  install: 'errors paths platform audit calls contract smarthr config web',
  connections: 'errors paths platform audit calls contract connectors smarthr config web install',
  runs: 'errors paths platform calls contract connectors smarthr jobs web install connections',
  payslips: 'errors paths platform audit contract web install connections runs',
  plan: 'errors platform audit contract jobs connections runs payslips',
  apply: 'errors platform contract runs payslips plan',
  feed: 'errors paths platform audit contract web install connections runs',
  mail: 'paths platform contract jobs install connections runs',
  wizard: 'errors paths platform audit calls contract smarthr jobs web connections runs payslips plan',
  help: 'errors paths calls contract smarthr web connections runs payslips plan apply wizard',
  reports: 'errors paths platform audit contract web install runs payslips wizard',
  schedule: 'errors paths platform audit calls contract jobs web install connections runs plan mail wizard',
  housekeeping: 'platform audit calls contract smarthr jobs install connections runs plan mail schedule',
  dashboard: 'errors paths platform audit schedule housekeeping contract jobs web install connections runs wizard',
  local: 'platform production config',
  stores: 'platform audit smarthr jobs install connections runs payslips plan wizard schedule housekeeping',
  container:
    'platform calls contract connectors smarthr config jobs install connections runs plan apply feed mail wizard reports schedule housekeeping stores',
  app: 'paths platform web install connections payslips feed help wizard reports schedule dashboard container',
  index: 'platform config container app',
  'run-worker': 'platform config jobs container',
  worker: 'config container run-worker',
  'delete-company': 'audit config container housekeeping',
  keys: 'config container',
  release: 'platform config',
}

const files = ['server', 'views', 'public'].flatMap(folder =>
  readdirSync(join(projectRoot, folder), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name).slice(projectRoot.length + 1)),
)

/** Every import inside server/, as a pair of files. */
const imports = (): [from: string, to: string][] =>
  files
    .filter(file => /^server\/.*\.ts$/.test(file))
    .flatMap(file =>
      [...readFileSync(join(projectRoot, file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)\.js'/g)].map(
        ([, path = '']): [string, string] => [file, `${normalize(join(dirname(file), path))}.ts`],
      ),
    )

const room = (file: string): string => file.replace(/^server\//, '').replace(/(\/.*|\.ts)$/, '')

describe('the source tree', () => {
  it('names no service outside its connector: the engine, routes and views know none', () => {
    const names = connectors.flatMap(({ id, labels, addresses }) =>
      // A file is no service: what it is called is everybody's word.
      addresses ? [id, labels.product, labels.app, addresses.prefix] : [],
    )
    const said = files
      .filter(file => !MAY_NAME.some(allowed => allowed.test(file)))
      .flatMap(file => {
        const text = readFileSync(join(projectRoot, file), 'utf8').toLowerCase()
        return names.filter(name => text.includes(name.toLowerCase())).map(name => `${file}: ${name}`)
      })

    expect(files.length).to.be.greaterThan(100)
    expect(said).to.deep.equal([])
  })

  it('lets every folder import from those below it only, and from no more of them than it needs', () => {
    const arrows = new Map<string, Set<string>>()
    for (const [from, to] of imports()) {
      if (room(from) === room(to)) continue
      arrows.set(room(from), (arrows.get(room(from)) ?? new Set()).add(room(to)))
    }
    const drawn = Object.keys(LAYERS).map(name => [name, [...(arrows.get(name) ?? [])].sort().join(' ')])

    expect([...arrows.keys()].filter(name => !(name in LAYERS))).to.deep.equal([])
    expect(Object.fromEntries(drawn)).to.deep.equal(
      Object.fromEntries(Object.entries(LAYERS).map(([name, below]) => [name, below.split(' ').sort().join(' ')])),
    )
    for (const [index, [name, below]] of Object.entries(LAYERS).entries()) {
      const lower = Object.keys(LAYERS).slice(0, index)
      const up = below.split(' ').filter(other => other !== '' && !lower.includes(other))
      expect(up, `${name} imports upward`).to.deep.equal([])
    }
  })

  it('lets connectors know neither the web framework nor the database', () => {
    const packages = files
      .filter(file => /^server\/(connectors|contract|calls|smarthr)\/.*\.ts$/.test(file))
      .flatMap(file =>
        [...readFileSync(join(projectRoot, file), 'utf8').matchAll(/from '([^'.][^']*)'/g)].map(
          ([, name]) => `${file}: ${name}`,
        ),
      )

    expect(packages.length).to.be.greaterThan(0)
    expect(packages.filter(line => /: (express|pg)\b/.test(line) || /connectors\/.*: knex/.test(line))).to.deep.equal(
      [],
    )
  })

  it('has no two files that need each other', () => {
    const needs = new Map<string, string[]>()
    for (const [from, to] of imports()) needs.set(from, [...(needs.get(from) ?? []), to])
    const done = new Set<string>()
    const circles: string[] = []
    const visit = (file: string, way: readonly string[]): void => {
      if (way.includes(file)) circles.push([...way.slice(way.indexOf(file)), file].join(' → '))
      if (way.includes(file) || done.has(file)) return
      for (const next of needs.get(file) ?? []) visit(next, [...way, file])
      done.add(file)
    }
    for (const file of needs.keys()) visit(file, [])

    expect(needs.size).to.be.greaterThan(100)
    expect(circles).to.deep.equal([])
  })
})
