import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { chromiumPath } from '../helpers/browser.js'
import { startJourney, type Journey } from '../helpers/journey.js'
import { PASSWORD, type World } from '../helpers/world.js'

const EXPIRED = '連携の有効期限が切れています。再度連携設定を行なってください。'

for (const javaScriptEnabled of [true, false]) {
  describe(`ミキワメ: a link and its one-click runs ${javaScriptEnabled ? 'in a browser' : 'without JavaScript'}`, function () {
    this.timeout(120_000)
    let journey: Journey
    let world: World
    let page: Page

    before(async function () {
      if (!chromiumPath && !process.env.CI) return this.skip()
      journey = await startJourney({ name: 'mikiwame', javaScriptEnabled })
      ;({ world, page } = journey)
      await world.control('PUT', '/limits', { service: 'smarthr', enabled: false })
      await world.control('PUT', '/limits', { service: 'mikiwame', enabled: false })
      // The manual's second example: 人事部 is there under another code.
      await world.control('PUT', '/switches', {
        service: 'smarthr',
        departments: [
          { name: '営業部', code: 'A001' },
          { name: '開発部', code: 'A002' },
          { name: '人事部', code: 'A004' },
        ],
        crews: [
          { emp_code: '1', departments: ['A001'], email: '001@aaa.com', ...named('太郎', 'タロウ') },
          { emp_code: '2', email: '002@aaa.com', ...named('次郎', 'ジロウ') },
        ],
      })
      await world.control('PUT', '/switches', {
        service: 'mikiwame',
        departments: [{ name: '人事部', code: 'A003' }],
        employees: [],
      })
    })
    after(() => journey?.close())

    const named = (first: string, kana: string) => ({
      last_name: 'ミキワメ',
      first_name: first,
      last_name_yomi: 'ミキワメ',
      first_name_yomi: kana,
    })

    const look = (step: string) => journey.look(step)

    const button = (label: string) => journey.button(label)
    const words = async () => ((await page.textContent('main')) ?? '').replaceAll(/\s+/g, ' ')
    const dashboard = () => page.goto(`${world.appUrl}/mikiwame`)
    const settings = () => page.goto(`${world.appUrl}/mikiwame/connection`)

    /** The button here, the same button on the next page, and SmartHR's consent. */
    async function link(name: string) {
      await button(name).click()
      await page.waitForURL('**/connection/confirm')
      await look(`link-confirm-${name === '連携する' ? 'first' : 'again'}`)
      await button(name).click()
      await button('許可する').click()
      await page.waitForURL('**/mikiwame/connection')
    }

    const panel = (title: string) => page.locator('section.card', { has: page.getByRole('heading', { name: title }) })
    /** 一括操作 > 「SmartHRと同期」 */
    async function sync(title: string, section: string) {
      await dashboard()
      await panel(title).locator('summary', { hasText: section }).click()
      await panel(title).getByRole('button', { name: 'SmartHRと同期', exact: true }).click()
    }

    /** The newest line of 処理一覧 once it has ended. */
    async function ended(title: string) {
      await page.getByRole('link', { name: '同期の実行状況を確認する' }).first().click()
      await page.waitForURL('**/mikiwame/runs')
      const row = page.locator('tbody tr', { hasText: title }).first()
      for (const deadline = Date.now() + 40_000; Date.now() < deadline;) {
        if (!/待機中|処理中/.test((await row.locator('.st').textContent()) ?? '')) break
        await page.waitForTimeout(100)
        await page.reload()
      }
      return row
    }

    it('installs the app from the store and signs in', async () => {
      await page.goto(`${world.sandboxUrl}/smarthr/plus/apps/mikiwame`)
      await page.getByRole('link', { name: '連携をはじめる' }).click()
      await page.fill('#email', 'hanako@midori.example')
      await page.fill('#password', PASSWORD)
      await button('ログイン').click()
      await button('許可する').click()
      await page.waitForURL('**/mikiwame')

      expect(await page.textContent('h1')).to.equal('ミキワメ連携ダッシュボード')
      expect(await words()).to.include('SmartHRと連携していません。')
      expect(await button('SmartHRと同期').count()).to.equal(0)
      await look('dashboard-unlinked')
    })

    it('links in the settings, by 「連携する」 twice, for 90 days', async () => {
      await page
        .getByRole('main')
        .getByRole('link', { name: /^連携を始める/ })
        .first()
        .click()
      expect(await page.textContent('h1')).to.equal('外部ツールとの連携')
      await look('link-none')
      await link('連携する')

      expect(await words())
        .to.include('SmartHRとの連携設定が完了しました。')
        .and.include('連携中のアカウントURL')
      expect(await page.locator('.dl div', { hasText: '連携有効日数' }).locator('dd').textContent()).to.equal('90日')
      await look('link-active')
    })

    it('brings the departments with one click, and hands out what could not be brought', async () => {
      await dashboard()
      await panel('部署を管理する').locator('summary', { hasText: '一括操作' }).click()
      await look('dashboard-open')
      await sync('部署を管理する', '一括操作')
      await page.waitForURL('**/mikiwame')
      expect(await words()).to.include('同期処理を開始しました。')
      await look('dashboard-started')

      const row = await ended('部署情報の同期（SmartHR）')
      expect(await page.textContent('h1')).to.equal('処理一覧')
      expect(await row.textContent()).to.include('一部失敗')
      await look('runs')
      if (javaScriptEnabled) {
        const download = page.waitForEvent('download')
        await row.getByRole('link', { name: 'ダウンロード' }).click()
        const file = await download
        expect(file.suggestedFilename()).to.match(/^divisions_error_\d{14}\.csv$/)
        expect(readFileSync(await file.path(), 'utf8')).to.match(
          /^"A004","人事部",.*"部署名が重複しています（ミキワメに登録済みの部署コード: A003）。[^"]+"\r$/m,
        )
      }
      await row.getByRole('link', { name: '部署情報の同期（SmartHR）' }).first().click()
      expect(await words()).to.include('部署名が重複しています（ミキワメに登録済みの部署コード: A003）')
      await look('report')
    })

    if (!javaScriptEnabled) return

    it('brings the employees with one click', async () => {
      await sync('自社社員管理', '社員情報を一括操作')
      expect(await words()).to.include('同期処理を開始しました。')
      const row = await ended('社員情報の同期（SmartHR）')

      expect(await row.textContent())
        .to.include('成功')
        .and.match(/成功\W+2件/)
      expect(await row.getByRole('link', { name: 'ダウンロード' }).count()).to.equal(0)
      await dashboard()
      await look('dashboard')
    })

    it('links again at any time', async () => {
      await world.container.ownerPool.query(`update connections set valid_until = now() + interval '3 days'`)
      await dashboard()
      expect(await words()).to.include('有効期限まで、あと3日です。')
      await look('dashboard-soon')
      await settings()
      await link('再連携する')
      expect(await words())
        .to.include('SmartHRとの連携設定が完了しました。')
        .and.include('90日')
    })

    it('moves who starts after the end to the settings', async () => {
      await world.container.ownerPool.query(`update connections set valid_until = now() - interval '1 second'`)
      await dashboard()
      expect(await words()).to.include('有効期限切れ')
      await look('dashboard-expired')
      await sync('部署を管理する', '一括操作')
      await page.waitForURL('**/mikiwame/connection')

      expect(await words()).to.include(EXPIRED)
      await look('link-expired')
      await link('再連携する')
      expect(await words()).to.include('90日')
    })

    it('unlinks after the alert', async () => {
      await page.getByRole('link', { name: '連携を解除する' }).click()
      expect(await page.textContent('dialog')).to.include('SmartHRとの連携を解除します。よろしいですか？')
      await look('unlink')
      await button('OK').click()
      await page.waitForURL('**/mikiwame/connection')
      expect(await words())
        .to.include('SmartHRとの連携を解除しました。')
        .and.include('未連携')
      expect(await button('連携する').count()).to.equal(1)

      await dashboard()
      expect(await button('SmartHRと同期').count()).to.equal(0)
      await page.goto(`${world.appUrl}/mikiwame/runs`)
      expect(await words()).to.include('社員情報の同期（SmartHR）')
    })

    it('was never told off by the browser', () => {
      expect(journey.complaints).to.deep.equal([])
    })
  })
}
