import { expect } from 'chai'
import fc from 'fast-check'
import {
  dateOf,
  digitsOf,
  fullWidthKana,
  grouped,
  katakana,
  keyOf,
  phoneParts,
  prefectures,
  slashed,
  splitCity,
  textOf,
  yen,
  zipParts,
} from '../../../server/platform/conversions.js'

const digits = (min: number, max = min) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: min, maxLength: max })
const fullWidth = (text: string) =>
  text.replace(/[!-~]/g, sign => String.fromCharCode(sign.charCodeAt(0) + 0xfee0)).replaceAll(' ', '\u3000')
const anything = fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer(), fc.boolean(), fc.constant(null))

describe('conversions: kana', () => {
  for (const [typed, written] of [
    ['ﾀｶｻﾞｷ', 'タカザキ'],
    ['たかざき', 'タカザキ'],
    ['ゔぁ', 'ヴァ'],
    ['ﾔﾏﾀﾞ ﾀﾛｳ', 'ヤマダ タロウ'],
    [' サトウ　', 'サトウ'],
  ] as const) {
    it(`writes ${typed} as ${written}`, () => expect(katakana(typed)).to.equal(written))
  }

  it('leaves what is katakana already as it is', () => {
    fc.assert(fc.property(anything, value => katakana(katakana(value)) === katakana(value)))
  })

  it('leaves no half-width kana, letter, digit, bracket or hyphen for SmartHR', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('ｱ', 'ｶﾞ', 'ﾊﾟ', 'あ', 'ア', ...'ーｰAz09-−().（）．') }), typed => {
        expect(fullWidthKana(typed) ?? '').to.match(/^[ァ-ヶーＡ-Ｚａ-ｚ０-９－（）．\u3000]*$/)
      }),
    )
  })
})

describe('conversions: numbers written in groups', () => {
  it('finds the digits again, however they were grouped or typed', () => {
    fc.assert(
      fc.property(digits(10), number => {
        expect(digitsOf(grouped(number, [4, 6]))).to.equal(number)
        expect(digitsOf(fullWidth(grouped(number, [4, 6])))).to.equal(number)
      }),
    )
  })

  it('divides a postal code of seven digits and no other', () => {
    fc.assert(
      fc.property(digits(0, 12), code => {
        expect(zipParts(code)?.join('') ?? null).to.equal(code.length === 7 ? code : null)
        expect(zipParts(code)?.[0].length ?? 3).to.equal(3)
      }),
    )
  })
})

describe('conversions: phone numbers', () => {
  const kept = fc.tuple(digits(2, 5), digits(1, 4), digits(1, 4))

  it('keeps the parts somebody wrote, in either width', () => {
    fc.assert(
      fc.property(kept, parts => {
        expect(phoneParts(parts.join('-'))).to.deep.equal(parts)
        expect(phoneParts(fullWidth(parts.join('-')))).to.deep.equal(parts)
      }),
    )
  })

  it('never loses or invents a digit, and never exceeds 5, 4 and 4', () => {
    fc.assert(
      fc.property(anything, value => {
        const parts = phoneParts(value)
        if (!parts) return
        expect(parts.join('')).to.equal(digitsOf(value))
        expect(parts.map((part, index) => part.length <= (index === 0 ? 5 : 4))).to.deep.equal([true, true, true])
      }),
    )
  })

  for (const [typed, parts] of [
    ['08030433030', ['080', '3043', '3030']],
    ['0312345678', ['03', '1234', '5678']],
    ['0612345678', ['06', '1234', '5678']],
    ['0451234567', ['045', '123', '4567']],
    ['03ー1234ー5678', ['03', '1234', '5678']],
    ['012345-67890-1', null],
    ['123', null],
    ['内線のみ', null],
  ] as const) {
    it(`reads ${typed} as ${parts?.join(' / ') ?? 'no number'}`, () => expect(phoneParts(typed)).to.deep.equal(parts))
  }
})

describe('conversions: addresses', () => {
  it('knows 47 prefectures in the order of their JIS codes', () => {
    expect(prefectures.length).to.equal(47)
    expect([0, 12, 25, 26, 46].map(code => prefectures[code])).to.deep.equal([
      '北海道',
      '東京都',
      '京都府',
      '大阪府',
      '沖縄県',
    ])
  })

  for (const [address, city] of [
    ['港区六本木3-2-1', '港区'],
    ['横浜市西区みなとみらい2-2-1', '横浜市西区'],
    ['福岡市博多区見本町1-2-3', '福岡市博多区'],
    ['西多摩郡瑞穂町大字1', '西多摩郡瑞穂町'],
    ['国頭郡恩納村字恩納1', '国頭郡恩納村'],
    ['別府市北浜1-1', '別府市'],
    ['1-2-3', '1-2-3'],
  ] as const) {
    it(`takes ${city} for the city of ${address}`, () => {
      expect(splitCity(address)).to.deep.equal([city, address.slice(city.length)])
    })
  }

  it('never loses a character when it splits', () => {
    const parts = fc.string({ unit: fc.constantFrom(...'市区町村郡港西1-') })
    fc.assert(fc.property(parts, address => splitCity(address).join('') === address))
  })
})

describe('conversions: blanks, money and dates', () => {
  it('calls whatever has no visible character blank', () => {
    for (const blank of [null, undefined, '', ' ', '\u3000', true, false]) expect(textOf(blank)).to.equal(null)
    expect(textOf(0)).to.equal('0')
  })

  it('takes whole yen only', () => {
    expect([300_000, '300000', 0, -1, 1.5, 'x', '', null].map(value => yen(value))).to.deep.equal([
      300_000,
      300_000,
      0,
      null,
      null,
      null,
      null,
      null,
    ])
    expect(yen(0, 1)).to.equal(null)
  })

  it('takes dates as the services write them and no others', () => {
    expect(dateOf('2026-11-20')).to.equal('2026-11-20')
    for (const other of ['2026/11/20', '20261120', '2026-11-20T00:00:00Z', '', null]) {
      expect(dateOf(other)).to.equal(null)
    }
    expect(slashed('2026-11-20')).to.equal('2026/11/20')
  })

  it('compares numbers of people by NFKC, with case and leading zeros', () => {
    expect(keyOf('　Ａ－００１ ')).to.equal('A-001')
    expect(keyOf('a-001')).not.to.equal(keyOf('A-001'))
    expect(keyOf('001')).not.to.equal(keyOf('1'))
    expect(keyOf(' ')).to.equal(null)
  })
})
