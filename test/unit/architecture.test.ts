import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { connectors } from '../../server/connectors/registry.js'
import { projectRoot } from '../../server/platform/root.js'

/** Where services are named: their own folders, the list of them, and the addresses of the sandbox's stand-ins. */
const MAY_NAME = [/^server\/connectors\//, /^server\/local\/sandbox-env\.ts$/]

const files = ['server', 'views', 'public'].flatMap(folder =>
  readdirSync(join(projectRoot, folder), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name).slice(projectRoot.length + 1)),
)

describe('the source tree', () => {
  it('names no service outside its connector: the engine, routes and views know none', () => {
    const names = connectors.flatMap(({ id, labels, addresses }) => [id, labels.product, labels.app, addresses.prefix])
    const said = files
      .filter(file => !MAY_NAME.some(allowed => allowed.test(file)))
      .flatMap(file => {
        const text = readFileSync(join(projectRoot, file), 'utf8').toLowerCase()
        return names.filter(name => text.includes(name.toLowerCase())).map(name => `${file}: ${name}`)
      })

    expect(files.length).to.be.greaterThan(100)
    expect(said).to.deep.equal([])
  })

  it('lets connectors know neither the web nor the database nor SmartHR', () => {
    const imports = files
      .filter(file => file.startsWith('server/connectors/'))
      .flatMap(file =>
        [...readFileSync(join(projectRoot, file), 'utf8').matchAll(/from '([^']+)'/g)].map(
          ([, from]) => `${file}: ${from}`,
        ),
      )

    expect(
      imports.filter(line => /express|knex|\bpg\b|\/(web|sync|smarthr|stores|install|connections)\//.test(line)),
    ).to.deep.equal([])
  })
})
