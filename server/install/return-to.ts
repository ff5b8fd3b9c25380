const BASE = 'http://same.invalid'

/**
 * A path of this app to go back to after sign-in, or the front page. Everything that a browser could read as another
 * site (`//host`, backslashes, control characters, absolute URLs) is the front page.
 */
export function safeReturnTo(value: unknown): string {
  if (typeof value !== 'string' || !value.startsWith('/') || value.length > 2000) return '/'
  if (/^\/\/|[\\\u0000-\u001f\u007f]/.test(value)) return '/'
  try {
    const url = new URL(value, BASE)
    if (url.origin !== BASE || url.pathname.startsWith('//')) return '/'
    // Signing in must not lead back to signing in, whatever its case: the router minds none.
    return /^\/auth(\/|$)/i.test(url.pathname) ? '/' : url.pathname + url.search
  } catch {
    return '/'
  }
}
