/** What an address may hold without quotes (RFC 5322 atext), and everything beyond ASCII (RFC 6531). */
const ATOMS =
  /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u{80}-\u{10ffff}-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u{80}-\u{10ffff}-]+)*$/u

const QUOTED = /^"(?:[^"\\\u0000-\u001f\u007f]|\\[^\u0000-\u001f\u007f])*"$/

const DOMAIN = /^[^\s@,;:<>()[\]\\"\u0000-\u001f\u007f]+$/

/**
 * One address as it is sent to. A local part that is no run of atoms stands in quotes, so that it is not taken for two.
 * Such are two dots in a row or a dot at the end, as old mobile addresses have them, and commas. Null when it is no
 * address, or not clearly one: blanks, brackets, several. Pure.
 */
export function mailbox(address: string): string | null {
  const text = address.trim()
  const at = text.lastIndexOf('@')
  const [local, domain] = [text.slice(0, at), text.slice(at + 1)]
  if (at < 1 || !DOMAIN.test(domain) || domain.split('.').includes('')) return null
  if (ATOMS.test(local) || QUOTED.test(local)) return text
  // A list, or an address with a name.
  if (/[\s@<>\u0000-\u001f\u007f]/.test(local)) return null
  return `"${local.replace(/["\\]/g, sign => `\\${sign}`)}"@${domain}`
}
