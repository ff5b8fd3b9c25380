import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { aCrew, anEmployee, NOON, staff } from '../helpers/attendance.js'
import { chromiumPath } from '../helpers/browser.js'
import { startJourney, type Journey } from '../helpers/journey.js'
import { PASSWORD, type World } from '../helpers/world.js'

/** New, changed and equal people in both directions; one of them with a long name, one with a business name. */
const crews = [
  aCrew('00101', { last_name: '新姓' }),
  aCrew('00102'),
  aCrew('00103'),
  aCrew('00104', { last_name: '長谷川原田山本佐藤鈴木', first_name: '寿限無寿限無五劫の擦り切れ' }),
  aCrew('00105', { email: 'yui.kuroda-watanabe@long-subdomain.midori.example' }),
  aCrew('00106', { business_last_name: '黒田', business_last_name_yomi: 'クロダ' }),
]
const employees = [
  anEmployee('00101'),
  anEmployee('00102'),
  anEmployee('00103', { emailAddresses: ['mio@midori.example'] }),
  anEmployee('00106'),
  anEmployee('A0007'),
]

const journeys = [
  { brand: 'kinkakuji', name: '勤革時', by: 'consent', javaScriptEnabled: true },
  { brand: 'king-of-time', name: 'KING OF TIME', by: 'token', javaScriptEnabled: false },
] as const

for (const { brand, name, by, javaScriptEnabled } of journeys) {
  const how = `by ${by}, ${javaScriptEnabled ? 'in a browser' : 'without JavaScript'}`
  describe(`an administrator's first hour with ${name}, ${how}`, function () {
    this.timeout(180_000)
    let journey: Journey
    let world: World
    let page: Page
    const reports = new Map<string, string>()

    before(async function () {
      if (!chromiumPath && !process.env.CI) return this.skip()
      journey = await startJourney({ name: 'attendance', javaScriptEnabled, world: { at: NOON } })
      ;({ world, page } = journey)
      await world.control('PUT', '/limits', { service: 'smarthr', enabled: false })
      await staff(world, brand, employees, crews)
    })
    after(() => journey?.close())

    const look = (step: string) => journey.look(step)

    const button = (label: string) => journey.button(label)
    const main = async () => (await page.textContent('main')) ?? ''

    /** Signs in with SmartHR, from its login page to the page that was asked for. */
    const signIn = async () => {
      await page.fill('#email', 'hanako@midori.example')
      await page.fill('#password', PASSWORD)
      await button('ログイン').click()
      await button('許可する').click()
    }

    /** Waits until the page says so; by itself with JavaScript, by reloading without. */
    const until = (holds: () => Promise<boolean>) => journey.until(() => holds().catch(() => false))

    it('installs the app from the store and signs in', async () => {
      await page.goto(`${world.sandboxUrl}/smarthr/plus/apps/${brand}`)
      await page.getByRole('link', { name: '連携をはじめる' }).click()
      await signIn()
      await page.waitForURL(`**/${brand}`)

      expect(await page.textContent('h1')).to.equal(`${name}連携ダッシュボード`)
      expect(await main()).to.include(`${name}と連携していません。`)
      await look('dashboard-unconnected')
    })

    it(`connects ${name}, after a mistake`, async () => {
      await page.getByRole('link', { name: '連携を始める' }).first().click()
      expect(await button('連携を開始').count()).to.equal(1)
      await look('connection-new')
      await button('登録する').click()
      expect(await page.textContent('#accessToken-error')).to.include('アクセストークンが入力されていません。')
      await look('connection-error')
      if (by === 'consent') {
        await button('連携を開始').click()
        await page.fill('#login_id', 'admin')
        await page.fill('#password', PASSWORD)
        await page.check('input[name=agree]')
        await button('承諾する').click()
      } else {
        await page.fill('#accessToken', `renkei-demo-${brand}`)
        await button('登録する').click()
      }
      await page.waitForURL(`**/${brand}`)

      expect(await main())
        .to.include(`${name}との連携を開始しました`)
        .and.include('株式会社みどり商会')
      await look('dashboard-connected')
      await page.goto(`${world.appUrl}/${brand}/connection`)
      await look('connection')
    })

    it('chooses which name is sent', async () => {
      await page.goto(`${world.appUrl}/${brand}/settings`)
      await look('settings')
      const business = page.getByLabel('従業員氏名をビジネスネームで連携する')
      await business.check()
      await button('保存').click()
      await until(async () => (await main()).includes('設定を保存しました'))

      await page.goto(`${world.appUrl}/${brand}/settings`)
      expect(await business.isChecked()).to.equal(true)
    })

    const sync = async (panel: string, picture: string, choices: Record<string, string>) => {
      await page.goto(`${world.appUrl}/${brand}`)
      await page.locator('section.card', { hasText: panel }).getByRole('link', { name: '次へ >', exact: true }).click()
      expect(await page.textContent('h1')).to.equal('従業員情報取得基準日')
      expect(await page.inputValue('#referenceDate')).to.equal('2026-11-20')
      await page.fill('#referenceDate', '2020-01-01')
      await button('次へ').click()
      expect(await page.textContent('#referenceDate-error')).to.include('3年前から1年後までの日付')
      await look(`date-${picture}`)
      await page.fill('#referenceDate', '2026-11-20')
      await button('次へ').click()
      await page.waitForURL(/\/runs\/[0-9a-f-]{36}$/)
      const report = page.url()
      reports.set(panel, report)
      await until(async () => (await page.locator('main .st').first().textContent()) === '同期待ち')
      expect(await main()).to.match(/新規登録 \d+名[\s\S]*差分あり \d+名/)
      await look(`ready-${picture}`)

      await page.getByRole('link', { name: '同期を開始→' }).click()
      expect(await page.textContent('h1')).to.equal('従業員の選択')
      expect(await page.locator('[data-all]').isVisible()).to.equal(javaScriptEnabled)
      await button('同期を開始').click()
      expect(await main()).to.include('従業員が選択されていません。')
      expect(new Set(await page.locator('tbody .st').allTextContents())).to.have.all.keys('新規登録', '差分あり')
      await page.locator('button[value=select-all], button[value=select-page]').last().click()
      expect(await page.textContent('[data-count]')).to.match(/\d+名の従業員が選択されています。/)
      await look(`select-${picture}`)

      await button('同期を開始').click()
      expect(await page.textContent('h1')).to.equal('新規登録の設定')
      await button('確認').click()
      expect(await main()).to.include('所属事業所が選択されていません。')
      await look(`options-${picture}`)
      for (const [label, choice] of Object.entries(choices))
        await page.getByLabel(label).selectOption({ label: choice })
      await button('確認').click()
      await page.waitForURL('**/confirm')
      expect(await page.textContent('dialog h2')).to.equal('従業員を同期しますか？')
      for (const choice of Object.values(choices)) expect(await page.textContent('dialog')).to.include(choice)
      await look(`confirm-${picture}`)

      await page.locator('dialog').getByRole('button', { name: '同期', exact: true }).click()
      await page.waitForURL(`**/${brand}`)
      expect(await main())
        .to.include('最近の連携レポート')
        .and.include(panel)
      await page.goto(report)
      await until(async () => (await page.locator('#progress-title').count()) === 0)
      await look(`report-${picture}`)
      for (const choice of Object.values(choices)) expect(await main()).to.include(choice)
    }

    it(`brings people from SmartHR to ${name}`, async () => {
      await sync(`SmartHR→${name}`, 'from-smarthr', { 所属事業所: '3000 倉庫', 雇用区分: '2 パート' })

      expect(await page.locator('main .st').first().textContent()).to.equal('成功')
      expect(await main()).to.include('従業員氏名をビジネスネームで連携する')
    })

    it(`brings people from ${name} to SmartHR`, async () => {
      await sync(`${name}→SmartHR`, 'to-smarthr', { 所属事業所: '本社' })

      expect(await page.locator('main .st').first().textContent()).to.equal('成功')
      await page.goto(`${world.appUrl}/${brand}`)
      expect(await page.locator('tbody .st').allTextContents()).to.deep.equal(['成功', '成功'])
      await look('dashboard-reports')
      await page.goto(`${world.appUrl}/${brand}/runs`)
      await look('runs')
    })

    it('finds the mails, and through a link the report, after signing in again', async () => {
      await journey.context.clearCookies({ domain: 'localhost' })
      await page.goto(`${world.sandboxUrl}/inbox`)
      const subject = `SmartHRから${name}へ従業員情報を同期しました｜株式会社みどり商会`
      await page.getByRole('link', { name: subject }).click()
      await page.locator('pre a[href*="/runs/"]').click()
      await signIn()
      await page.waitForURL('**/runs/*')

      expect(page.url()).to.equal(reports.get(`SmartHR→${name}`))
      expect(await main()).to.include('従業員ごとの結果')
    })

    it('disconnects', async () => {
      await page.goto(`${world.appUrl}/${brand}/connection`)
      await page.getByRole('link', { name: '連携を解除' }).click()
      await look('disconnect')
      await page.check('#sure')
      await button('解除').click()
      await page.waitForURL(`**/${brand}`)

      expect(await main()).to.include(`${name}との連携を解除しました`)
    })

    it('was never told off by the browser', () => {
      expect(journey.complaints).to.deep.equal([])
    })
  })
}
