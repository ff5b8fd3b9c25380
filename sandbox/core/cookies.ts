import type { Request } from 'express'

/** One cookie's value. */
export function cookieOf(req: Request, name: string): string | undefined {
  const found = (req.headers.cookie ?? '')
    .split(';')
    .map(part => part.trim())
    .find(part => part.startsWith(`${name}=`))
  return found && decodeURIComponent(found.slice(name.length + 1))
}
