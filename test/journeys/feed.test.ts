import { expect } from 'chai'
import { chromiumPath } from '../helpers/browser.js'
import { startJourney, type Journey } from '../helpers/journey.js'
import { eventually } from '../helpers/waiting.js'
import { PASSWORD } from '../helpers/world.js'

const KEY = '3f2b8c1e-7d44-4a5b-9c0e-2a6d8e1f0b37'
const PRODUCT = 'マネーフォワード クラウド給与'

for (const javaScriptEnabled of [true, false]) {
  describe(`what Money Forward fetches, ${javaScriptEnabled ? 'in a browser' : 'without JavaScript'}`, function () {
    this.timeout(120_000)
    let journey: Journey
    let token = ''
    before(async function () {
      if (!chromiumPath && !process.env.CI) return this.skip()
      journey = await startJourney({ name: 'feed', javaScriptEnabled, world: { at: '2026-11-26T01:00:00Z' } })
      await journey.world.control('PUT', '/limits', { service: 'smarthr', enabled: false })
      await journey.world.control('PUT', '/limits', { service: 'money-forward', enabled: false })
      if (javaScriptEnabled) await journey.context.grantPermissions(['clipboard-read', 'clipboard-write'])
    })
    after(() => journey?.close())

    const admin = (path: string) => `${journey.world.sandboxUrl}/money-forward/admin/${path}`
    const dashboard = () => journey.page.goto(`${journey.world.appUrl}/money-forward`)

    it('needs an access token, which is shown once', async () => {
      const { page, button, look, words, install } = journey
      await install('money-forward')
      await page
        .getByRole('link', { name: /連携を始める/ })
        .first()
        .click()
      await page.fill('#apiKey', KEY)
      await button('登録').click()
      await page.waitForURL('**/money-forward')
      await look('dashboard')
      await page.locator('section', { hasText: '従業員情報を公開する' }).getByRole('link').first().click()
      expect(await words()).to.include('アクセストークン')

      await page.goto(`${journey.world.appUrl}/money-forward/access-tokens`)
      await page.getByRole('link', { name: /新規発行/ }).click()
      await button('登録').click()
      expect(await words()).to.include('アクセストークン名が入力されていません。')
      await look('token-error')
      await page.fill('#name', PRODUCT)
      await button('登録').click()
      token = await page.inputValue('#issued')
      expect(token).to.match(/^rk_[\w-]{43}$/)
      await look('token-shown')
      if (javaScriptEnabled) {
        await button('コピー').click()
        await page.getByText('コピーしました。').waitFor()
        expect(await page.evaluate('navigator.clipboard.readText()')).to.equal(token)
      }

      await page.getByRole('link', { name: /一覧へ/ }).click()
      expect(await page.content()).not.to.include(token)
      await look('tokens')
    })

    it('publishes employees, and Money Forward shows them on its own page', async () => {
      const { page, button, look, until, words } = journey
      await dashboard()
      await page.locator('section', { hasText: '従業員情報を公開する' }).getByRole('link').first().click()
      await button('次へ').click()
      await until(() => Promise.resolve(page.url().includes('/select')))
      await look('select')
      await page
        .getByRole('button', { name: /すべてを選択/ })
        .first()
        .click()
      await button('確認').click()
      expect(await page.textContent('dialog h2')).to.equal('従業員情報を公開しますか？')
      await look('confirm')
      await page.locator('dialog').getByRole('button', { name: '公開', exact: true }).click()
      expect(await words()).to.include('従業員情報を公開しました。')
      await page
        .getByRole('link', { name: /公開の状況を確認する/ })
        .first()
        .click()
      expect(await words())
        .to.include('公開中')
        .and.include('まだ取得されていません。')
      await look('report-published')
      const report = page.url()

      await page.goto(admin('login'))
      await page.fill('#email', 'owner@money-forward.example')
      await page.fill('#password', PASSWORD)
      await button('ログインする').click()
      await page.getByRole('link', { name: '連携設定' }).click()
      await page.fill('#subdomain', 'midori-shokai')
      await page.fill('#access_token', token)
      await button('登録する').click()
      expect(await words()).to.include('SmartHRとの連携を更新しました')
      await page.getByRole('link', { name: '従業員情報' }).click()
      await page.getByRole('link', { name: /SmartHRから従業員データを取り込む/ }).click()
      await button('取り込む').click()
      expect(await words()).to.match(/追加 \d\d件、更新 0件、対象外 0件、エラー 0件/)
      await page
        .getByText(/^001001 /)
        .first()
        .click()
      const shown = (await words()).replace(/\s+/g, ' ')
      expect(shown).to.include('妻（女）').and.include('1980').and.include('正社員')

      await page.goto(report)
      await until(async () => (await words()).includes('従業員ごとの結果') && !(await words()).includes('公開を中止'))
      expect(await words())
        .to.include('成功')
        .and.include(PRODUCT)
      await look('report-ended')
    })

    it('publishes 年末調整結果 without those who are 対象外, and Money Forward shows them', async () => {
      const { page, button, look, until, words, world } = journey
      await dashboard()
      await page.locator('section', { hasText: '年末調整結果を公開する' }).getByRole('link').first().click()
      await page.selectOption('#referenceDate', '2026')
      await button('次へ').click()
      await until(() => Promise.resolve(page.url().includes('/select')))
      for (const reason of ['対象外(紙による提出)', '乙欄対象外候補']) expect(await words()).to.include(reason)
      await look('year-end-select')
      await page
        .getByRole('button', { name: /すべてを選択/ })
        .first()
        .click()
      await button('確認').click()
      await page.locator('dialog').getByRole('button', { name: '公開', exact: true }).click()

      await page.goto(admin('year-end'))
      await page.fill('#year', '2026')
      await button('取り込む').click()
      const page1 = (await words()).replace(/\s+/g, ' ')
      expect(page1).to.match(/追加 \d\d件、更新 0件、対象外 \d件、エラー 0件/)
      expect(page1).to.include('2800000').and.not.include('8500000')
      const mail = await eventually('the mail', async () =>
        (await world.mails()).find(received => received.subject.startsWith('年末調整結果の公開')),
      )
      expect(mail.subject).to.equal('年末調整結果の公開が終了しました｜株式会社みどり商会')
    })

    it('ends with the token: revoked, it opens nothing', async () => {
      const { page, button, look, words } = journey
      await page.goto(`${journey.world.appUrl}/money-forward/access-tokens`)
      await page.getByRole('link', { name: /無効にする/ }).click()
      await look('token-revoke')
      await page.locator('dialog').getByRole('button', { name: '無効にする' }).click()
      expect(await words()).to.include('無効')
      await page.goto(admin('employees/import'))
      await button('取り込む').click()
      expect(await words()).to.include('リソースへのアクセスが禁止されています')
    })

    it('left the browser nothing to complain of', () => {
      expect(journey.complaints).to.deep.equal([])
    })
  })
}
