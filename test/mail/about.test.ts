import { expect } from 'chai'
import { deleteCrew, mailOf, toDialog } from '../helpers/payslips.js'
import { reportOf } from '../helpers/waiting.js'
import { useWorld } from '../helpers/world.js'

const SET = {
  SUPPORT_URL: 'https://help.example/renkei',
  SUPPORT_MAIL: 'help@renkei.example',
  PRIVACY_URL: 'https://help.example/privacy',
  TERMS_URL: 'https://help.example/terms',
}
const END = `
お問い合わせ: https://help.example/renkei
メールでのお問い合わせ: help@renkei.example
プライバシーポリシー: https://help.example/privacy
利用規約: https://help.example/terms`

describe('Whom to ask, as the operator has set it', () => {
  const world = useWorld({ environment: SET })

  it('is told in the mail about a failure in place of the service’s address, and at its end', async () => {
    const visitor = await world.connected()
    const runId = await toDialog(visitor, '2026-10', ['001002'])
    await deleteCrew(world, '001002')
    await visitor.press('取り込み')
    await reportOf(visitor, runId)
    const { text } = await mailOf(world, runId)

    expect(text)
      .to.include(
        'お問い合わせ窓口（ https://help.example/renkei または help@renkei.example ）にお問い合わせください。',
      )
      .and.not.include('freee.smarthr.plus')
    expect(text.trimEnd().endsWith(END), text).to.equal(true)
  })

  it('is told at the end of a mail that is about no run', async () => {
    await world.signedIn()
    const [company] = (await world.container.ownerPool.query<{ id: string }>('select id from tenants')).rows
    await world.container.companyEnd.ask(company?.id ?? '')
    await world.container.companyEnd.end(company?.id ?? '')
    const [mail] = (await world.mails()).filter(({ subject }) => subject === '企業データを削除しました')

    expect(mail?.text.replaceAll('\r\n', '\n').trimEnd().endsWith(END), mail?.text).to.equal(true)
  })
})
