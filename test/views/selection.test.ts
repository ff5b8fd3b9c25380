import { expect } from 'chai'
import { smarthrLimits } from '../../server/smarthr/limits.js'
import { mappingOf } from '../../server/contract/contract.js'
import { parseSelection } from '../../server/wizard/select.form.js'
import { expectedMs } from '../../server/wizard/estimate.js'
import { changeListOf, withinPage } from '../../server/runs/change-list.js'
import { personRow } from '../../server/wizard/person.view.js'
import { confirm, select } from './pictures.runs.js'
import { attribute, tags, words } from './markup.js'
import { aRun, anItem, connector, people, RUN_ID, toService } from './samples.js'

import { draw, named, sent } from './drawing.js'

const values = (page: string, name: string) =>
  tags(page, 'input')
    .filter(tag => attribute(tag, 'name') === name)
    .map(tag => attribute(tag, 'value'))

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
