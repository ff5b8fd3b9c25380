import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { projectRoot } from '../../server/platform/root.js'
import { useWorld } from '../helpers/world.js'

const folder = join(projectRoot, 'docs', 'operations')

/** Prometheus's own checker; .ci/run brings it. */
function promtool(...args: string[]) {
  const { error, status, stdout, stderr } = spawnSync('promtool', args, { cwd: folder, encoding: 'utf8' })
  return { missing: error !== undefined, status, said: `${stdout}${stderr}` }
}

describe('the alert rules and the dashboard', () => {
  const world = useWorld({ worker: false, once: true })

  it('are rules that Prometheus takes, and ring when they should', function () {
    const checked = promtool('check', 'rules', 'alerts.yml')
    if (checked.missing && !process.env.CI) this.skip()
    const tried = promtool('test', 'rules', 'alerts.test.yml')

    expect(checked.status, checked.said).to.equal(0)
    expect(tried.status, tried.said).to.equal(0)
  })

  it('ask only for figures that /metrics gives', async () => {
    await world.connected()
    const given = await (await fetch(`${world.appUrl}/metrics`)).text()
    const names = new Set([...given.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name))
    const asked = ['alerts.yml', 'dashboard.json'].flatMap(file =>
      [...readFileSync(join(folder, file), 'utf8').matchAll(/\brenkei_\w+/g)].map(([name]) =>
        name.replace(/_(bucket|count|sum)$/, ''),
      ),
    )

    expect(asked).to.not.have.length(0)
    expect(asked.filter(name => !names.has(name))).to.deep.equal([])
  })
})
