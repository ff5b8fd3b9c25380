import { expect } from 'chai'
import { connectors } from '../../../server/connectors/registry.js'
import type { About } from '../../../server/contract/about.js'
import { checkableFlows } from '../../../server/contract/checkable.js'
import type { Check } from '../../../server/schedule/check.store.js'
import { autoOffMail, failingMail, newsMail, pausedMail } from '../../../server/schedule/check-mail.view.js'

const NOBODY: About = { supportUrl: null, supportMail: null, privacyUrl: null, termsUrl: null }
const URL = 'https://renkei.example/'

const check: Check = {
  id: 'check',
  scheduleId: 'schedule',
  runId: null,
  slotAt: null,
  begunAt: new Date(0),
  endedAt: null,
  state: 'done',
  new: 11,
  changed: 3,
  doomed: 0,
  same: 0,
  excluded: 0,
  fields: {},
  fingerprint: null,
  automatic: null,
  cause: null,
}

describe('The mails of 定期チェック', () => {
  it('say how many of those who differ fail as they are', () => {
    const [first] = flows
    if (!first) throw new Error('nothing can be checked')
    const text = (doomed: number) =>
      newsMail({ ...first, about: NOBODY, url: URL, check: { ...check, doomed }, mode: 'auto' }).text
    expect(text(5)).to.include('（新規11・更新3）。\nうち5件は、このままでは失敗します。')
    expect(text(14)).to.include('\nすべて、このままでは失敗します。')
    expect(text(0)).not.to.include('このままでは失敗します')
  })

  const flows = connectors.flatMap(connector => checkableFlows(connector).map(flow => ({ connector, flow })))

  for (const { connector, flow } of flows)
    for (const about of [NOBODY, { ...NOBODY, supportMail: 'ask@renkei.example' }])
      it(`say when to ask, and of nothing that failed that it did: ${connector.id} ${flow.id} ${about.supportMail ?? ''}`, () => {
        const subject = { about, connector, flow, url: URL }
        const unclear = [
          newsMail({ ...subject, check, mode: 'notify' }),
          pausedMail({ ...subject, why: 'owner-left' }),
          autoOffMail({ ...subject, why: 'failed' }),
        ]
        for (const { text } of unclear)
          expect(text)
            .to.match(/\nご不明な点がある場合は、.+お問い合わせ/)
            .and.not.include('再試行')
        expect(failingMail({ ...subject, check }).text)
          .to.match(/\n理由に対応しても解消しない場合は、.+お問い合わせ/)
          .and.not.include('再試行')
      })
})
