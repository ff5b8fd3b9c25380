import type { Category } from '../../server/contract/categories.js'
import { homePage, type ServiceCard } from '../../server/dashboard/home.routes.js'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import request from 'supertest'
import { projectRoot } from '../../server/platform/root.js'
import { withoutBreaks } from '../helpers/visitor.js'
import { createGallery, gallery } from './gallery.js'
import { attribute, ids, tags, words } from './markup.js'
import { connector, EVIL, linked } from './samples.js'

const app = createGallery()
const html = async (name: string) => withoutBreaks((await request(app).get(`/${name}`).expect(200)).text)

describe('Every page, in every state', () => {
  /** Looks at all of them; a complaint names the page. */
  const each = async (look: (page: string, name: string) => void) => {
    for (const name of Object.keys(gallery)) look(await html(name), name)
  }

  it('is looked at here, whichever template draws it', () => {
    const drawn = new Set(Object.values(gallery).map(({ view }) => view))
    const templates = readdirSync(join(projectRoot, 'views', 'pages'), { recursive: true })
      .map(String)
      .filter(name => name.endsWith('.ejs'))
    expect(templates).to.have.length.greaterThan(40)
    for (const name of templates) expect(drawn, name).to.include(`pages/${name.replace('.ejs', '')}`)
  })

  it('has one primary button at most beside those in panels that unfold, and red ones in a question alone', () =>
    each((page, name) => {
      const open = page.replaceAll(
        /<div class="dd-panel[\s\S]*?<\/form>|<div class="dd-panel by-two[\s\S]*?適用<\/button>/g,
        '',
      )
      const classes = tags(open, 'button')
        .concat(tags(open, 'a'))
        .map(tag => attribute(tag, 'class') ?? '')
      const count = (look: string) => classes.filter(all => all.split(' ').includes(look)).length
      expect(count('primary') + count('danger'), name).to.be.at.most(1)
      if (count('danger') > 0) expect(page, name).to.match(/<dialog|すべて削除する/)
    }))

  it('has no text in a field but what was typed: what a field is for stands beside it', () =>
    each((page, name) => {
      expect(page, name).not.to.match(/\splaceholder=/)
    }))

  it('holds no script or style of its own, which the browser would refuse', () =>
    each((page, name) => {
      const own = page.replaceAll(/<script type="module" src="\/assets\/js\/[\w-]+\.js\?v=\w+"><\/script>/g, '')
      expect(own, name).not.to.match(/<script|<style|\sstyle=|<[^>]+\son\w+=/i)
    }))

  it('shows what people typed as text, never as markup', () =>
    each((page, name) => {
      expect(page, name).not.to.include(EVIL).and.not.to.include("&'<b>")
    }))

  it('has one heading of the first level, and a title that names page and app', () =>
    each((page, name) => {
      expect(tags(page, 'h1'), name).to.have.length(1)
      expect(/<title>(.+)<\/title>/.exec(page)?.[1], name).to.match(
        /^(エラー：)?[^｜]+｜(Renkei|freee人事労務連携|勤革時連携|PCAクラウド給与連携|マネーフォワード クラウド給与連携|ミキワメ連携|CSVファイル連携)$/,
      )
      expect(page, name).to.include('<html lang="ja">')
    }))

  it('says below its heading what it is for', () =>
    each((page, name) => {
      // A bar says it of a token that is shown once, and a progress of what is being fetched.
      if (/class="error-page"|<dialog/.test(page) || /^(token-shown|fetch)/.test(name)) return
      const main = page.slice(page.indexOf('<main'))
      expect(main.search(/class="lead[ "]/), name).to.be.greaterThan(main.indexOf('<h1'))
    }))

  it('shows no value that is missing', () =>
    each((page, name) => {
      expect(words(page), name).not.to.match(/undefined|\bnull\b|NaN|\[object|Invalid Date/)
    }))

  it("protects every form that changes something with the session's token", () =>
    each((page, name) => {
      for (const form of page.match(/<form\b[^>]*method="post"[\s\S]*?<\/form>/g) ?? []) {
        expect(form, name).to.match(/<input type="hidden" name="_csrf" value="[\w-]{20,}">/)
      }
    }))

  it('names every thing once, and points only to things that are there', () =>
    each((page, name) => {
      const all = ids(page)
      expect(all, name).to.deep.equal([...new Set(all)])
      for (const tag of page.match(/<[^>]+>/g) ?? []) {
        for (const relation of ['for', 'aria-labelledby', 'aria-describedby', 'form']) {
          for (const id of attribute(tag, relation)?.split(' ') ?? []) expect(all, `${name}: ${tag}`).to.include(id)
        }
      }
      for (const [, id] of page.matchAll(/href="#([^"]+)"/g)) expect(all, name).to.include(id)
    }))

  it('starts no session for a visitor who only looks', async () => {
    for (const name of ['home', 'sign-in-denied', 'not-admin', 'signed-out']) {
      const answer = await request(app).get(`/${name}`)
      expect(answer.headers['set-cookie'], name).to.equal(undefined)
    }
  })

  it('offers help in the same place, signed in or not', async () => {
    for (const name of ['home', 'dashboard', 'error-404', 'select', 'sign-in-denied']) {
      expect(/<header[\s\S]*?<\/header>/.exec(await html(name))?.[0], name).to.match(
        /<a href="\/help[^"]*"[^>]*>ヘルプ</,
      )
    }
  })

  it('has assets whose address changes with their content', async () => {
    for (const [, url] of (await html('home')).matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)) {
      expect(url).to.match(/\?v=[0-9a-f]{12}$/)
      await request(app)
        .get(url ?? '')
        .expect(200)
    }
  })

  it('loads at most 40 kB of styles and 15 kB of script', async () => {
    const home = await html('home')
    const sizeOf = async (pattern: RegExp) => {
      const files = await Promise.all([...home.matchAll(pattern)].map(([, url]) => request(app).get(url ?? '')))
      return files.reduce((sum, file) => sum + file.text.length, 0)
    }
    expect(await sizeOf(/<link rel="stylesheet" href="([^"]+)"/g)).to.be.within(10_000, 40_000)
    expect(await sizeOf(/<script type="module" src="([^"]+)"/g)).to.be.within(3_000, 15_000)
  })
})

describe('The front page', () => {
  it('offers to begin when nothing is connected, to open the app when it is', async () => {
    expect(words(await html('home')))
      .to.include('freee人事労務連携')
      .and.include('連携をはじめる')
    expect(words(await html('home-connected'))).to.include('アプリを開く')
  })

  it('lists services by what they are for, all alike, and says nothing of connections to who is not signed in', async () => {
    const service = (id: string, category: Category): ServiceCard => ({
      id,
      category,
      name: id,
      summary: '',
      status: null,
      href: `/${id}`,
      button: '連携をはじめる',
    })
    const page = homePage([service('a', 'attendance'), service('b', 'payroll'), service('c', 'payroll')])
    expect(page.groups.map(({ title, services }) => [title, services.map(({ id }) => id)])).to.deep.equal([
      ['給与', ['b', 'c']],
      ['勤怠', ['a']],
    ])
    for (const name of ['home', 'home-connected']) expect(await html(name)).not.to.include('btn primary')
    expect(words(await html('home')))
      .to.include('給与 freee人事労務連携')
      .and.not.include('未連携')
  })
})

describe('A sign-in that failed', () => {
  it('says which of four things happened, and what to do', async () => {
    const reasons = { denied: '許可されませんでした', stale: '有効期限が切れた', unavailable: '接続できませんでした' }
    for (const [reason, text] of Object.entries(reasons)) {
      expect(words(await html(`sign-in-${reason}`)))
        .to.include(text)
        .and.include('再度連携する')
    }
  })

  it('leads back to the page asked for once the session has ended', async () => {
    expect(await html('signed-out')).to.match(/href="\/auth\/smarthr\?returnTo=%2Fruns%2F[\w-]+"/)
  })
})

describe('The connection pages', () => {
  it('ask for the number with help, example and the mistake at the field and in the summary', async () => {
    const page = await html('connection-new-error')
    expect(words(page)).to.include('入力例：012-345-6789').and.include('入力内容に不備があります。')
    expect(page).to.match(
      /<input id="accountCode"[^>]*aria-describedby="[^"]*accountCode-error"[^>]*aria-invalid="true"/,
    )
    expect(page).to.include('<a href="#accountCode">')
    for (const typed of [page, await html('connection-new-form-errors')])
      expect(typed).to.match(/<div class="buttons"><span class="err">/)
    expect(page).to.include('<span class="st st-required">必須</span>')
    expect(page).to.include('<title>エラー：')
  })

  it('keep what was typed and ticked after a mistake', async () => {
    expect(await html('connection-new-error')).to.include(
      'value="&lt;script&gt;alert(&#34;1&#34;)&lt;/script&gt;&amp;&#39;&lt;b&gt;"',
    )
    const confirm = await html('connection-confirm-errors')
    expect(confirm)
      .to.match(/id="account"[^>]*checked/)
      .and.not.match(/id="notes"[^>]*checked/)
  })

  it('show every note before connecting and before disconnecting', async () => {
    const { confirmNotes, disconnectNotes } = connector.auth.texts
    for (const note of confirmNotes ?? []) expect(words(await html('connection-confirm'))).to.include(note)
    for (const note of disconnectNotes) expect(words(await html('disconnect'))).to.include(note)
  })

  it('start a disconnection at キャンセル, and colour only 解除 as dangerous', async () => {
    const page = await html('disconnect')
    expect(page).to.match(/<a class="btn" data-cancel autofocus[^>]*>キャンセル/)
    expect(page.match(/class="danger"/g)).to.have.length(1)
  })

  it('say when a connection has to be renewed', async () => {
    expect(words(await html('connection'))).to.include('連携中')
    expect(words(await html('connection-broken'))).to.include('再連携が必要')
  })
})

describe('The links', () => {
  it('offer to make a lost item again only where it is lost, with a tick', async () => {
    const gone = await html('link-item-gone')

    expect(gone).to.include('カスタム項目を作り直す</button>').and.include('name="sure"')
    expect(gone).to.include('action="/mikiwame/connection/custom-item"')
    expect(await html('link-active')).not.to.include('作り直す</button>')
    expect(await html('link-item-untouched')).to.include('aria-describedby="sure-error"')
  })

  it('say on the dashboard what must stay, what to do about a mistake and whom to ask', async () => {
    const page = await html('dashboard-link')

    expect(page)
      .to.include('カスタム項目「ミキワメ連携」を削除しないでください')
      .and.include('誤って社員を同期したとき')
      .and.include('https://mikiwame-client.zendesk.com/')
    expect(await html('dashboard')).not.to.include('誤って社員を同期したとき')
  })

  it('offer to link, to link again and to unlink as their state allows', async () => {
    const buttons = async (name: string) => {
      const page = await html(name)
      return ['連携する', '再連携する', '連携を解除する'].filter(label => page.includes(`>${label}</`))
    }

    expect(await buttons('link-none')).to.deep.equal(['連携する'])
    expect(await buttons('link-active')).to.deep.equal(['再連携する', '連携を解除する'])
    expect(await buttons('link-expired')).to.deep.equal(['再連携する'])
  })

  it('say once that the time is over, also to who was moved there', async () => {
    for (const name of ['link-expired', 'link-expired-moved']) {
      expect(words(await html(name)).match(/連携の有効期限が切れています。/g), name).to.have.length(1)
    }
  })

  it('start an unlinking at キャンセル, and colour only OK as dangerous', async () => {
    const page = await html('unlink')
    expect(page).to.match(/<a class="btn" data-cancel autofocus[^>]*>キャンセル/)
    expect(page.match(/class="danger"[^>]*>OK/g)).to.have.length(1)
    for (const note of linked.auth.texts.disconnectNotes) expect(words(page)).to.include(note)
  })
})

describe('The one-click runs', () => {
  it('are offered while the link stands, also after its end, and not without one', async () => {
    for (const name of ['dashboard-link', 'dashboard-link-soon', 'dashboard-link-expired']) {
      expect((await html(name)).match(/>SmartHRと同期<\/button>/g), name).to.have.length(2)
    }
    expect(await html('dashboard-unlinked')).not.to.include('SmartHRと同期</button>')
  })

  it('have an error file where something failed', async () => {
    expect((await html('runs-error-files')).match(/>ダウンロード</g)).to.have.length(4)
    expect(await html('runs')).not.to.include('エラーファイル')
  })
})

describe('The settings', () => {
  it('save radio buttons, too, by a button of the page', async () => {
    expect(await html('settings-radio'))
      .to.match(/<input type="radio"/)
      .and.match(/<button type="submit"[^>]*>保存/)
    for (const name of ['settings-radio', 'settings']) expect(await html(name)).not.to.include('data-saves')
  })

  it('show every field with its label, and the mistakes beside the button too', async () => {
    const page = await html('settings-errors')
    for (const field of connector.settings?.fields ?? []) expect(page).to.include(`<label for="${field.name}">`)
    expect(words(page).match(/基本給が入力されていません。/g)).to.have.length(2)
    expect(words(page).match(/入力内容に不備があります。/g)).to.have.length(2)
  })
})
