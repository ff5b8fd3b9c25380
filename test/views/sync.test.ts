import { expect } from 'chai'
import request from 'supertest'
import { smarthrLimits } from '../../server/smarthr/limits.js'
import { dashboardPage, historyRows } from '../../server/dashboard/dashboard.view.js'
import { runsPage, statesLike } from '../../server/dashboard/run-list.view.js'
import { connectors } from '../../server/connectors/registry.js'
import { mappingOf, needsSettings, peopleWords, stepOf, type Connector } from '../../server/contract/contract.js'
import type { Run } from '../../server/runs/run.js'
import { progressOf } from '../../server/runs/progress.view.js'
import { dateRange } from '../../server/wizard/date.form.js'
import { wizardPage } from '../../server/wizard/steps.view.js'
import { parseSelection } from '../../server/wizard/select.form.js'
import { expectedMs } from '../../server/wizard/estimate.js'
import { changeListOf, withinPage } from '../../server/runs/change-list.js'
import { personRow } from '../../server/wizard/person.view.js'
import { withoutBreaks } from '../helpers/visitor.js'
import { confirm, report, runs, select } from './pictures.runs.js'
import { createGallery, gallery } from './gallery.js'
import { dashboard, type Picture } from './pictures.js'
import { attribute, tags, words } from './markup.js'
import {
  aConnection,
  aRun,
  anEndedRun,
  anItem,
  connector,
  linked,
  people,
  RUN_ID,
  theStep,
  toService,
} from './samples.js'

const sent = async (picture: Picture) => (await request(createGallery({ picture })).get('/picture').expect(200)).text
const draw = async (picture: Picture) => withoutBreaks(await sent(picture))
const named = async (name: string) => {
  const picture = gallery[name]
  if (!picture) throw new Error(`no picture ${name}`)
  return draw(picture)
}

const values = (page: string, name: string) =>
  tags(page, 'input')
    .filter(tag => attribute(tag, 'name') === name)
    .map(tag => attribute(tag, 'value'))

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

describe('The selection page', () => {
  it('keeps below 60 kB, also on the first sync, when everybody is new with a whole record', async () => {
    const labels = connector.flows
      .slice(0, 1)
      .flatMap(mappingOf)
      .map(field => field.label)
    expect(labels.length).to.be.above(30)
    const whole = people(50, {
      class: 'new',
      content: {
        set: {},
        target: null,
        changes: labels.map(label => ({ field: label, label, before: '', after: '東京都千代田区丸の内' })),
        problems: [],
        notes: [],
      },
    })
    const input = { total: 10_234, selectable: 10_234, number: 3, page: { hasNext: true, hasPrevious: true } }
    for (const rows of [people(50), whole]) {
      expect(Buffer.byteLength(await sent(select(rows, input)))).to.be.below(60_000)
    }
    const page = await draw(select(whole, input))
    expect(words(page)).to.include(`登録する項目（${labels.length}件）`)
    expect(words(page)).to.include(`ほか${labels.length - 3}件は、確認画面に表示します。`)
    expect(words(await draw(confirm(whole)))).not.to.match(/ほか\d/)
    expect((await draw(confirm(whole))).match(/東京都千代田区丸の内/g)).to.have.length(50 * labels.length)
  })

  it('prints every change while there is room', () => {
    const many = personRow(
      anItem(1, {
        content: {
          set: {},
          target: {},
          changes: Array.from({ length: 34 }, (_, n) => ({
            field: `f${n}`,
            label: `項目${n}`,
            before: 'a',
            after: 'b',
          })),
          problems: [],
          notes: [],
        },
      }),
      toService,
    )
    const none = personRow(
      anItem(2, { content: { set: {}, target: {}, changes: [], problems: [], notes: [] } }),
      toService,
    )
    expect(
      withinPage([many, many, ...Array.from({ length: 48 }, () => none)])[0]?.changeList.fold?.changes,
    ).to.have.length(32)
    expect(withinPage(Array.from({ length: 50 }, () => many))[0]?.changeList.fold?.changes).to.have.length(1)
    expect(withinPage([])).to.deep.equal([])
  })

  describe('of somebody’s changes', () => {
    const changed = (...fields: readonly (readonly [field: string, before: string, after: string])[]) =>
      changeListOf(
        anItem(1, {
          content: {
            set: {},
            target: {},
            changes: fields.map(([field, before, after]) => ({ field, label: field, before, after })),
            problems: [],
            notes: [],
          },
        }),
        toService,
        '変更する項目',
      )
    const texts = (changes: readonly { before: string; after: string }[] = []) =>
      changes.map(({ before, after }) => `${before} → ${after}`)

    it('shows the first two at once and folds the others', () => {
      const { brief, fold } = changed(
        ['last-name', '鈴木', '佐藤'],
        ['first-name', 'a', 'b'],
        ['gender', '男性', '女性'],
      )

      expect(texts(brief)).to.deep.equal(['鈴木 → 佐藤', 'a → b'])
      expect(fold?.title).to.equal('ほか1件')
      expect(texts(fold?.changes)).to.deep.equal(['男性 → 女性'])
    })

    it('shows of numbers of money and insurance their end, and the whole behind the fold', () => {
      const { brief, fold } = changed(
        ['bank-account-number', '0034321', '0048765'],
        ['employment-insurance-number', '', '1234-567890-1'],
      )

      expect(texts(brief)).to.deep.equal(['…4321 → …8765', ' → …8901'])
      expect(fold?.title).to.equal('番号の全桁')
      expect(texts(fold?.changes)).to.deep.equal(['0034321 → 0048765', ' → 1234-567890-1'])
    })

    it('says what is different of two numbers with the same end', () => {
      const { brief, fold } = changed(
        ['bank-account-number', '1230000', '4560000'],
        ['employment-insurance-number', '12345678901', '1234-567890-1'],
      )

      expect(texts(brief)).to.deep.equal([
        '…0000 → …0000（表示していない桁が違います）',
        '…8901 → …8901（ハイフンだけが違います）',
      ])
      expect(texts(fold?.changes), 'and shows them whole behind the fold').to.include('1230000 → 4560000')
      expect(texts(changed(['bank-account-number', '0123456', '123456']).brief)).to.deep.equal([
        '…3456（7桁） → …3456（6桁）',
      ])
    })

    it('cuts neither dates, codes nor words', () => {
      const { brief, fold } = changed(['birth-date', '1990/02/11', '1990/02/12'], ['bank-code', '0001', '0005'])

      expect(texts(brief)).to.deep.equal(['1990/02/11 → 1990/02/12', '0001 → 0005'])
      expect(fold).to.equal(null)
    })
  })

  it('says of somebody without a number why the list begins with them', async () => {
    const page = words(await draw(select([anItem(1, { key: null }), anItem(2)])))
    expect(page).to.include('社員番号がありません')
    expect(page.match(/社員番号がありません/g)).to.have.length(1)
    expect(words(await draw(confirm([anItem(1, { key: null })])))).to.include('社員番号がありません')
  })

  it('shows the field whose people are listed beside the fold of all fields, and in the dialog too', async () => {
    const page = await named('select-fields')
    const [, fold = '', beside = ''] =
      /<summary class="btn">\s*変更する項目[\s\S]*?(<div class="dd-panel[\s\S]*?<\/details>)([\s\S]*?)<\/div>/.exec(
        page,
      ) ?? []
    expect(beside).to.match(/value="field:" aria-pressed="true"\s*>口座番号 /)
    expect(fold).to.include('value="field:last-name"').and.not.include('口座番号 ')

    const fieldCounts = Object.fromEntries(mappingOf(toService).map(({ id }, n) => [id, 3_000 - n]))
    const dialog = await draw(confirm(people(3), 62, {}, { fieldCounts, field: 'bank-account-number' }))
    const [open = ''] = /変更する項目：[\s\S]*?<details>/.exec(dialog) ?? []
    expect(open).to.match(/aria-current="true"\s*>口座番号 /)
  })

  it('names the first people with a warning, and shows all of them at one click', async () => {
    const page = await named('select-warned')
    expect(page).to.match(/name="op"\s+value="warned:1"[^>]*>警告あり12名だけ表示</)
    expect(words(page)).to.include('須磨 英子、田中 誠、鈴木 一郎 ほか9名')
    const found = page.slice(page.indexOf('id="found"'))
    expect(found.indexOf('warned:1'), 'behind no fold').to.be.lessThan(found.indexOf('<table'))
  })

  it('offers its files beside the count, above the people', async () => {
    const page = await named('select')
    expect(page.indexOf('plan.xlsx')).to.be.greaterThan(page.indexOf('id="found"')).and.lessThan(page.indexOf('<table'))
  })

  it('sends back what the server reads: revision, the rows shown, the rows ticked', async () => {
    const rows = [anItem(1, { selected: true }), anItem(2), anItem(3, { class: 'same' })]
    const page = await draw(select(rows))
    const ticked = tags(page, 'input').filter(
      tag => attribute(tag, 'name') === 'id' && /\schecked\b/.test(tag.replace(/"[^"]*"/g, '')),
    )
    const form = parseSelection(
      {
        revision: values(page, 'revision')[0],
        shown: values(page, 'shown'),
        id: ticked.map(tag => attribute(tag, 'value')),
        op: 'confirm',
      },
      toService,
    )
    expect(form).to.deep.include({ revision: 7, shown: ['1', '2'], chosen: ['1'], op: { kind: 'confirm' } })
  })

  it('searches when Enter is pressed: that button comes first', async () => {
    const form = /<form method="post"[^>]*data-selection>[\s\S]*/.exec(await named('select'))?.[0] ?? ''
    expect(attribute(tags(form, 'button')[0] ?? '', 'value')).to.equal('search')
  })

  it('stays below a thousand fields, which is what the server reads', async () => {
    const page = await named('select-middle')
    expect(tags(page, 'input').length + tags(page, 'button').length).to.be.below(300)
  })

  it('counts people in words and offers this page, the whole list and none', async () => {
    const page = words(await named('select'))
    expect(page)
      .to.include('従業員が選択されていません。')
      .and.include('このページの従業員50名すべてを選択')
      .and.include('一覧の従業員234名すべてを選択')
      .and.include('選択解除')
      .and.include('1–50 / 10,234')
    const middle = words(await named('select-middle'))
    expect(middle).to.include('10,234名の従業員が選択されています。').and.include('101–150 / 10,234')
  })

  it('names each box by number and name, and gives a reason instead of one where nobody can choose', async () => {
    const page = await named('select-odd')
    const boxes = tags(page, 'input').filter(tag => attribute(tag, 'name') === 'id')
    expect(boxes.map(tag => attribute(tag, 'aria-labelledby'))).to.deep.equal(['k1 n1', 'k2 n2', 'k5 n5'])
    expect(words(page)).to.include('社員番号が入力されていません。').and.include('変更する項目はありません。')
    expect(words(page)).to.include('入社日を入力してください。')
  })

  it('shows before and after, and a blank as one', async () => {
    expect(words(await named('select'))).to.match(
      /姓： ?鈴木 ?→ ?佐藤 .*現住所 市区町村： ?（空白） ?→ ?千代田区丸の内/,
    )
  })

  it('keeps search, filter and order, and says what is applied', async () => {
    const page = await named('select-middle')
    expect(words(page)).to.include('適用中：「').and.include('、差分あり、差分なし')
    expect(values(page, 'sort')).to.deep.equal(['kana'])
    expect(values(page, 'desc')).to.deep.equal(['1'])
    expect(page.match(/aria-sort="descending"/g)).to.have.length(1)
  })

  it('moves between pages with buttons, so that ticks are kept', async () => {
    const ops = async (name: string) =>
      tags(await named(name), 'button')
        .map(tag => attribute(tag, 'value') ?? '')
        .filter(value => value.startsWith('page:'))
    const [second, third, last, next, final, ...none] = await ops('select')
    expect([second, final], '2 and 次へ, 205 and 最後へ').to.deep.equal([next, last])
    expect(third).to.match(/^page:[\w-]{10,}$/)
    expect(none).to.deep.equal([])
    const [first, previous, one, two, ...rest] = await ops('select-middle')
    expect([first, previous]).to.deep.equal([one, two])
    expect(first).to.equal('page:')
    expect(rest, '4, 5, 205, 次へ, 最後へ').to.have.length(5)
  })

  it('tells nobody at the date from nobody with these words', async () => {
    expect(words(await named('select-nobody'))).to.include('情報取得基準日の時点で在籍している従業員がいません。')
    expect(words(await named('select-no-match'))).to.include('該当する従業員はいません。別の条件を試してください。')
  })

  it('never greys out 確認 but says above the list and beside the button that nobody is chosen', async () => {
    const page = await named('select-error')
    expect(page).not.to.match(/<button[^>]*\sdisabled/)
    expect(words(page).match(/従業員が選択されていません。/g)).to.have.length(3)
  })

  it('offers no way back to the date for a repeat of the failed', async () => {
    expect(await draw(select(people(2)))).to.include('value="back"')
    expect(await draw(select(people(2), { run: aRun({ retryOf: RUN_ID }) }))).not.to.include('value="back"')
  })
})

describe('The confirmation', () => {
  it('asks the question, with direction, date, numbers, notes and the expected duration', async () => {
    const page = words(await draw(confirm(people(50), 62, { hasNext: true })))
    expect(page)
      .to.include('従業員を同期しますか？')
      .and.include('SmartHRからfreee人事労務へ、62名の従業員情報を同期します。')
      .and.include('2026/01/31')
      .and.include('新規 1名')
      .and.include('更新 61名')
      .and.include('所要時間の目安')
    for (const note of connector.flows[1]?.notes ?? []) expect(page).to.include(note)
  })

  it('begins with the counts and the people; what it goes by and many notes are folded below them', async () => {
    const page = await named('confirm')
    const places = ['新規 1名', '<section aria-label', '所要時間の目安', '注意事項'].map(text => page.indexOf(text))
    expect(places).to.deep.equal([...places].sort((a, b) => a - b))
    expect(places[0]).to.be.greaterThan(0)
    expect(page).to.match(/<details data-fold>\s*<summary>同期の設定・所要時間</)
    expect(page).to.match(/<details data-fold>\s*<summary>注意事項（7件）/)
    const few = await draw(confirm(people(3), 3, {}, { flow: { ...toService, notes: ['一つだけです。'] } }))
    expect(few).to.match(/<h3>注意事項<\/h3>\s*<ul>\s*<li>一つだけです。/)
  })

  it('puts the page behind it out of reach without JavaScript too', async () => {
    const page = await named('confirm')
    expect(page).to.include('<div id="page" inert>')
    expect(page).to.match(/<dialog open aria-labelledby="dialog-title"/)
    expect(page).to.match(/<a class="btn" data-cancel href="\/runs\/[\w-]+\/select#go">キャンセル/)
  })

  it('lets everybody be looked at, fifty at a time', async () => {
    expect(await named('confirm')).to.match(/href="\/runs\/[\w-]+\/confirm\?after=50">次へ/)
  })

  it('warns of people who will fail', async () => {
    expect(words(await named('confirm-few'))).to.include('このままでは失敗します：入社日を入力してください。')
  })

  it('counts whole hours that a limit per hour costs', () => {
    const minutes = (of: number) => expectedMs(connector.limits, { new: 0, changed: of }) / 60_000
    expect(minutes(5_000)).to.be.below(60)
    expect(minutes(5_001)).to.equal(60)
    expect(expectedMs(smarthrLimits, { new: 0, changed: 0 })).to.equal(0)
  })
})

describe('The report', () => {
  it('shows progress while it runs, and that the browser may be closed', async () => {
    const page = await named('report-queued')
    expect(page).to.include(`data-poll="/runs/${RUN_ID}/progress"`)
    expect(words(page))
      .to.include('62名のうち0名の処理が終わりました。')
      .and.include('画面を閉じても処理は続きます。結果はメールでお知らせします。')
  })

  it('is named after what was done, when, and how it stands', async () => {
    const page = await draw(report(anEndedRun()))
    expect(page).to.match(/<title>SmartHRからfreee人事労務への同期（2026\/02\/01 00:\d\d 一部失敗）｜/)
    expect(page).to.include('<h1>SmartHRからfreee人事労務への同期</h1>')
  })

  it('lists what to look at in freee once somebody was written there, and not before', async () => {
    expect(words(await named('report-succeeded')))
      .to.include('freee人事労務で確認する項目')
      .and.include('ログインメールアドレスの設定')
      .and.include('勤務・賃金設定名の変更')
      .and.include('締め日支払い日グループ名の変更')
      .and.include('給与方式の変更')
      .and.include('基本給の変更')
    for (const name of ['report-queued', 'report-failed']) {
      expect(words(await named(name))).not.to.include('freee人事労務で確認する項目')
    }
  })

  it('says beside a download in Shift_JIS how many signs it has no room for', async () => {
    expect(words(await named('report-unwritable')))
      .to.include('Shift_JISで表せない3文字は「?」になります。')
      .and.include('Shift_JISで表せない1,200文字は「?」になります。')
    expect(words(await named('report'))).not.to.include('表せない')
  })

  it('counts a plan in the words of its flow', async () => {
    const linkedReport = await draw(report(aRun({ queuedAt: null }), { connector: linked }))

    expect(words(linkedReport)).to.include('新規登録 34件').and.not.include('34名')
  })

  it('asks before it stops a sync, and says what stays', async () => {
    const page = await named('report-queued')
    expect(words(page)).to.include('同期を中止しますか？　すでに処理が終わった従業員の変更は、元に戻りません。')
    expect(page).to.include(`action="/runs/${RUN_ID}/cancel"`)
  })

  it('says why it waits and until when, and that it is stopping', async () => {
    const page = words(await named('report-waiting'))
    expect(page).to.include('一時停止しています。2026/02/01 01:00ごろに自動で再開します。1時間の上限に達しました。')
    expect(page).to.include('中止しています。')
    expect(page).not.to.include('同期を中止しますか')
  })

  it('lists who failed and why, with the files and the repeat', async () => {
    const page = await named('report')
    expect(words(page))
      .to.include('一部失敗')
      .and.include('失敗した従業員（2名）')
      .and.include('入社日を入力してください。SmartHRで入社年月日を登録してください。')
      .and.include('失敗した対象だけ再実行')
      .and.include('4分')
    expect(page).to.include('/errors.csv?encoding=sjis').and.include('/errors.csv?all=1')
    expect(page).not.to.include('data-poll')
  })

  it('calls changes done only where they were made', async () => {
    const rows = [anItem(1, { outcome: 'succeeded' }), anItem(2, { outcome: 'failed' }), anItem(3, { class: 'new' })]
    const page = words(await draw(report(anEndedRun(), { items: rows })))
    expect(page.match(/(登録|変更)(した|する)項目/g)).to.deep.equal(['変更した項目', '変更する項目', '登録する項目'])
  })

  it('offers no repeat when nothing failed', async () => {
    expect(words(await named('report-succeeded'))).not.to.include('失敗した対象だけ再実行')
  })

  it('repeats those who were never tried', async () => {
    const page = words(await named('report-failed'))
    expect(page).to.include('未実行').and.include('62件').and.include('未実行の対象だけ再実行')
  })

  it('keeps counts and reasons but no names once the people are deleted', async () => {
    const page = words(await named('report-deleted'))
    expect(page)
      .to.include('従業員の個人情報は削除されました。')
      .and.include('入社日を入力してください。')
      .and.not.include('失敗した対象だけ再実行')
      .and.not.include('ダウンロード')
  })

  it('narrows the people to an outcome, with its number', async () => {
    const page = await draw(report(anEndedRun(), { filter: 'failed', items: people(2, { outcome: 'failed' }) }))
    expect(page).to.match(/href="\/runs\/[\w-]+\?outcome=failed" aria-current="true">失敗（2件）/)
  })

  it('says how long the rest takes at the pace so far, and not where nobody can tell', () => {
    const startedAt = new Date('2026-01-31T15:00:00Z')
    const text = (changes: Partial<Run>, seconds: number) =>
      progressOf(
        aRun({ state: 'running', queuedAt: startedAt, startedAt, selectedCount: 40, ...changes }),
        peopleWords,
        new Date(startedAt.getTime() + seconds * 1000),
      ).text
    expect(text({ succeededCount: 10 }, 60)).to.equal('40名のうち10名の処理が終わりました。残り約3分です。')
    expect(text({ succeededCount: 30 }, 60)).to.include('残り1分未満です。')
    for (const [changes, seconds] of [
      [{ succeededCount: 0 }, 60],
      [{ succeededCount: 10 }, 3],
      [{ succeededCount: 10, waitingReason: '混み合っています。' }, 60],
      [{ succeededCount: 40 }, 60],
      [{ succeededCount: 10, state: 'aborted' as const }, 60],
    ] as const)
      expect(text(changes, seconds), JSON.stringify(changes)).not.to.include('残り')
  })

  it('counts reading until it is queued, then writing', () => {
    const now = new Date('2026-01-31T15:02:00Z')
    expect(progressOf(aRun({ state: 'fetching', fetched: 12, fetchTotal: 40 }), peopleWords, now)).to.deep.include({
      phase: 'fetching',
      done: 12,
      total: 40,
    })
    expect(
      progressOf(
        aRun({ state: 'fetching', fetched: 80, fetchTotal: 80, planned: 20, sourceListed: 40 }),
        peopleWords,
        now,
      ),
    ).to.deep.include({
      phase: 'planning',
      done: 20,
      total: 40,
      text: '40名のうち20名の差分を確認しました。',
    })
    expect(progressOf(anEndedRun(), peopleWords, now)).to.deep.include({
      done: 62,
      total: 62,
      ended: true,
      succeeded: 60,
      failed: 2,
    })
  })
})
