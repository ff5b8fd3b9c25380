import { expect } from 'chai'
import { dashboardPage, historyRows } from '../../server/dashboard/dashboard.view.js'
import { runsPage, statesLike } from '../../server/dashboard/run-list.view.js'
import { connectors } from '../../server/connectors/registry.js'
import { needsSettings, stepOf, type Connector } from '../../server/contract/contract.js'
import { dateRange } from '../../server/wizard/date.form.js'
import { wizardPage } from '../../server/wizard/steps.view.js'
import { runs } from './pictures.runs.js'
import { dashboard } from './pictures.js'
import { tags, words } from './markup.js'
import { aConnection, anEndedRun, connector, linked, theStep, toService } from './samples.js'

import { draw, named } from './drawing.js'

describe('The dashboard', () => {
  it('has a panel per direction with 「同期を開始」, both equal', async () => {
    const page = await named('dashboard')
    for (const flow of connector.flows) expect(page).to.include(`/freee/runs/new?flow=${flow.id}`)
    expect(page).not.to.include('class="btn primary"')
  })

  it('explains in each state why a sync cannot start, and leads to where that can be changed', async () => {
    const states = {
      'dashboard-unconnected': ['freee人事労務と連携していません。', '/freee/connection'],
      'dashboard-broken': ['freee人事労務との再連携が必要です。', '/freee/connection'],
      'dashboard-smarthr-broken': ['SmartHRとの再連携が必要です。', '/auth/smarthr?returnTo=%2Ffreee'],
      'dashboard-no-settings': ['先にエクスポート設定を保存してください。', '/freee/settings'],
    } as const
    for (const [name, [text, href]] of Object.entries(states)) {
      const page = await named(name)
      expect(words(page), name).to.include(text)
      expect(page, name).to.include(`href="${href}"`)
    }
    expect(await named('dashboard-unconnected')).not.to.include('同期を開始<')
  })

  it('has one thing to press while nothing is connected, and speaks of nothing that is not there', async () => {
    for (const name of ['dashboard-unconnected', 'dashboard-unlinked']) {
      const page = await named(name)
      expect(page.match(/class="btn small primary" href="[^"]+">連携を始める/g), name).to.have.length(1)
      expect(page.match(/primary/g), name).to.have.length(1)
      expect(words(page), name).not.to.include('を押してください')
    }
    expect(words(await named('dashboard-unconnected'))).not.to.include('すべて見る')
    expect(words(await named('dashboard')))
      .to.include('すべて見る')
      .and.include('を押してください')
  })

  it('asks for the export settings only in the direction that needs them', () => {
    const { panels } = dashboardPage({
      connector,
      connection: aConnection(),
      smarthrActive: true,
      settingsSaved: false,
      unseen: [],
      watch: null,
      fetchable: [],
      active: null,
      runs: [],
      now: new Date(),
    })
    expect(panels.map(panel => [panel.id, panel.href !== null])).to.deep.equal(
      connector.flows.map(flow => [flow.id, !needsSettings(flow)]),
    )
  })

  it('writes two entries per run, newest first, in Japan time', () => {
    const rows = historyRows(connector, [anEndedRun()], 10)
    expect(rows.map(row => [row.at, row.label, row.result?.label, row.counts])).to.deep.equal([
      ['2026/02/01 00:09', '従業員情報同期終了', '一部失敗', '成功: 60件 失敗: 2件'],
      ['2026/02/01 00:05', '従業員情報同期開始', undefined, ''],
    ])
  })

  it('keeps to the ten newest entries', () => {
    const runs = Array.from({ length: 8 }, (_, day) =>
      anEndedRun({
        queuedAt: new Date(Date.UTC(2026, 0, day + 1)),
        endedAt: new Date(Date.UTC(2026, 0, day + 1, 1)),
      }),
    )
    const rows = historyRows(connector, runs, 10)
    expect(rows).to.have.length(10)
    expect(rows[0]?.at).to.equal('2026/01/08 10:00')
  })

  it('says so when there is no history yet, and when a sync is running', async () => {
    expect(words(await draw(dashboard()))).to.include('連携履歴はありません。')
    expect(words(await named('dashboard-running'))).to.include('データ連携を実行中です。')
  })
})

describe('The report list', () => {
  it('tells an empty list from a filter without hits', async () => {
    expect(words(await named('runs-empty'))).to.include('連携レポートはありません。')
    expect(words(await named('runs-no-match'))).to.include('別の条件を試してください。')
  })
})

describe('The reference date page', () => {
  it('shows who is left out, and a mistake at the field, on top and beside the button', async () => {
    const page = await named('date-error')
    expect(words(page)).to.include('退職年月日が基準日より前の従業員は、対象になりません。')
    expect(words(page).match(/情報取得基準日が入力されていません。/g)).to.have.length(2)
    expect(page).to.match(/<input id="referenceDate" name="referenceDate" type="date"[^>]*aria-invalid="true"/)
    const { yearsBack, yearsAhead } = theStep(toService, 'date')
    const { first, last } = dateRange({ yearsBack, yearsAhead }, '2026-01-31')
    expect(page).to.include(`max="${last}" min="${first}"`)
  })
})

describe('The list of runs', () => {
  const listed = (of: Connector) =>
    runsPage({
      connector: of,
      runs: [],
      filter: { state: '', flow: '' },
      states: ['fetching', 'ready', 'queued', 'running', 'succeeded', 'partly_failed', 'failed', 'aborted', 'expired'],
      first: null,
      next: null,
      now: new Date('2026-01-31T15:02:00Z'),
    })

  it('has no entry of its filter twice, and calls its dates what they are', () => {
    for (const of of connectors) {
      const labels = listed(of).filter.states.options.map(({ label }) => label)
      expect(labels, of.id).to.deep.equal([...new Set(labels)])
      const headings = of.flows.flatMap(flow => stepOf(flow, 'date')?.heading ?? [])
      const columns = listed(of)
        .list.columns.map(({ label }) => label)
        .join()
      for (const heading of headings) expect(columns, of.id).to.include(heading)
    }
  })

  it('opens at how many a filter has found, and reads it out', async () => {
    expect(await draw(runs([anEndedRun()], 'failed'))).to.include(
      '<p class="found" role="status" tabindex="-1" autofocus>絞り込んだ結果のうち、1件を表示しています。</p>',
    )
    expect(await named('runs-no-match')).to.include('0件が見つかりました。')
    expect(await named('runs')).not.to.include('class="found"')
  })

  it('shows what the connector calls the same together', () => {
    expect(statesLike(linked, 'fetching', ['fetching', 'queued', 'running'])).to.deep.equal(['fetching', 'running'])
  })
})

describe('The steps of a wizard', () => {
  it('are as many on every page of a flow, each with its number', () => {
    for (const { id, flows } of connectors)
      for (const flow of flows) {
        const places = flow.steps.map(({ kind }) => /（(\d+)\/(\d+)）/.exec(wizardPage(flow, kind, '').title))
        expect(new Set(places.map(found => found?.[2])).size, `${id} ${flow.id}`).to.equal(1)
        const at = places.map(found => Number(found?.[1]))
        expect(at, `${id} ${flow.id}`).to.deep.equal([...at].sort((a, b) => a - b))
        expect(at.at(-1), `${id} ${flow.id}`).to.equal(Number(places[0]?.[2]))
      }
  })
})

describe('The reading page', () => {
  it('says how far it is in figures, and that nothing is written', async () => {
    expect(words(await named('fetch'))).to.include('10,234名のうち3,120名を取得しました。')
    expect(words(await named('fetch-unknown-total'))).to.include('40名を取得しました。')
    expect(words(await named('fetch-planning')))
      .to.include('差分を確認中 従業員情報の差分を確認しています')
      .and.include('4,000名のうち1,500名の差分を確認しました。')
    expect(words(await named('fetch'))).to.include('どちらのサービスにも、書き込みは行なっていません。')
  })

  it('shows no share while the total is not known', async () => {
    expect(tags(await named('fetch'), 'progress')[0])
      .to.include('value="3120"')
      .and.include('max="10234"')
    expect(tags(await named('fetch-unknown-total'), 'progress')[0]).not.to.include('value=')
  })

  it('offers to read again after a failure', async () => {
    expect(words(await named('fetch-failed')))
      .to.include('従業員情報の取得に失敗しました。')
      .and.include('取得し直す')
  })
})

describe('A page that waits for a run', () => {
  const refresh = /<noscript>\s*<meta http-equiv="refresh" content="10">\s*<\/noscript>/

  it('is asked for anew without JavaScript, until there is nothing to wait for', async () => {
    for (const name of ['fetch', 'fetch-planning', 'report-fetching', 'report-queued', 'report-waiting'])
      expect(await named(name), name).to.match(refresh)
    for (const name of ['fetch-failed', 'report-ready', 'report', 'report-published', 'select', 'confirm'])
      expect(await named(name), name).not.to.match(refresh)
  })
})
