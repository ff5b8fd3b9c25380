import { expect } from 'chai'
import { NOON } from '../helpers/attendance.js'
import { makeScope, smarthrOf } from '../helpers/scopes.js'
import type { Fields, Visitor } from '../helpers/visitor.js'
import { useWorld, type World } from '../helpers/world.js'
import { gallery } from '../views/gallery.js'
import { named } from '../views/drawing.js'

const JIRO = 'jiro@midori.example'
const CHANGED = 'この画面を開いた後に、別の画面で設定が変更されたため、保存していません。'

interface Form {
  connector?: string
  /** where the form stands; it may have to be made first */
  page(world: World, visitor: Visitor): Promise<string>
  /** what the other one saves, and what is changed on the page that was opened before */
  theirs(visitor: Visitor): Fields
  ours(visitor: Visitor): Fields
  /** what is stored, in which both stand at the end */
  stored: string
}

const at = (url: string) => () => Promise.resolve(url)
const field = (visitor: Visitor, pattern: RegExp, nth = 0): string =>
  [...visitor.page().html.matchAll(pattern)][nth]?.[1] ?? ''

const exclusion = (row: number, number: string, reason: string): Fields => ({
  [`number-${String(row)}`]: number,
  [`reason-${String(row)}`]: reason,
})

const forms: Readonly<Record<string, Form>> = {
  大きな変更の確認: {
    page: at('/limits'),
    theirs: () => ({ updatesPeople: '1' }),
    ours: () => ({ blankPeople: '2' }),
    stored: 'select * from guard_limits',
  },
  結果メール: {
    page: at('/freee/mail-recipients'),
    theirs: visitor => ({ [field(visitor, /name="(to-[^"]+)"/g)]: 'failures' }),
    ours: () => ({ starter: 'failures' }),
    stored: 'select * from mail_recipients',
  },
  エクスポート設定: {
    page: at('/freee/settings'),
    theirs: visitor => ({ [field(visitor, /<input id="([^"]+)"/g)]: '一' }),
    ours: visitor => ({ [field(visitor, /<input id="([^"]+)"/g, 1)]: '二' }),
    stored: 'select * from connection_settings',
  },
  項目の設定: {
    page: at('/freee/settings/fields'),
    theirs: () => ({ 'way-phone': 'none' }),
    ours: () => ({ 'way-spouse': 'none' }),
    stored: 'select * from field_rules',
  },
  対象範囲: {
    page: async (world, visitor) => {
      const id = await makeScope(world, visitor, { name: '本社', status: 'employed' })
      return `/freee/settings/scopes/${id}`
    },
    theirs: () => ({ name: '東京本社' }),
    ours: () => ({ status: ['employed', 'absent'] }),
    stored: 'select * from scopes',
  },
  対応表: {
    connector: 'kinkakuji',
    page: at('/kinkakuji/settings/values'),
    theirs: visitor => ({
      use: 'new',
      [field(visitor, /<select id="(to-[^"]+)"/g)]: field(visitor, /<option value="([^"]+)"/g),
    }),
    ours: visitor => ({
      use: 'new',
      [field(visitor, /<select id="(to-[^"]+)"/g, 1)]: field(visitor, /<option value="([^"]+)"/g),
    }),
    stored: 'select * from value_tables',
  },
}

describe('A page that was opened before somebody else saved', () => {
  const world = useWorld({ worker: false, at: NOON, limitsOff: ['smarthr', 'freee', 'kinkakuji'] })
  const stored = async (sql: string) => JSON.stringify((await world.container.ownerPool.query(sql)).rows)

  for (const [name, form] of Object.entries(forms))
    it(`${name}: takes nothing back: it comes again as it is saved, with what was changed on it`, async () => {
      const hanako = await world.connected(form.connector)
      const jiro = await world.signedIn(JIRO)
      const page = await form.page(world, hanako)
      await hanako.get(page)
      await jiro.get(page)
      const [theirs, ours] = [form.theirs(jiro), form.ours(hanako)]
      await jiro.press('保存', theirs)
      expect(jiro.page().status, 'the first one is saved').to.equal(200)
      const before = await stored(form.stored)
      await hanako.press('保存', ours)

      expect(hanako.page().status).to.equal(422)
      expect(hanako.page().text).to.include(CHANGED)
      expect(await stored(form.stored), 'nothing is stored').to.equal(before)
      // What both have changed stands in the form, and is saved by the second press.
      await hanako.press('保存')
      expect(hanako.page().status).to.equal(200)
      expect(await stored(form.stored)).to.not.equal(before)
      await jiro.get(page)
      await hanako.get(page)
      for (const [field, value] of [...Object.entries(theirs), ...Object.entries(ours)])
        for (const one of [value].flat()) expect(filledIn(hanako.page().html, field), field).to.include(one)
    })

  it('pressed twice, and sent by the release before, a form is saved as ever', async () => {
    const hanako = await world.connected()
    await hanako.get('/limits')
    const twin = hanako.twin()
    for (const visitor of [hanako, twin]) {
      await visitor.press('保存', { updatesPeople: '1' })
      expect(visitor.page().status).to.equal(200)
    }
    await twin.get('/limits')
    const csrf = /name="_csrf" value="([^"]+)"/.exec(twin.page().html)?.[1] ?? ''
    const limits = [...twin.page().html.matchAll(/<input[^>]*id="([^"]+)"[^>]*value="(\d+)"/g)]
    const fields = Object.fromEntries(limits.map(([, id = '', value = '']) => [id, value]))
    await twin.post('/limits', { ...fields, _csrf: csrf, updatesPeople: '2' })
    expect(twin.page().status).to.equal(200)
  })

  it('exclusions of a 対象範囲 are told apart by whom they name, and not by their row', async () => {
    const hanako = await world.connected()
    const crews = await (await smarthrOf(world)).crews()
    const codes = crews.flatMap(({ emp_code: code }) => (code === null ? [] : [code]))
    const numbers = codes.filter(code => codes.indexOf(code) === codes.lastIndexOf(code)).slice(0, 2)
    const id = await makeScope(world, hanako, { name: '本社', status: 'employed' })
    const jiro = await world.signedIn(JIRO)
    const page = `/freee/settings/scopes/${id}`
    await hanako.get(page)
    await jiro.get(page)
    await jiro.press('保存', exclusion(0, numbers[0] ?? '', '休職中'))
    expect(jiro.page().text).to.include('対象範囲を保存しました')
    await hanako.press('保存', exclusion(0, numbers[1] ?? '', '出向中'))
    expect(hanako.page().status).to.equal(422)
    for (const text of ['休職中', '出向中', ...numbers]) expect(hanako.page().html).to.include(`value="${text}"`)
  })

  it('of a 対象範囲 that somebody has deleted keeps what was typed, as a new one', async () => {
    const hanako = await world.connected()
    const id = await makeScope(world, hanako, { name: '本社', status: 'employed' })
    await hanako.get(`/freee/settings/scopes/${id}`)
    const jiro = await world.signedIn(JIRO, `/freee/settings/scopes/${id}/delete`)
    await jiro.press('削除')
    await hanako.press('保存', { name: '東京本社', status: ['absent'] })
    expect(hanako.page().status).to.equal(404)
    expect(hanako.page().text).to.include('この対象範囲は、別の画面で削除されたため、保存していません')
    await hanako.press('保存')
    expect(hanako.page().text).to.include('対象範囲を保存しました').and.include('東京本社')
  })

  it('of a 対応表 fills no row that somebody else has filled since', async () => {
    const hanako = await world.connected('kinkakuji')
    const jiro = await world.signedIn(JIRO)
    const page = '/kinkakuji/settings/values'
    await hanako.get(page)
    await jiro.get(page)
    const row = field(jiro, /<select id="(to-[^"]+)"/g)
    await jiro.press('保存', { use: 'new', [row]: field(jiro, /<option value="([^"]+)"/g) })
    const theirs = filledIn((await jiro.get(page)).html, row)
    await hanako.press('同じ名前で埋める')
    expect(hanako.page().status).to.equal(422)
    expect(filledIn(hanako.page().html, row)).to.deep.equal(theirs)
    await hanako.press('同じ名前で埋める')
    expect(hanako.page().status).to.equal(200)
    expect(filledIn(hanako.page().html, row)).to.deep.equal(theirs)
  })

  it('no form of settings that somebody else can save is without what it has shown', async () => {
    const without: string[] = []
    for (const name of Object.keys(gallery)) {
      for (const [form] of (await named(name)).matchAll(/<form\b[^>]*method="post"[\s\S]*?<\/form>/g))
        if (/<button[^>]*>保存<\/button>/.test(form) && !/name="shown[^"]*"/.test(form)) without.push(name)
    }
    // One question with one answer, which is chosen anew each time.
    expect(without).to.deep.equal(['key-comparison'])
  })
})

/** What a form's field holds: of boxes and buttons what is ticked. */
function filledIn(html: string, name: string): string[] {
  const options = new RegExp(`<select[^>]*name="${name}"[^>]*>([\\s\\S]*?)</select>`).exec(html)?.[1] ?? ''
  const inputs = [...html.matchAll(/<input\b[^>]*>/g)].map(([tag]) => tag).filter(tag => tag.includes(`name="${name}"`))
  return [
    ...[...options.matchAll(/<option value="([^"]*)" selected/g)].map(([, value = '']) => value),
    ...inputs.flatMap(tag =>
      /type="(checkbox|radio)"/.test(tag) && !tag.includes('checked') ? [] : [/value="([^"]*)"/.exec(tag)?.[1] ?? ''],
    ),
  ]
}
