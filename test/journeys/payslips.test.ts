import { expect } from 'chai'
import { chromiumPath } from '../helpers/browser.js'
import { startJourney, type Journey } from '../helpers/journey.js'
import { eventually } from '../helpers/waiting.js'
import { PASSWORD } from '../helpers/world.js'

const KEY = '3f2b8c1e-7d44-4a5b-9c0e-2a6d8e1f0b37'

for (const javaScriptEnabled of [true, false]) {
  describe(`payslips ${javaScriptEnabled ? 'in a browser' : 'without JavaScript'}`, function () {
    this.timeout(120_000)
    let journey: Journey
    before(async function () {
      if (!chromiumPath && !process.env.CI) return this.skip()
      journey = await startJourney({
        name: 'payslips',
        javaScriptEnabled,
        world: { at: '2026-11-26T01:00:00Z' },
      })
      await journey.world.control('PUT', '/limits', { service: 'smarthr', enabled: false })
      await journey.world.control('PUT', '/limits', { service: 'money-forward', enabled: false })
    })
    after(() => journey?.close())

    /** SmartHR's page of the payroll, where the administrator confirms and publishes it. */
    const confirmInSmarthr = async () => {
      const { page, button, until, words } = journey
      await until(async () => (await words()).includes('SmartHRの給与明細を開く'))
      const href = await page.getByRole('link', { name: /SmartHRの給与明細を開く/ }).getAttribute('href')
      await page.goto(href ?? '')
      if (await page.locator('#password').count()) {
        await page.fill('#email', 'hanako@midori.example')
        await page.fill('#password', PASSWORD)
        await button('ログイン').click()
      }
      expect(await words()).to.include('未確定')
      await button('給与明細を確定').click()
      expect(await words()).to.include('確定済み')
    }

    it('takes マネーフォワード クラウド給与 payslips after the API KEY and the items are registered', async () => {
      const { page, button, look, until, words, install } = journey
      await install('money-forward')
      await look('mf-dashboard-unconnected')
      await page
        .getByRole('link', { name: /連携を始める/ })
        .first()
        .click()
      await button('登録').click()
      expect(await words()).to.include('API KEYが入力されていません。')
      await look('mf-key-error')
      await page.fill('#apiKey', KEY)
      await button('登録').click()
      await page.waitForURL('**/money-forward')
      await look('mf-dashboard')

      await page.getByRole('button', { name: '取り込みを開始' }).click()
      await look('mf-runs')
      await page.getByRole('link', { name: '賞与', exact: true }).click()
      expect(await words()).to.include('2026年7月10日支給')
      await page.getByRole('link', { name: '給与', exact: true }).click()
      await page.getByLabel(/2026年11月25日支給/).check()
      await button('取り込む').click()
      await until(() => Promise.resolve(page.url().endsWith('/items')))
      await look('mf-items')
      await page.getByLabel('社宅費を従業員に表示する').uncheck()
      await button('登録').click()
      await until(() => Promise.resolve(page.url().endsWith('/confirm')))
      await look('mf-confirm')
      await page.fill('#name_for_admin', '')
      await button('登録').click()
      expect(await words()).to.include('給与明細の名前（管理者向け）が入力されていません。')
      await look('mf-confirm-error')
      await page.fill('#name_for_admin', '11月給与')
      await button('登録').click()
      await page.getByRole('link', { name: '取り込みの実行状況を確認する' }).first().click()
      await until(async () => (await words()).includes('取り込まなかった従業員（2名）'))
      await look('mf-report')
      await confirmInSmarthr()
      expect(await words())
        .to.include('11月給与')
        .and.not.include('社宅費')
    })

    it('takes freee 給与明細 of one group, after two groups were refused', async () => {
      const { page, button, look, until, words, world } = journey
      await page.goto(`${world.appUrl}/freee/connection`)
      await page.fill('#accountCode', '0123456789')
      await button('連携開始').click()
      await page.fill('input[type=email], input[name=email]', 'owner@freee.example')
      await page.fill('input[type=password]', PASSWORD)
      await button('ログイン').click()
      if (await button('次へ').count()) await button('次へ').click()
      await button('許可する').click()
      for (const box of await page.getByRole('checkbox').all()) await box.check()
      await button('連携する').click()
      await page.waitForURL('**/freee')
      await look('freee-dashboard')

      await page.locator('section', { hasText: '従業員の給与明細を取り込む' }).getByRole('link').click()
      await look('freee-month')
      await page.selectOption('#referenceDate', '2026-10')
      await button('次へ').click()
      await until(() => Promise.resolve(page.url().includes('/select')))
      await page
        .getByRole('button', { name: /すべてを選択/ })
        .first()
        .click()
      await button('確認').click()
      expect(await words())
        .to.include('支給日（')
        .and.include('が異なる従業員は、一緒に取り込めません。')
      await look('freee-select-refused')
      await button('選択解除').click()
      await page.fill('#q', '2026/10/15')
      await button('検索').click()
      await page
        .getByRole('button', { name: /すべてを選択/ })
        .first()
        .click()
      await button('確認').click()
      expect(await page.textContent('dialog h2')).to.equal('従業員の給与明細を取り込みますか？')
      await look('freee-confirm')
      await button('取り込み').click()
      expect(await words()).to.include('SmartHRへ選択した従業員の給与明細同期を開始しました')
      await until(async () => (await words()).includes('給与明細同期終了') || (await page.reload(), false))
      await page.getByRole('link', { name: /給与明細同期終了/ }).click()
      await look('freee-report')
      await confirmInSmarthr()
    })

    it('takes freee 賞与明細 with the period that was typed', async () => {
      const { page, button, look, until, words, world } = journey
      await page.goto(`${world.appUrl}/freee`)
      await page.locator('section', { hasText: '従業員の賞与明細を取り込む' }).getByRole('link').click()
      await page.fill('#from', '2026-06-30')
      await page.fill('#to', '2026-01-01')
      await button('次へ').click()
      expect(await words()).to.include('賞与対象締日は、賞与対象開始日以降の日付を指定してください。')
      await look('freee-period-error')
      await page.fill('#from', '2026-01-01')
      await page.fill('#to', '2026-06-30')
      await button('次へ').click()
      await page.selectOption('#referenceDate', '2026-07')
      await button('次へ').click()
      await until(() => Promise.resolve(page.url().includes('/select')))
      await page.fill('#q', '001002')
      await button('検索').click()
      await page
        .getByRole('button', { name: /すべてを選択/ })
        .first()
        .click()
      await button('確認').click()
      expect(await words())
        .to.include('2026/01/01〜2026/06/30')
        .and.include('従業員の賞与明細を取り込みますか？')
      await look('freee-bonus-confirm')
      await button('取り込み').click()
      const mail = await eventually('the mail', async () =>
        (await world.mails()).find(received => received.subject.includes('賞与明細')),
      )
      expect(mail.subject).to.equal('freee人事労務からSmartHRへ賞与明細を取り込みました｜株式会社みどり商会')
    })

    it('left the browser nothing to complain of', () => {
      expect(journey.complaints).to.deep.equal([])
    })
  })
}
