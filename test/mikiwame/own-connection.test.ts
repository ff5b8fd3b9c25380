import { expect } from 'chai'
import { linkMikiwame } from '../helpers/connecting.js'
import { eventually } from '../helpers/waiting.js'
import { DEPARTMENTS, useMikiwame } from './mikiwame.world.js'

describe('the link to ミキワメ', () => {
  const { world, switches, divisions, linked, sync } = useMikiwame()

  it('is made by pressing 「連携する」 twice, and is good for 90 days', async () => {
    const visitor = await world.signedIn('hanako@midori.example', '/mikiwame')
    expect(visitor.page().text).to.include('SmartHRと連携していません。')
    expect(visitor.page().html).not.to.include('SmartHRと同期</button>')
    await linkMikiwame(visitor)

    expect(visitor.page().text)
      .to.include('SmartHRとの連携設定が完了しました。')
      .and.include('連携中のアカウントURL')
      .and.include('連携有効日数 90日')
      .and.include('midori-shokai')
    await visitor.get('/mikiwame')
    expect(visitor.page().html).to.include('SmartHRと同期</button>')
  })

  it('makes the custom item in SmartHR once, however often administrators link', async () => {
    const visitor = await linked()
    await linkMikiwame(visitor, '再連携する')
    await linked('jiro@midori.example')
    const state = JSON.stringify(await world.control('GET', '/state?service=smarthr'))

    expect(state.split('"ミキワメ連携"')).to.have.length(2)
    expect(state.split('"ミキワメカテゴリー"')).to.have.length(2)
  })

  it('offers to make the custom item again when it is gone, and makes it only with the tick', async () => {
    const visitor = await linked()
    expect(visitor.page().text).not.to.include('カスタム項目「ミキワメ連携」が見つかりません')
    await switches('smarthr', { deleteCustomField: 'ミキワメ連携' })
    const items = async () =>
      JSON.stringify(await world.control('GET', '/state?service=smarthr')).split('"ミキワメ連携"').length - 1
    await linkMikiwame(visitor, '再連携する')

    expect(visitor.page().text)
      .to.include('連携有効日数 90日')
      .and.include('カスタム項目「ミキワメ連携」が見つかりません')
      .and.include('すべての従業員が空白（連携する）になります')
    expect(await items()).to.equal(0)
    await visitor.press('カスタム項目を作り直す')
    expect(visitor.page().text).to.include('チェックを入れてください。')
    expect(await items()).to.equal(0)
    await visitor.press('カスタム項目を作り直す', { sure: 'yes' })
    expect(visitor.page().text)
      .to.include('SmartHRにカスタム項目「ミキワメ連携」を作成しました。')
      .and.not.include('が見つかりません')
    expect(await items()).to.equal(1)
  })

  it('makes the custom item once, however often its button is pressed in one moment', async () => {
    const visitor = await linked()
    await switches('smarthr', { deleteCustomField: 'ミキワメ連携' })
    await linkMikiwame(visitor, '再連携する')
    const made = async () =>
      (await world.calls('smarthr')).filter(
        ({ method, path }) => method === 'POST' && path.endsWith('/crew_custom_field_templates'),
      ).length
    const before = await made()
    await world.control('POST', '/faults', { service: 'smarthr', path: 'crew_custom_field', delayMs: 200, times: 50 })
    const twins = Array.from({ length: 5 }, () => visitor.twin())
    await Promise.all(twins.map(twin => twin.press('カスタム項目を作り直す', { sure: 'yes' })))

    expect((await made()) - before).to.equal(1)
    const { rowCount } = await world.container.ownerPool.query(
      `select from audit_events where act = 'custom-item.made'`,
    )
    expect(rowCount).to.equal(1)
  })

  it('belongs to one administrator: another has to link for himself, but sees every job', async () => {
    const visitor = await linked()
    await sync(visitor, DEPARTMENTS)
    const colleague = await world.signedIn('jiro@midori.example', '/mikiwame')

    expect(colleague.page().html).not.to.include('SmartHRと同期</button>')
    await colleague.get('/mikiwame/runs')
    expect(colleague.page().text).to.include('処理一覧').and.include('部署情報の同期（SmartHR）')
    const token = /name="_csrf" value="([^"]+)"/.exec((await colleague.get('/mikiwame/connection')).html)?.[1] ?? ''
    await colleague.post('/mikiwame/runs/new', { _csrf: token, flow: DEPARTMENTS })
    expect(new URL(colleague.page().url).pathname).to.equal('/mikiwame/connection')
  })

  it('is not made by looking at the address one comes back to', async () => {
    const visitor = await world.signedIn('hanako@midori.example', '/mikiwame')
    await visitor.get('/mikiwame/connection/callback')

    const { rows } = await world.container.ownerPool.query('select 1 from connections')
    expect(rows).to.deep.equal([])
  })

  it('ends with 「連携を解除する」 and OK; what was synchronised stays', async () => {
    const visitor = await linked()
    await sync(visitor, DEPARTMENTS)
    const before = await divisions()
    await visitor.get('/mikiwame/connection/disconnect')
    expect(visitor.page().text).to.include('SmartHRとの連携を解除します。よろしいですか？')
    await visitor.press('OK')

    expect(visitor.page().text).to.include('SmartHRとの連携を解除しました。').and.include('未連携')
    expect(await divisions()).to.deep.equal(before)
  })

  const DAY = 24 * 3_600_000
  for (const [left, days, warned, expired] of [
    [90 * DAY, 90, false, false],
    [14 * DAY + 60_000, 15, false, false],
    [14 * DAY - 60_000, 14, true, false],
    [60_000, 1, true, false],
    [-1, 0, false, true],
  ] as const) {
    it(`shows ${days} days with ${Math.round(left / 60_000)} minutes to go${warned ? ', and warns' : ''}${expired ? ': it is over' : ''}`, async () => {
      const visitor = await linked()
      await world.container.ownerPool.query('update connections set valid_until = $1', [new Date(Date.now() + left)])
      await world.container.housekeeping()
      await world.container.housekeeping()
      await visitor.get('/mikiwame/connection')
      expect(visitor.page().text).to.include(`連携有効日数 ${days}日`)
      await visitor.get('/mikiwame')

      expect(visitor.page().text.includes('有効期限まで、あと')).to.equal(warned)
      expect(visitor.page().text.includes('連携の有効期限が切れています。')).to.equal(expired)
      if (warned) {
        const mails = await eventually('the warning', async () => {
          const received = await world.mails()
          return received.length > 0 ? received : null
        })
        expect(mails).to.have.length(1)
        expect(mails[0]?.subject).to.equal('ミキワメとの連携の有効期限が近づいています')
        expect(mails[0]?.to).to.deep.equal(['hanako@midori.example'])
      }
      const { rows } = await world.container.ownerPool.query('select 1 from mails')
      expect(rows).to.have.length(warned ? 1 : 0)
    })
  }

  it('sends who starts after its end to the settings with the notice; 「再連携する」 makes it 90 days again', async () => {
    const visitor = await linked()
    await world.container.ownerPool.query(`update connections set valid_until = now() - interval '1 second'`)
    await visitor.get('/mikiwame')
    await visitor.press('SmartHRと同期')

    expect(new URL(visitor.page().url).pathname).to.equal('/mikiwame/connection')
    expect(visitor.page().text).to.include('連携の有効期限が切れています。再度連携設定を行なってください。')
    const { rows } = await world.container.ownerPool.query('select 1 from runs')
    expect(rows).to.deep.equal([])
    await linkMikiwame(visitor, '再連携する')
    expect(visitor.page().text).to.include('連携有効日数 90日')
  })

  it('may run out while a job runs: the job ends as if nothing were', async () => {
    const visitor = await linked()
    await world.control('POST', '/faults', { service: 'mikiwame', method: 'POST', delayMs: 100 })
    const started = sync(visitor, DEPARTMENTS)
    await eventually('a run', async () => {
      const { rows } = await world.container.ownerPool.query('select 1 from runs')
      return rows.length > 0
    })
    await world.container.ownerPool.query(`update connections set valid_until = now() - interval '1 second'`)

    expect((await started).report.text).to.match(/成功 \d+件/)
  })
})
