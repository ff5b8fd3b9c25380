import iconv from 'iconv-lite'

/** CP932 has no room for these; Windows' own twins read the same (libraries: iconv-lite writes ? for them). */
const twins: Readonly<Record<string, string>> = {
  '\u301c': '\uff5e',
  '\u2212': '\uff0d',
  '\u2014': '\u2015',
  '\u2016': '\u2225',
  '\u00a2': '\uffe0',
  '\u00a3': '\uffe1',
  '\u00ac': '\uffe2',
  '\u00a6': '\uffe4',
  '\u00a5': '\uffe5',
  '\u00a0': ' ',
  // Voicing marks that no kana has room for stand behind it.
  '\u3099': '\u309b',
  '\u309a': '\u309c',
}

const known = new Map<string, boolean>()

/** Whether CP932 has the sign. */
function writable(sign: string): boolean {
  if (sign < '\u0080') return true
  let answer = known.get(sign)
  if (answer === undefined) {
    answer = iconv.decode(iconv.encode(sign, 'cp932'), 'cp932') === sign
    known.set(sign, answer)
  }
  return answer
}

const INVISIBLE = /^[\p{Cf}\p{Variation_Selector}]$/u

/** A sign with the marks that stand on it, or what is left of one. */
const CLUSTERS = /\P{M}\p{M}*|\p{M}+/gu

/** Of each UTF-16 unit: whether CP932 has it and it stands for itself, without a mark on it. */
const plain = new Uint8Array(0x10000)
const [UNKNOWN, STAYS, DEPENDS] = [0, 1, 2]

/** Most texts, asked without taking them apart: every value of every person of a plan is looked at. */
function staysAsItIs(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    if (plain[unit] === UNKNOWN) {
      const sign = String.fromCharCode(unit)
      plain[unit] = /^[^\p{M}\p{Surrogate}]$/u.test(sign) && writable(sign) ? STAYS : DEPENDS
    }
    if (plain[unit] !== STAYS) return false
  }
  return true
}

/**
 * Text as CP932 can hold it, and how many signs it could not. A sign that CP932 has stays as it is, even where Unicode
 * would compose it (神 U+FA19). A sign that it lacks is composed (か + ゛ → が) or replaced by its twin. Invisible signs
 * are dropped, and the rest becomes 「?」. Pure.
 */
export function forCp932(text: string): { text: string; lost: number } {
  if (staysAsItIs(text)) return { text, lost: 0 }
  let lost = 0
  const signs = (cluster: string) =>
    [...cluster].map(sign => {
      if (writable(sign)) return sign
      const twin = twins[sign]
      if (twin !== undefined) return twin
      if (INVISIBLE.test(sign)) return ''
      lost += 1
      return '?'
    })
  const held = text.replace(CLUSTERS, cluster =>
    [...cluster].every(writable) ? cluster : signs(cluster.normalize('NFC')).join(''),
  )
  return { text: held, lost }
}
