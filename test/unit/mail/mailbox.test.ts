import { expect } from 'chai'
import { readUser } from '../../../server/install/smarthr-account.js'
import { mailbox } from '../../../server/platform/mailbox.js'

describe("an administrator's address", () => {
  const vectors: [given: string, sentTo: string | null][] = [
    ['hanako@midori.example', 'hanako@midori.example'],
    [' hanako@midori.example ', 'hanako@midori.example'],
    ['a..b@docomo.ne.jp', '"a..b"@docomo.ne.jp'],
    ['taro.@docomo.ne.jp', '"taro."@docomo.ne.jp'],
    ['.taro@docomo.ne.jp', '".taro"@docomo.ne.jp'],
    ['"a..b"@docomo.ne.jp', '"a..b"@docomo.ne.jp'],
    ['a,b@midori.example', '"a,b"@midori.example'],
    ['a;b@midori.example', '"a;b"@midori.example'],
    ['a"b@midori.example', '"a\\"b"@midori.example'],
    ['花子@midori.example', '花子@midori.example'],
    ['hanako+hr@みどり.example', 'hanako+hr@みどり.example'],
    ['a@midori.example, b@aozora.example', null],
    ['a@midori.example,b@aozora.example', null],
    ['a@midori.example b@aozora.example', null],
    ['みどり 花子@midori.example', null],
    ['花子 <a@midori.example>', null],
    ['<a@midori.example>', null],
    ['a@midori.example\r\nBcc: b@aozora.example', null],
    ['a@mido ri.example', null],
    ['a@midori..example', null],
    ['a@', null],
    ['@midori.example', null],
    ['hanako', null],
    ['', null],
  ]
  for (const [given, sentTo] of vectors) {
    it(`is one address or none: ${JSON.stringify(given)} → ${sentTo ?? 'refused'}`, () => {
      expect(mailbox(given)).to.equal(sentTo)
    })
  }

  it('is the one for notices where mail can go there, else the one for signing in', () => {
    const user = (notification_email: string | null) =>
      readUser({ id: '1', email: 'in@midori.example', notification_email, admin: true }).email

    expect(user('notice@midori.example')).to.equal('notice@midori.example')
    expect(user('a@midori.example, b@aozora.example')).to.equal('in@midori.example')
    expect(user('')).to.equal('in@midori.example')
    expect(user(null)).to.equal('in@midori.example')
  })
})
