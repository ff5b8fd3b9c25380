import { spawnSync } from 'node:child_process'
import { expect } from 'chai'
import { isDatabaseTrouble } from '../../../server/platform/database-trouble.js'
import { projectRoot } from '../../../server/platform/root.js'

const coded = (code: string, message = 'x') => Object.assign(new Error(message), { code })

describe('Trouble of the database', () => {
  for (const error of [
    coded('57P01'),
    coded('57P03'),
    coded('08006'),
    coded('25006'),
    coded('25P03'),
    coded('53100'),
    coded('53300'),
    coded('57014'),
    coded('58030'),
    coded('40001'),
    coded('55P03'),
    coded('40P01'),
    coded('ECONNREFUSED'),
    coded('ECONNRESET'),
    new Error('Connection terminated unexpectedly'),
    new Error('ROLLBACK - Client has encountered a connection error and is not queryable'),
    new Error('Knex: Timeout acquiring a connection. The pool is probably full.'),
    new Error('timeout exceeded when trying to connect'),
  ])
    it(`is ${(error as { code?: string }).code ?? error.message}`, () => {
      expect(isDatabaseTrouble(error)).to.equal(true)
    })

  for (const error of [
    coded('23505', 'duplicate key'),
    coded('42P01', 'no such table'),
    coded('42501', 'not allowed'),
    new Error('the run says: Connection terminated'),
    new TypeError('x is not a function'),
    'Connection terminated',
    null,
  ])
    it(`is not ${String(error)}`, () => {
      expect(isDatabaseTrouble(error)).to.equal(false)
    })

  /** How a process ends that leaves such a promise behind and has something to do a moment later. */
  const leftBehind = (rejection: string) =>
    spawnSync(
      process.execPath,
      [
        '--import=tsx',
        '--input-type=module',
        '--eval',
        `import { surviveDatabaseTrouble } from './server/platform/database-trouble.ts'
         surviveDatabaseTrouble({ warn: message => console.log(message) })
         void Promise.reject(${rejection})
         setTimeout(() => console.log('went on'), 100)`,
      ],
      { cwd: projectRoot, encoding: 'utf8' },
    )

  it('ends no process, though a library left its broken promise behind', () => {
    const { status, stdout } = leftBehind(`Object.assign(new Error('x'), { code: '57P01' })`)
    expect(stdout).to.equal('database connection lost\nwent on\n')
    expect(status).to.equal(0)
  })

  it('is the only thing that ends none', () => {
    const { status, stdout } = leftBehind(`new Error('a fault of ours')`)
    expect(stdout).to.equal('')
    expect(status).to.equal(1)
  })
})
