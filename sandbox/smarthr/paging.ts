import type { Request, Response } from 'express'
import { badRequest, invalid } from './errors.js'

const DEFAULT_PER_PAGE = 10
const MAX_PER_PAGE = 100

export function textParam(req: Request, name: string): string | undefined {
  const value = req.query[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

function numberParam(req: Request, name: string, otherwise: number, max: number): number {
  const text = textParam(req, name)
  if (text === undefined) return otherwise
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1 || value > max) {
    throw badRequest([invalid('Request', name, `${name}は正しい形式で入力してください。`)])
  }
  return value
}

/** One page of the rows, with `Link`, `x-total-count`, `x-page` and `x-per-page` (SmartHR API reference, §2.3). */
export function paged<T>(req: Request, res: Response, rows: readonly T[]): T[] {
  const page = numberParam(req, 'page', 1, Number.MAX_SAFE_INTEGER)
  const perPage = numberParam(req, 'per_page', DEFAULT_PER_PAGE, MAX_PER_PAGE)
  const last = Math.max(1, Math.ceil(rows.length / perPage))
  const link = (number: number, rel: string) => {
    const url = new URL(req.originalUrl, `http://${req.get('host') ?? 'localhost'}`)
    url.searchParams.set('page', String(number))
    url.searchParams.set('per_page', String(perPage))
    return `<${url.href}>; rel="${rel}"`
  }
  const links = [
    ...(page > 1 ? [link(1, 'first'), link(page - 1, 'prev')] : []),
    ...(page < last ? [link(page + 1, 'next'), link(last, 'last')] : []),
  ]
  res.set({ 'x-total-count': String(rows.length), 'x-page': String(page), 'x-per-page': String(perPage) })
  if (links.length > 0) res.set('Link', links.join(', '))
  return rows.slice((page - 1) * perPage, page * perPage)
}

/** `sort=emp_status,-updated_at`: property names, `-` for descending (§2.4). Numbers compare as numbers. */
export function sorted<T extends Record<string, unknown>>(rows: T[], sort: string | undefined): T[] {
  if (sort === undefined) return rows
  const keys = sort.split(',').map(key => ({ name: key.replace(/^-/, ''), down: key.startsWith('-') }))
  const text = (value: unknown) => (typeof value === 'string' || typeof value === 'number' ? String(value) : '')
  const less = (a: unknown, b: unknown) => (typeof a === 'number' && typeof b === 'number' ? a < b : text(a) < text(b))
  return [...rows].sort((a, b) => {
    for (const { name, down } of keys) {
      const order = less(a[name], b[name]) ? -1 : less(b[name], a[name]) ? 1 : 0
      if (order !== 0) return down ? -order : order
    }
    return 0
  })
}
