import { expect } from 'chai'
import iconv from 'iconv-lite'
import type { Page } from 'playwright-core'
import { chromiumPath } from '../helpers/browser.js'
import { startJourney, type Journey } from '../helpers/journey.js'
import type { World } from '../helpers/world.js'

const file = (text: string) => ({
  name: '従業員一覧.csv',
  mimeType: 'text/csv',
  buffer: iconv.encode(text, 'cp932'),
})

for (const javaScriptEnabled of [true, false]) {
  describe(`CSVファイル: from a file to SmartHR ${javaScriptEnabled ? 'in a browser' : 'without JavaScript'}`, function () {
    this.timeout(120_000)
    let journey: Journey
    let world: World
    let page: Page

    before(async function () {
      if (!chromiumPath && !process.env.CI) return this.skip()
      journey = await startJourney({ name: `csv-${javaScriptEnabled ? 'script' : 'plain'}`, javaScriptEnabled })
      ;({ world, page } = journey)
      await world.control('PUT', '/limits', { service: 'smarthr', enabled: false })
      const crew = { emp_code: 'A1', last_name: '相沢', first_name: 'みお', email: 'old@midori.example' }
      await world.control('PUT', '/switches', { service: 'smarthr', crews: [crew] })
    })
    after(() => journey?.close())

    const look = (step: string) => journey.look(step)
    const until = (holds: () => Promise<boolean>) => journey.until(holds)
    const button = (label: string) => journey.button(label)
    const words = async () => (await page.textContent('main')) ?? ''

    it('is added from the store, and is given a name', async () => {
      await journey.install('csv')
      await look('dashboard-unconnected')
      await page
        .getByRole('main')
        .getByRole('link', { name: /^連携を始める/ })
        .first()
        .click()
      await look('connection')
      await button('登録').click()
      expect(await page.textContent('#source-error')).to.include('サービスの名前が入力されていません。')
      await page.fill('#source', 'マネーフォワード クラウド給与')
      await button('登録').click()
      await page.waitForURL('**/csv')

      expect(await words())
        .to.include('CSVファイル連携を登録しました')
        .and.include('マネーフォワード クラウド給与')
      await look('dashboard')
    })

    it('is chosen, after one that can not be read', async () => {
      await page.getByRole('link', { name: 'ファイルを選択' }).click()
      expect(await page.textContent('h1')).to.include('CSVファイルの選択')
      await look('upload')
      await button('次へ').click()
      expect(await page.textContent('#file-error')).to.include('CSVファイルが選択されていません。')
      await page.setInputFiles('#file', file('番号,姓,名\nA1,"相沢,みお'))
      await button('次へ').click()
      expect(await page.textContent('#file-error')).to.include('引用符（"）の位置が正しくないか')
      await look('upload-error')
      await page.setInputFiles(
        '#file',
        file(
          '番号,姓,名,メールアドレス,生年月日\nA1,相沢,みお,new@midori.example,\nA2,髙橋,一郎,,昭和64年1月7日\nA3,鈴木,次郎,,不明',
        ),
      )
      await button('次へ').click()
      await page.waitForURL('**/columns')

      expect(await words()).to.include('5列、3名の従業員を読み取りました。')
      await look('columns')
    })

    it('has its columns looked at', async () => {
      await button('次へ').click()
      expect(await page.textContent('#column-0-error')).to.include('社員番号の列が選択されていません。')
      await look('columns-error')
      await page.selectOption('#column-0', 'employee-number')
      await button('次へ').click()
      await until(() => Promise.resolve(page.url().endsWith('/select')))

      expect(await words()).to.include('old@midori.example')
      await page.getByRole('button', { name: /^対象外\d+名を表示$/ }).click()
      expect(await words())
        .to.include('old@midori.example')
        .and.include('4行目：「生年月日」を日付として読み取れません。')
      await look('select')
    })

    it('is confirmed, and followed to its report', async () => {
      await page.locator('button[value=select-page]').click()
      await button('確認').click()
      await page.waitForURL('**/confirm')
      await look('confirm')
      await page.locator('dialog').getByRole('button', { name: '同期', exact: true }).click()
      await page.waitForURL('**/csv')
      await page.getByRole('link', { name: '同期の実行状況を確認する' }).first().click()
      await page.waitForURL('**/runs/*')
      await until(async () => (await page.locator('#progress-title').count()) === 0)

      expect(await words())
        .to.include('成功')
        .and.not.include('再実行')
      await look('report')
      const written = (await world.calls('smarthr')).filter(
        ({ method, path }) => ['POST', 'PATCH'].includes(method) && path.includes('/crews'),
      )
      expect(written.map(({ method, body }) => [method, (body as { email?: string }).email])).to.have.deep.members([
        ['PATCH', 'new@midori.example'],
        ['POST', undefined],
      ])
    })
  })
}
