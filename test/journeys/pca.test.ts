import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { chromiumPath } from '../helpers/browser.js'
import { startJourney, type Journey } from '../helpers/journey.js'
import { eventually } from '../helpers/waiting.js'
import { PASSWORD, type World } from '../helpers/world.js'

interface Walk {
  connector: string
  product: string
  from: string
  to: string
  javaScriptEnabled: boolean
  /** what is typed wrong the first time, and where the page says so */
  mistake: { field: string; typed: string; place: string; sentence: string }
  /** the people looked for by the filter */
  wanted: string
  /** what the report says of them in the end */
  outcome: string
}

const walks: readonly Walk[] = [
  {
    connector: 'pca',
    product: 'PCAクラウド給与',
    from: 'PCAクラウド給与',
    to: 'SmartHR',
    javaScriptEnabled: true,
    mistake: {
      field: 'serviceId',
      typed: '',
      place: '#serviceId-error',
      sentence: 'PCAサービスIDが入力されていません。',
    },
    wanted: '差分あり',
    outcome: '成功',
  },
  {
    connector: 'pca-hyper',
    product: 'PCAクラウド給与hyper',
    from: 'SmartHR',
    to: 'PCAクラウド給与hyper',
    javaScriptEnabled: false,
    mistake: {
      field: 'servicePassword',
      typed: 'renkei',
      place: '[role=alert]',
      sentence: 'PCAへの接続に失敗しました。入力したIDとパスワードを確認してください。',
    },
    wanted: '新規登録',
    outcome: '一部失敗',
  },
]

for (const { connector, product, from, to, javaScriptEnabled, mistake, wanted, outcome } of walks) {
  describe(`${product}: from ${from} to ${to} ${javaScriptEnabled ? 'in a browser' : 'without JavaScript'}`, function () {
    this.timeout(120_000)
    let journey: Journey
    let world: World
    let page: Page

    before(async function () {
      if (!chromiumPath && !process.env.CI) return this.skip()
      journey = await startJourney({ name: connector, javaScriptEnabled })
      ;({ world, page } = journey)
      await world.control('PUT', '/limits', { service: 'smarthr', enabled: false })
      await world.control('PUT', '/limits', { service: 'pca', enabled: false })
    })
    after(() => journey?.close())

    const look = (step: string) => journey.look(step)

    const until = (holds: () => Promise<boolean>) => journey.until(holds)

    const button = (label: string) => journey.button(label)
    const words = async () => (await page.textContent('main')) ?? ''
    const signIn = async () => {
      await page.fill('#email', 'hanako@midori.example')
      await page.fill('#password', PASSWORD)
      await button('ログイン').click()
      await button('許可する').click()
    }
    /** 変更差分 of the people on the page */
    const classes = async () => [
      ...new Set((await page.locator('tbody tr td .st').allTextContents()).map(text => text.trim())),
    ]

    it('installs the app from the store and signs in', async () => {
      await page.goto(`${world.sandboxUrl}/smarthr/plus/apps/${connector}`)
      await page.getByRole('link', { name: '連携をはじめる' }).click()
      await signIn()
      await page.waitForURL(`**/${connector}`)

      expect(await page.textContent('h1')).to.equal(`${product}連携ダッシュボード`)
      expect(await words()).to.include(`${product}と連携していません。`)
      await look('dashboard-unconnected')
    })

    it('connects, after a mistake, and never sees the passwords again', async () => {
      await page
        .getByRole('main')
        .getByRole('link', { name: /^連携を始める/ })
        .first()
        .click()
      expect(await page.textContent('h1')).to.equal('PCA連携設定')
      await look('connection')
      const right = {
        serviceId: '12345678',
        servicePassword: PASSWORD,
        userName: 'user01',
        password: PASSWORD,
      }
      for (const [field, value] of Object.entries({ ...right, [mistake.field]: mistake.typed })) {
        await page.fill(`#${field}`, value)
      }
      await button('連携開始').click()
      expect(await page.locator(mistake.place).first().textContent()).to.include(mistake.sentence)
      expect(await page.inputValue('#userName')).to.equal('user01')
      expect(await page.inputValue('#password')).to.equal('')
      await look('connection-error')

      await page.fill('#serviceId', right.serviceId)
      await page.fill('#servicePassword', right.servicePassword)
      await page.fill('#password', right.password)
      await button('連携開始').click()
      await page.waitForURL(`**/${connector}`)

      expect(await words())
        .to.include(`${product}連携に成功しました`)
        .and.include('12345678')
      await look('dashboard')
    })

    it('chooses the data area', async () => {
      await page
        .locator('section.card', { hasText: `${from}から${to}へ` })
        .getByRole('button', { name: '同期を開始>' })
        .click()
      await page.waitForURL('**/area')
      expect(await page.textContent('h1')).to.equal('データ領域の選択')
      await look('area')
      await button('次へ').click()
      expect(await page.textContent('#area-error')).to.include('データ領域が選択されていません。')
      await look('area-error')

      const first = page.locator('label.panel').first()
      expect(await first.textContent())
        .to.include('001：株式会社みどり商会')
        .and.include('2026/01/01〜2026/12/31')
      await first.click()
      await button('次へ').click()
      await until(() => Promise.resolve(page.url().endsWith('/select')))

      expect(await page.textContent('h1')).to.equal('従業員の選択')
      await look('select')
    })

    it('filters, and chooses whom to sync', async () => {
      await button('確認').click()
      expect(await words()).to.include('従業員が選択されていません。')
      expect(await classes()).to.have.members(['新規登録', '差分あり'])
      await page.getByRole('button', { name: /^差分なし\d+名を表示$/ }).click()
      expect(await classes()).to.have.members(['新規登録', '差分あり', '差分なし'])

      await page.locator('details.dd summary').first().click()
      for (const name of ['新規登録', '差分あり', '差分なし'])
        await page.getByRole('checkbox', { name, exact: true }).setChecked(name === wanted)
      await button('適用').click()
      expect(await words()).to.include(`適用中：${wanted}`)
      expect(await classes()).to.deep.equal([wanted])
      await page.locator('button[value=select-page]').click()
      expect(await page.textContent('[data-count]')).to.match(/\d+名の従業員が選択されています。/)
      // No button takes those who will fail.
      for (const box of await page.locator('tr:has(.problem) input[name=id]').all()) await box.check()
      await look('select-filtered')
    })

    it('confirms, and follows the sync to its report', async () => {
      await button('確認').click()
      await page.waitForURL('**/confirm')
      expect(await page.textContent('dialog h2')).to.equal('従業員を同期しますか？')
      expect(await page.textContent('dialog')).to.include('001：株式会社みどり商会')
      expect(await page.textContent('dialog')).to.match(
        wanted === '新規登録' ? /新規 [1-9]\d*名[\s\S]*更新 0名/ : /新規 0名[\s\S]*更新 [1-9]\d*名/,
      )
      await look('confirm')
      await page.locator('dialog').getByRole('button', { name: '同期', exact: true }).click()
      await page.waitForURL(`**/${connector}`)
      expect(await words()).to.include('従業員情報同期開始')

      await page.getByRole('link', { name: '同期の実行状況を確認する' }).first().click()
      await page.waitForURL('**/runs/*')
      await until(async () => (await page.locator('#progress-title').count()) === 0)
      expect(await words())
        .to.include(outcome)
        .and.include('001：株式会社みどり商会')
      expect(await page.locator('#failed').count()).to.equal(outcome === '成功' ? 0 : 1)
      await look('report')
      await page.goto(`${world.appUrl}/${connector}`)
      expect(await words()).to.include('従業員情報同期終了')
      await look('dashboard-history')
    })

    it('left nobody logged in at PCA', async () => {
      await eventually('the log-out', async () => {
        const { sessions } = (await world.control('GET', '/state?service=pca')) as { sessions: unknown[] }
        return sessions.length === 0
      })
    })

    it('finds the mail, and through its link the report, after signing in again', async () => {
      await journey.context.clearCookies({ domain: 'localhost' })
      await page.goto(`${world.sandboxUrl}/inbox`)
      await page.getByRole('link', { name: `${from}から${to}へ従業員情報を同期しました｜株式会社みどり商会` }).click()
      await page.locator('pre a[href*="/runs/"]').click()
      await signIn()
      await page.waitForURL('**/runs/*')

      expect(await words())
        .to.include(`${from}から${to}へ`)
        .and.include(outcome)
    })

    it('was never told off by the browser', () => {
      expect(journey.complaints).to.deep.equal([])
    })
  })
}
