import { expect } from 'chai'
import { emailKeyOf, exactKeyOf, keyOf, likenessOf, lookAlikeOf, spellingsOf } from '../../../server/contract/keys.js'

describe('keys people are told apart by', () => {
  const unseen: Readonly<Record<string, string>> = {
    'a zero width space': '\u200b',
    'a byte order mark': '\ufeff',
    'a soft hyphen': '\u00ad',
    'a word joiner': '\u2060',
    'a zero width joiner': '\u200d',
    'a left-to-right mark': '\u200e',
    'a right-to-left override': '\u202e',
    'a variation selector': '\ufe00',
    'the last variation selector': '\ufe0f',
    'an ideographic variation selector': '\u{e0100}',
    'the last ideographic variation selector': '\u{e01ef}',
    'a Mongolian variation selector': '\u180b',
    'a Mongolian vowel separator': '\u180e',
    'a tag': '\u{e0041}',
    'a Hangul filler': '\u3164',
    'an invisible joiner': '\u034f',
    'an empty Braille pattern': '\u2800',
  }
  for (const [name, sign] of Object.entries(unseen)) {
    it(`do not change with ${name}, wherever it stands`, () => {
      for (const key of [`S001${sign}`, `${sign}S001`, `S0${sign}01`, ` ${sign} S001 ${sign}`]) {
        expect(keyOf(key), JSON.stringify(key)).to.equal('S001')
        expect(exactKeyOf(key)).to.equal('S001')
        expect(emailKeyOf(`${key}@midori.example`.trim())).to.match(/^s001 *@midori\.example$/)
      }
      expect(keyOf(sign)).to.equal(null)
    })
  }

  it('are the same in full and half width, where numbers and addresses are meant', () => {
    expect(keyOf('Ｓ００１')).to.equal('S001')
    expect(emailKeyOf('Ｔａｒｏ＠ｍｉｄｏｒｉ．ｅｘａｍｐｌｅ')).to.equal('taro@midori.example')
    expect(exactKeyOf('Ｓ００１')).to.equal('Ｓ００１')
  })

  const alike: readonly (readonly [one: string, other: string, words: string])[] = [
    ['H-001', 'H\u2010001', 'ハイフンの種類を区別しないと'],
    ['H-001', 'H\u2212001', 'ハイフンの種類を区別しないと'],
    ['H-001', 'Hー001', 'ハイフンの種類を区別しないと'],
    ['H-001', 'H–001', 'ハイフンの種類を区別しないと'],
    ['S001', 'S 001', '空白を除くと'],
    ['S001', 'S\t001', '空白を除くと'],
    ['Ｓ００１', 'S001', '全角と半角を区別しないと'],
    ['k0014', 'K0014', '大文字と小文字を区別しないと'],
    ['12', '0012', '先頭の0を除くと'],
    ['A-80', '\u0410-80', 'ほかの文字種の似た文字を区別しないと'],
    ['E01', 'EO1', '似た英字と数字（Oと0、Iと1など）を区別しないと'],
    ['A1', 'AI', '似た英字と数字（Oと0、Iと1など）を区別しないと'],
    ['N\u301c1', 'N~1', 'ハイフンの種類を区別しないと'],
    ['taro@midori.example', 'ta ro@midori.example', '空白を除くと'],
    ['taro-s@midori.example', 'taro\u2010s@midori.example', 'ハイフンの種類を区別しないと'],
    ['h-12', 'H\u2010 12', '全角・半角、空白、ハイフン、大文字・小文字、先頭の0を区別しないと'],
  ]
  for (const [one, other, words] of alike) {
    it(`look alike: ${JSON.stringify(one)} and ${JSON.stringify(other)}`, () => {
      expect(lookAlikeOf(one)).to.equal(lookAlikeOf(other))
      expect(likenessOf(one, other)).to.equal(words)
    })
  }

  for (const [one, other] of [
    ['121', '112'],
    ['120', '12'],
    ['H001', 'H-001'],
    ['0', '00000001'],
    ['0012@midori.example', '12@midori.example'],
    ['A001', 'B001'],
  ] as const) {
    it(`do not look alike: ${one} and ${other}`, () => {
      expect(lookAlikeOf(one)).not.to.equal(lookAlikeOf(other))
    })
  }

  it('are asked for as they were sent, and as they may have been stored', () => {
    expect(spellingsOf('Ｓ００１', 'S001')).to.deep.equal(['Ｓ００１', 'S001'])
    expect(spellingsOf('S001', 'S001')).to.deep.equal(['S001'])
    expect(spellingsOf(undefined, 'S001')).to.deep.equal(['S001'])
  })
})
