import { expect } from 'chai'
import { useWorld } from '../helpers/world.js'
import { JIRO, rule, send, TO_SMARTHR } from './asking.js'

const RULES = '/freee/settings/approval'
const FIELD = `mode-${TO_SMARTHR}`

describe('承認: the limits that 大きな変更だけ承認 stands on', () => {
  const world = useWorld({ limitsOff: ['smarthr', 'freee'] })

  const limit = async () =>
    (
      await world.container.ownerPool.query<{ people: number }>(
        `select (limits ->> 'updatesPeople')::integer as people from guard_limits`,
      )
    ).rows[0]?.people

  /** Two administrators, a rule, and a limit of 10; the first looks at the limits. */
  const at = async (mode: string) => {
    const hanako = await world.connected()
    const jiro = await world.signedIn(JIRO)
    await rule(world, 'freee', mode)
    await hanako.get('/limits')
    await hanako.press('保存', { updatesPeople: '10' })
    expect(await limit()).to.equal(10)
    return { hanako, jiro }
  }

  it('are loosened by nobody while a flow has it; what was typed stays, and the page says the way out', async () => {
    const { hanako } = await at('dangerous')
    const answer = await hanako.press('保存', { updatesPeople: '15', newPeople: '5' })

    expect(answer.status).to.equal(422)
    expect(answer.html).to.match(/name="updatesPeople" type="text" value="15"/)
    expect(answer.text)
      .to.include('更新する人数は、現在の基準（10名）より大きくできません。')
      .and.include('先に［承認］で「常に承認」にするか、承認を弱めてください。')
    expect(answer.text).to.not.include('新しく登録する人数は、現在の基準')
    expect(answer.html).to.include(`href="${RULES}"`)
    expect(await limit()).to.equal(10)
    const { rows } = await world.container.ownerPool.query<{ limits: object }>('select limits from guard_limits')
    expect(rows[0]?.limits).to.include({ newPeople: 20 })
  })

  it('are tightened freely, and saved as they are', async () => {
    const { hanako } = await at('dangerous')
    await hanako.press('保存', {})
    expect(hanako.page().text).to.include('基準を保存しました')
    await hanako.press('保存', { updatesPeople: '9' })
    expect(await limit()).to.equal(9)
  })

  it('are not loosened by a page drawn before somebody else tightened them', async () => {
    const { hanako, jiro } = await at('dangerous')
    await jiro.get('/limits')
    await hanako.press('保存', { updatesPeople: '5' })

    expect((await jiro.press('保存', { samePeople: '10' })).status).to.equal(422)
    expect(await limit()).to.equal(5)
  })

  it('are not loosened while 大きな変更だけ承認 waits to hold', async () => {
    const { hanako } = await at('always')
    await hanako.get(RULES)
    await hanako.press('保存', { [FIELD]: 'dangerous' })
    await hanako.get('/limits')
    expect(hanako.page().text).to.include('（変更を依頼中）')
    expect((await hanako.press('保存', { updatesPeople: '15' })).status).to.equal(422)
    // The way out of one that waits.
    await hanako.get(RULES)
    await hanako.press('変更を取り下げる')
    await hanako.get('/limits')
    await hanako.press('保存', { updatesPeople: '15' })
    expect(await limit()).to.equal(15)
  })

  it('are loosened once every flow is 常に承認; then 大きな変更だけ承認 takes a second administrator or a day', async () => {
    const { hanako } = await at('dangerous')
    await hanako.get(RULES)
    await hanako.press('保存', { [FIELD]: 'always', 'mode-employees-from-smarthr': 'always' })
    await hanako.get('/limits')
    await hanako.press('保存', { updatesPeople: '15' })
    expect(await limit()).to.equal(15)
    await hanako.get(RULES)
    await hanako.press('保存', { [FIELD]: 'dangerous' })
    expect(hanako.page().text).to.include('ほかの管理者が同意するか、24時間が過ぎると適用されます')
  })

  it('are loosened once 承認なし holds, not while it waits', async () => {
    const { hanako } = await at('dangerous')
    await hanako.get(RULES)
    await hanako.press('保存', { [FIELD]: 'off', 'mode-employees-from-smarthr': 'off' })
    const form = { ...(await presets()), updatesPeople: '15' }
    expect((await send(hanako, '/limits', form)).status).to.equal(422)
    await world.container.ownerPool.query(
      `update approval_rules set next_at = next_at - interval '24 hours', next_from = next_from - interval '24 hours'`,
    )
    await send(hanako, '/limits', form)
    expect(await limit()).to.equal(15)
  })

  it('of a company whose flows have another rule are as free as before, whatever other companies have', async () => {
    await at('dangerous')
    const other = await world.signedIn('taro@aozora.example', '/limits')
    await other.press('保存', { updatesPeople: '5' })
    await other.press('保存', { updatesPeople: '15' })
    expect(other.page().text).to.include('基準を保存しました').and.not.include('「大きな変更だけ承認」が設定')
  })

  it('are told on the page of the rules, too', async () => {
    const { jiro } = await at('dangerous')
    expect((await jiro.get(RULES)).text).to.include('［大きな変更の確認］の基準は、小さくすることだけができます')
  })

  const presets = async () =>
    (await world.container.ownerPool.query<{ limits: Record<string, string> }>('select limits from guard_limits'))
      .rows[0]?.limits ?? {}
})
