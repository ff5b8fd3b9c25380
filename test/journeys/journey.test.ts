import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { chromiumPath } from '../helpers/browser.js'
import { startJourney, type Journey } from '../helpers/journey.js'
import { PASSWORD, type World } from '../helpers/world.js'

for (const javaScriptEnabled of [true, false]) {
  describe(`an administrator's first hour ${javaScriptEnabled ? 'in a browser' : 'without JavaScript'}`, function () {
    this.timeout(120_000)
    let journey: Journey
    let world: World
    let page: Page

    before(async function () {
      if (!chromiumPath && !process.env.CI) return this.skip()
      journey = await startJourney({ name: 'freee', javaScriptEnabled })
      ;({ world, page } = journey)
      await world.control('PUT', '/limits', { service: 'smarthr', enabled: false })
    })
    after(() => journey?.close())

    const look = (step: string) => journey.look(step)

    const button = (label: string) => journey.button(label)

    it('installs the app from the store and signs in', async () => {
      await page.goto(`${world.sandboxUrl}/smarthr/plus/apps/freee`)
      await page.getByRole('link', { name: '連携をはじめる' }).click()
      await page.fill('#email', 'hanako@midori.example')
      await page.fill('#password', PASSWORD)
      await button('ログイン').click()
      await button('許可する').click()
      await page.waitForURL('**/freee')

      expect(await page.textContent('h1')).to.equal('freee人事労務連携ダッシュボード')
      expect(await page.textContent('main')).to.include('freee人事労務と連携していません。')
      await look('dashboard-unconnected')
      await page.goto(`${world.sandboxUrl}/smarthr/plus/apps/freee`)
      expect(await page.getByRole('link', { name: 'アプリを開く' }).count()).to.equal(1)
      await page.getByRole('link', { name: 'アプリを開く' }).click()
    })

    it('connects freee, after a mistake or two', async () => {
      await page
        .getByRole('link', { name: /^連携を始める/ })
        .first()
        .click()
      await button('連携開始').click()
      expect(await page.textContent('#accountCode-error')).to.include('事業所番号が入力されていません。')
      await look('connection-error')
      await page.fill('#accountCode', '０１２-345-6789')
      await button('連携開始').click()
      await page.fill('input[type=email], input[name=email]', 'owner@freee.example')
      await page.fill('input[type=password]', PASSWORD)
      await page.getByRole('button').first().click()
      if (!(await button('許可する').count())) await page.getByRole('button').last().click()
      await button('許可する').click()
      await page.waitForURL('**/connection/confirm')
      await look('connection-confirm')
      await button('連携する').click()
      expect(await page.textContent('main')).to.include('注意事項を確認して、チェックを入れてください。')
      await page.check('#account')
      await page.check('#notes')
      await button('連携する').click()
      await page.waitForURL('**/freee')

      expect(await page.textContent('main')).to.include('freee人事労務連携に成功しました')
      await look('dashboard-connected')
    })

    it('has to save the export settings before the first sync to freee', async () => {
      expect(await page.textContent('main')).to.include('先にエクスポート設定を保存してください')
      await page.getByRole('link', { name: 'エクスポート設定' }).first().click()
      await button('保存').click()
      expect(await page.textContent('main')).to.include('基本給が入力されていません。')
      await look('settings-errors')
      await page.fill('#working_hours_system_name', '固定時間')
      await page.fill('#company_reference_date_rule_name', '正社員')
      await page.selectOption('#pay_calc_type', { label: '月給' })
      await page.fill('#pay_amount', '220,000')
      await button('保存').click()
      expect(await page.textContent('main')).to.include('freee人事労務エクスポート設定を更新しました')
    })

    const sync = async (panel: string, name: string) => {
      await page.goto(`${world.appUrl}/freee`)
      await page.locator('section.card', { hasText: panel }).getByRole('link', { name: '同期を開始' }).click()
      await look(`date-${name}`)
      await button('次へ').click()
      await leave('/fetch')
      expect(await page.textContent('h1')).to.equal('従業員の選択')
      await look(`select-${name}`)
      await button('確認').click()
      expect(await page.textContent('main')).to.include('従業員が選択されていません。')
      await page.locator('button[value=select-all], button[value=select-page]').last().click()
      expect(await page.textContent('[data-count]')).to.match(/\d+名の従業員が選択されています。/)
      // No button takes those who will fail.
      for (const box of await page.locator('tr:has(.problem) input[name=id]').all()) await box.check()
      await button('確認').click()
      await page.waitForURL('**/confirm')
      expect(await page.textContent('dialog h2')).to.equal('従業員を同期しますか？')
      await look(`confirm-${name}`)
      // A big first run is asked about: the number stands in the dialog's own sentence.
      const count = page.locator('#guard_count')
      if ((await count.count()) > 0)
        await count.fill(/([\d,]+)名/.exec((await page.textContent('#dialog-text')) ?? '')?.[1] ?? '')
      await page.locator('dialog').getByRole('button', { name: '同期', exact: true }).click()
      await page.waitForURL('**/freee')
      expect(await page.textContent('main')).to.include('従業員情報同期開始')
      await page.getByRole('link', { name: '同期の実行状況を確認する' }).first().click()
      await page.waitForURL('**/runs/*')
      for (const deadline = Date.now() + 40_000; Date.now() < deadline;) {
        if (!(await page.locator('#progress-title').count())) break
        await page.waitForTimeout(javaScriptEnabled ? 200 : 100)
        if (!javaScriptEnabled) await page.reload()
      }
      await look(`report-${name}`)
      return page.url()
    }

    /** Waits until the page has moved on; by itself with JavaScript, by reloading without. */
    const leave = async (ending: string) => {
      for (const deadline = Date.now() + 20_000; page.url().endsWith(ending) && Date.now() < deadline;) {
        await page.waitForTimeout(100)
        if (!javaScriptEnabled) await page.reload()
      }
    }

    it('brings people from SmartHR to freee', async () => {
      await sync('SmartHRからfreee人事労務へ', 'from-smarthr')

      const report = (await page.textContent('main')) ?? ''
      expect(report).to.include('一部失敗').and.include('入社日を入力してください')
      await page.goto(`${world.appUrl}/freee`)
      expect(await page.textContent('main')).to.include('従業員情報同期終了')
    })

    it('brings people from freee to SmartHR', async () => {
      await sync('freee人事労務からSmartHRへ', 'to-smarthr')

      const report = (await page.textContent('main')) ?? ''
      expect(report).to.include('成功')
      expect(await page.locator('#failed').count()).to.equal(0)
      await page.goto(`${world.appUrl}/freee/runs`)
      await look('runs')
    })

    it('finds the mail, and through its link the report, after signing in again', async () => {
      await journey.context.clearCookies({ domain: 'localhost' })
      await page.goto(`${world.sandboxUrl}/inbox`)
      await page
        .getByRole('link', { name: 'SmartHRからfreee人事労務へ従業員情報を同期しました｜株式会社みどり商会' })
        .click()
      expect(await page.textContent('pre')).to.include('失敗理由: ')
      await page.locator('pre a[href*="/runs/"]').click()
      await page.fill('#email', 'hanako@midori.example')
      await page.fill('#password', PASSWORD)
      await button('ログイン').click()
      await button('許可する').click()
      await page.waitForURL('**/runs/*')

      expect(await page.textContent('main')).to.include('失敗した従業員')
    })

    it('disconnects', async () => {
      await page.goto(`${world.appUrl}/freee/connection`)
      await look('connection')
      await page.getByRole('link', { name: '連携を解除' }).click()
      await look('disconnect')
      await button('解除').click()
      expect(await page.textContent('dialog')).to.include('チェックを入れてください')
      await page.check('#sure')
      await button('解除').click()
      await page.waitForURL('**/freee')

      expect(await page.textContent('main')).to.include('freee人事労務連携を解除しました')
    })

    it('was never told off by the browser', () => {
      expect(journey.complaints).to.deep.equal([])
    })
  })
}
