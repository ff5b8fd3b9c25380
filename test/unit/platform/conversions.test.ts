import { expect } from 'chai'
import fc from 'fast-check'
import {
  composed,
  dateOf,
  digitsOf,
  fullWidthKana,
  grouped,
  hiraganaShifted,
  joinFilled,
  katakana,
  keyOf,
  numberOf,
  objectOf,
  objectsOf,
  phoneOf,
  plainText,
  prefectures,
  scalarOf,
  slashed,
  splitCity,
  textOf,
  yen,
  zipParts,
} from '../../../server/contract/conversions.js'

const digits = (min: number, max = min) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: min, maxLength: max })
const fullWidth = (text: string) =>
  text.replace(/[!-~]/g, sign => String.fromCharCode(sign.charCodeAt(0) + 0xfee0)).replaceAll(' ', '\u3000')
const anything = fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer(), fc.boolean(), fc.constant(null))

describe('conversions: values of an answer', () => {
  it('keeps texts, numbers and yes or no as they are, and nothing else', () => {
    expect(['a ', 0, false].map(scalarOf)).to.deep.equal(['a ', 0, false])
    expect(['', ' \u3000', null, undefined, {}, ['a']].map(scalarOf)).to.deep.equal(Array(6).fill(null))
  })

  it('trims a text, and takes nothing else for one', () => {
    expect([' a ', ' ', 1, true, null, undefined, {}].map(plainText)).to.deep.equal(['a', ...Array<null>(6).fill(null)])
  })

  it('looks into objects, and into nothing else', () => {
    expect(objectOf({ a: 1 })).to.deep.equal({ a: 1 })
    expect([null, undefined, 'a', 1].map(objectOf)).to.deep.equal([{}, {}, {}, {}])
    expect(objectsOf([{ a: 1 }, null, 'a', { b: 2 }])).to.deep.equal([{ a: 1 }, { b: 2 }])
    expect([null, { a: 1 }, 'ab'].map(objectsOf)).to.deep.equal([[], [], []])
  })

  it('joins what is filled', () => {
    expect(joinFilled(['山田 ', null, '太郎'])).to.equal('山田 太郎')
    expect(joinFilled(['03', '1234', undefined, ' '], '-')).to.equal('03-1234')
    expect(joinFilled([null, ''])).to.equal('')
  })

  it('shifts hiragana alone', () => {
    expect(hiraganaShifted('やまだ ﾀﾛｳ（ゝ）A漢')).to.equal('ヤマダ ﾀﾛｳ（ヽ）A漢')
  })
})

describe('conversions: kana', () => {
  for (const [typed, written] of [
    ['ﾀｶｻﾞｷ', 'タカザキ'],
    ['たかざき', 'タカザキ'],
    ['ゔぁ', 'ヴァ'],
    ['ﾔﾏﾀﾞ ﾀﾛｳ', 'ヤマダ タロウ'],
    [' サトウ　', 'サトウ'],
    ['みすゞ', 'ミスヾ'],
    ['いすゝ', 'イスヽ'],
    ['マリ－', 'マリー'],
    ['ﾖｼﾀﾞ-', 'ヨシダー'],
    ['タナカ−スミス', 'タナカースミス'],
    ['ロッポンギ３－２－１', 'ロッポンギ3-2-1'],
    ['カ゛ーテ゛ン', 'ガーデン'],
    ['ｶﾞ', 'ガ'],
    ['か\u3099き', 'ガキ'],
    ['ハ\u309aリ', 'パリ'],
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
    expect(zipParts('〒１０６－００３２')).to.deep.equal(['106', '0032'])
  })

  it('makes no number of a text that holds more than one', () => {
    for (const text of ['A123', '123（旧）', '1.5', '', null]) expect(numberOf(text), String(text)).to.equal(null)
    expect(numberOf(' ００１－２３ ')).to.equal('00123')
    expect(zipParts('A106-0032')).to.equal(null)
  })
})

describe('conversions: phone numbers', () => {
  const kept = fc.tuple(digits(2, 5), digits(1, 4), digits(1, 4))

  it('keeps the parts somebody wrote, in either width', () => {
    fc.assert(
      fc.property(kept, parts => {
        expect(phoneOf(parts.join('-'))?.parts).to.deep.equal(parts)
        expect(phoneOf(fullWidth(parts.join('-')))?.parts).to.deep.equal(parts)
      }),
    )
  })

  it('never loses or invents a digit of a number in Japan, and never exceeds 5, 4 and 4', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          digits(9, 11),
          digits(9).map(rest => `0${rest}`),
          anything,
        ),
        value => {
          const phone = phoneOf(value)
          if (!phone) return
          expect(phone.parts.join('') + (phone.extension ?? '')).to.equal(digitsOf(value)?.replace(/^(?:010)?81/, '0'))
          expect(phone.parts.map((part, index) => part.length <= (index === 0 ? 5 : 4))).to.deep.equal([
            true,
            true,
            true,
          ])
        },
      ),
    )
  })

  for (const [typed, parts] of [
    ['08030433030', ['080', '3043', '3030']],
    ['05012345678', ['050', '1234', '5678']],
    ['0312345678', ['03', '1234', '5678']],
    ['0612345678', ['06', '1234', '5678']],
    ['0451234567', ['045', '123', '4567']],
    ['0466123456', ['0466', '12', '3456']],
    ['0499212345', ['04992', '1', '2345']],
    ['0126712345', ['01267', '1', '2345']],
    ['0120123456', ['0120', '123', '456']],
    ['0570123456', ['0570', '123', '456']],
    ['08001234567', ['0800', '123', '4567']],
    ['+81-90-1234-5678', ['090', '1234', '5678']],
    ['+819012345678', ['090', '1234', '5678']],
    ['＋８１ ３ １２３４ ５６７８', ['03', '1234', '5678']],
    ['+81(0)3-1234-5678', ['03', '1234', '5678']],
    ['（03）1234-5678', ['03', '1234', '5678']],
    ['090 1234 5678', ['090', '1234', '5678']],
    ['03ー1234ー5678', ['03', '1234', '5678']],
    ['012345-67890-1', null],
    ['090-1234-5678 / 03-1111-2222', null],
    ['+1-650-253-0000', null],
    ['0000000000', null],
    ['9012345678', null],
    ['123', null],
    ['内線のみ', null],
    [null, null],
  ] as const) {
    it(`reads ${typed} as ${parts?.join(' / ') ?? 'no number'}`, () =>
      expect(phoneOf(typed)?.parts ?? null).to.deep.equal(parts))
  }

  for (const typed of ['03-1234-5678 内線12', '0312345678（内線：１２）', '03-1234-5678 ext.12', '03-1234-5678#12']) {
    it(`takes the extension off ${typed}`, () => {
      expect(phoneOf(typed)).to.deep.equal({ parts: ['03', '1234', '5678'], extension: '12' })
    })
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
    ['名古屋市中村区名駅1-1-4', '名古屋市中村区'],
    ['京都市中京区烏丸通御池上る二条殿町552', '京都市中京区'],
    ['西多摩郡瑞穂町大字1', '西多摩郡瑞穂町'],
    ['国頭郡恩納村字恩納1', '国頭郡恩納村'],
    ['別府市北浜1-1', '別府市'],
    ['四日市市諏訪町1-5', '四日市市'],
    ['大和郡山市北郡山町248-4', '大和郡山市'],
    ['市川市市川1-1-1', '市川市'],
    ['津市一志町1', '津市'],
    ['野々市市三納1-1', '野々市市'],
    ['武蔵村山市本町1-1-1', '武蔵村山市'],
    ['佐波郡玉村町下新田201', '佐波郡玉村町'],
    ['余市郡余市町朝日町26', '余市郡余市町'],
    ['杵島郡大町町大町5017', '杵島郡大町町'],
    ['高市郡明日香村岡55', '高市郡明日香村'],
    ['芳賀郡市貝町市塙1280', '芳賀郡市貝町'],
    ['赤穂郡上郡町大持278', '赤穂郡上郡町'],
    ['蒲郡市旭町17-1', '蒲郡市'],
    ['郡上市八幡町島谷228', '郡上市'],
    ['三宅島三宅村伊豆497', '三宅島三宅村'],
    ['鎌ヶ谷市新鎌ケ谷2-6-1', '鎌ヶ谷市'],
    ['六本木3-2-1 村上ビル', '六本木'],
    ['1-2-3', '1-2-3'],
    ['港区', '港区'],
  ] as const) {
    it(`takes ${city} for the city of ${address}`, () => {
      expect(splitCity(address)).to.deep.equal([city, address.slice(city.length)])
    })
  }

  it('leaves out the prefecture that is written elsewhere, and only that', () => {
    expect(splitCity('三重県四日市市諏訪町1-5', '三重県')).to.deep.equal(['四日市市', '諏訪町1-5'])
    expect(splitCity('三重県四日市市諏訪町1-5', '東京都')).to.deep.equal(['三重県四日市市', '諏訪町1-5'])
    expect(splitCity('京都府 京都市 左京区北白川1', '京都府')).to.deep.equal(['京都市', '左京区北白川1'])
    expect(splitCity('東京都', '東京都')).to.deep.equal(['東京都', ''])
  })

  it('never loses more than blanks, and never leaves the city blank', () => {
    const parts = fc.string({ unit: fc.constantFrom(...'市区町村郡港西1- '), minLength: 1 })
    const visible = (text: string) => text.replaceAll(' ', '')
    fc.assert(
      fc.property(parts, address => {
        fc.pre(address.trim() !== '')
        const [city, street] = splitCity(address.trim())
        expect(visible(city + street)).to.equal(visible(address))
        expect(visible(city)).not.to.equal('')
      }),
    )
  })
})

describe('conversions: blanks, money and dates', () => {
  it('calls whatever has no visible character blank', () => {
    for (const blank of [null, undefined, '', ' ', '\u3000', true, false]) expect(textOf(blank)).to.equal(null)
    expect(textOf(0)).to.equal('0')
  })

  it('composes what was typed in two signs, and leaves every kanji as it is', () => {
    expect(textOf('か\u3099き')).to.equal('がき')
    expect(composed('Rene\u0301')).to.equal('René')
    // 神 of the compatibility block, which NFC would replace
    expect(textOf('\ufa19谷')).to.equal('\ufa19谷')
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
