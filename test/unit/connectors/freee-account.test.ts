import { expect } from 'chai'
import { identifyAccount, normaliseAccountCode } from '../../../server/connectors/freee/account.js'
import type { TokenAnswer } from '../../../server/contract/contract.js'
import { Forbidden, VendorUnavailable } from '../../../server/errors.js'
import type { Http } from '../../../server/calls/call.js'

describe('freee: 事業所番号 as people type it', () => {
  for (const [typed, code] of [
    ['0123456789', '0123456789'],
    ['012-345-6789', '0123456789'],
    ['０１２３４５６７８９', '0123456789'],
    ['０１２－３４５－６７８９', '0123456789'],
    [' 012 345 6789\u3000', '0123456789'],
    ['01234567AF', '01234567af'],
    ['０１２３４５６７ａｆ', '01234567af'],
  ] as const) {
    it(`takes ${typed}`, () => expect(normaliseAccountCode(typed)).to.deep.equal({ ok: true, code }))
  }

  for (const typed of [
    '',
    ' ',
    '012345678',
    '01234567890',
    '01234567ag',
    '0123456789\0',
    '0123456789'.repeat(1000),
    '<script>alert(1)</script>',
    '０１２３４５６７８九',
  ]) {
    it(`refuses ${JSON.stringify(typed.slice(0, 30))} with a sentence`, () => {
      expect(normaliseAccountCode(typed)).to.have.property('ok', false)
      expect(normaliseAccountCode(typed))
        .to.have.property('error')
        .that.matches(/10桁の半角英数字/)
    })
  }
})

describe('freee: the company that consent was given for', () => {
  const midori = { id: 123, name: '株式会社みどり商会', role: 'company_admin', external_cid: '0123456789' }
  const letters = { id: 456, name: '別の会社', role: 'company_admin', external_cid: '01234567AF' }
  const answering = (...companies: object[]): Http => ({
    request: <T>() => Promise.resolve({ status: 200, headers: {}, body: { id: 1, companies } as T }),
  })
  const token = (raw: Record<string, unknown>): TokenAnswer => ({
    accessToken: 'a',
    refreshToken: 'r',
    expiresIn: 21_600,
    raw,
  })
  const refusal = async (http: Http, raw: Record<string, unknown>, code: string) => {
    const reason: unknown = await identifyAccount(http, token(raw), code).catch((error: unknown) => error)
    expect(reason).to.be.instanceOf(Forbidden)
    return (reason as Forbidden).message
  }

  it('is the one the token names, whether its id is a text or a number', async () => {
    const account = { id: '123', code: '0123456789', name: '株式会社みどり商会' }
    const http = answering(letters, midori)
    for (const id of ['123', 123]) {
      const raw = { company_id: id, external_cid: '0123456789' }
      expect(await identifyAccount(http, token(raw), '0123456789')).to.deep.equal(account)
    }
    expect(await identifyAccount(http, token({}), '0123456789')).to.deep.equal(account)
  })

  it('may have letters in its number, in either case', async () => {
    const account = await identifyAccount(answering(letters), token({ company_id: '456' }), '01234567af')

    expect(account).to.deep.equal({ id: '456', code: '01234567af', name: '別の会社' })
  })

  it('must be the one that was typed', async () => {
    const raw = { company_id: '456', external_cid: '01234567AF' }
    expect(await refusal(answering(midori, letters), raw, '0123456789')).to.include('一致しません')
  })

  it('must be among the companies of the person', async () => {
    expect(await refusal(answering(), { company_id: '9' }, '0123456789')).to.include('一致しません')
  })

  it('says so when freee answers something else', async () => {
    const http: Http = { request: <T>() => Promise.resolve({ status: 200, headers: {}, body: { id: 1 } as T }) }
    const reason: unknown = await identifyAccount(http, token({}), '0123456789').catch((error: unknown) => error)

    expect(reason).to.be.instanceOf(VendorUnavailable)
  })

  for (const role of ['self_only', 'attendance_manager', 'custom-1234', null]) {
    it(`must be connected by its administrator, not by ${role}`, async () => {
      const raw = { company_id: '123', external_cid: '0123456789' }
      expect(await refusal(answering({ ...midori, role }), raw, '0123456789')).to.include('管理者権限')
    })
  }
})
