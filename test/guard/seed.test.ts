import { expect } from 'chai'
import { connectors } from '../../server/connectors/registry.js'
import { readsFile } from '../../server/contract/contract.js'
import { NOON } from '../helpers/attendance.js'
import { DEPARTMENTS, EMPLOYEES } from '../mikiwame/mikiwame.world.js'
import { eventually } from '../helpers/waiting.js'
import { firstOptions, toSelection } from '../helpers/walking.js'
import { useWorld } from '../helpers/world.js'

/** ミキワメ links administrators, of whom the second company has none with the right in SmartHR's seed. */
const companies = (connector: string) =>
  connector === 'mikiwame' ? ['hanako@midori.example'] : ['hanako@midori.example', 'taro@aozora.example']

const MOST = 20

describe('the guard and the demo', () => {
  const world = useWorld({
    at: NOON,
    limitsOff: ['smarthr', 'freee', 'pca', 'king-of-time', 'kinkakuji', 'touch-on-time', 'mikiwame'],
  })

  for (const { id: connector, flows } of connectors)
    for (const { id: flow, kind, steps } of flows)
      // What is in a file is its company's matter.
      if (kind === 'sync' && !readsFile({ steps }))
        for (const email of companies(connector))
          it(`asks ${email} nothing about all that changes and ${MOST} people at most: ${connector} ${flow}`, async () => {
            const visitor = await world.connected(connector, email)
            const runId = await toSelection(visitor, flow, undefined, connector)
            const { rowCount } = await world.container.ownerPool.query(
              `update run_items set selected = true where id in (
                 select id from run_items where run_id = $1 and class in ('new', 'changed') and not blocked
                 order by class, id limit $2)`,
              [runId, MOST],
            )
            expect(rowCount).to.be.greaterThan(0)
            await world.container.ownerPool.query('update runs set chosen = null where id = $1', [runId])
            let page = await visitor.get(`/runs/${runId}/confirm`)
            if (page.url.endsWith('/options')) page = await visitor.press('確認', firstOptions(visitor))

            expect(page.url).to.include('/confirm')
            expect(page.html).to.not.include('guard_count')
          })

  it('lets both one-click runs of the demo go through', async () => {
    const visitor = await world.connected('mikiwame')
    for (const flow of [DEPARTMENTS, EMPLOYEES]) {
      await visitor.get('/mikiwame')
      const form = visitor
        .page()
        .html.split('<form')
        .find(part => part.includes(`value="${flow}"`))
      const csrf = /name="_csrf" value="([^"]+)"/.exec(form ?? '')?.[1] ?? ''
      await visitor.post('/mikiwame/runs/new', { _csrf: csrf, flow })
      const state = await eventually('the end', async () => {
        const { rows } = await world.container.ownerPool.query<{ state: string }>(
          `select state from runs where flow = $1 and state not in ('fetching', 'queued', 'running')`,
          [flow],
        )
        return rows[0]?.state
      })
      expect(state, flow).to.be.oneOf(['succeeded', 'partly_failed'])
    }
  })
})
