/** A browser without JavaScript: cookies, redirects, forms. What it sees is the server's own HTML. */
export interface Page {
  status: number
  url: string
  /** without the line breaks of the templates */
  html: string
  /** as it was sent */
  bytes: number
  headers: Headers
  /** the page's words, without tags */
  readonly text: string
}

export type Fields = Readonly<Record<string, string | readonly string[]>>

export interface Visitor {
  get(url: string, headers?: Record<string, string>): Promise<Page>
  /** The wizard's first page; where it is about a run already, by the button that makes it. */
  begin(url: string): Promise<Page>
  post(url: string, fields: Fields, headers?: Record<string, string>): Promise<Page>
  /** Presses a button of the page at hand: its form's fields, the button's own, and what is filled in. */
  press(button: string, filled?: Fields): Promise<Page>
  /** Presses the button of a form with a file, with this file chosen; null: with none. */
  send(button: string, file: { name?: string; bytes: Buffer | string } | null): Promise<Page>
  /** Presses a button that leads elsewhere, and does not go there. */
  leadsTo(button: string, filled?: Fields): Promise<string>
  /** Goes to an address that leads on, and not further. */
  ledOn(url: string): Promise<string>
  page(): Page
  cookies: Map<string, string>
  /** somebody else with the same cookies, at the same page */
  twin(): Visitor
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: ' ' }

export const decode = (html: string): string =>
  html.replace(/&(?:#(\d+)|(\w+));/g, (whole, code: string | undefined, name: string | undefined) =>
    code ? String.fromCodePoint(Number(code)) : (entities[name ?? ''] ?? whole),
  )

export const wordsOf = (html: string): string =>
  decode(html.replace(/<(script|style|head)[\s\S]*?<\/\1>/g, '').replace(/<[^>]+>/g, ' '))
    .replace(/\s+/g, ' ')
    .trim()

const attribute = (tag: string, name: string): string | undefined => {
  const found = new RegExp(`\\s${name}(?:="([^"]*)")?(?=[\\s>/])`).exec(tag)
  return found ? decode(found[1] ?? '') : undefined
}

/** HTML without the line breaks that stand between tags and attributes for readers of the templates. */
export const withoutBreaks = (html: string): string =>
  html
    .replace(/<[^>]*>/g, tag => tag.replace(/\s*\n\s*/g, ' ').replace(' >', '>'))
    .replace(/>\s*\n\s*/g, '>')
    .replace(/\s*\n\s*</g, '<')

const locationOf = async (answer: Response): Promise<string> => {
  await answer.arrayBuffer()
  return answer.headers.get('location') ?? ''
}

/** The fields a browser would send: hidden and text inputs, ticked boxes, the chosen option. */
export function fieldsOf(form: string): [string, string][] {
  const fields: [string, string][] = []
  for (const [tag] of form.matchAll(/<input\b[^>]*>/g)) {
    const name = attribute(tag, 'name')
    const type = attribute(tag, 'type') ?? 'text'
    const ticked = attribute(tag, 'checked') !== undefined
    if (!name || ((type === 'checkbox' || type === 'radio') && !ticked)) continue
    fields.push([name, attribute(tag, 'value') ?? (type === 'checkbox' ? 'on' : '')])
  }
  for (const [, open = '', options = ''] of form.matchAll(/<select\b([^>]*)>([\s\S]*?)<\/select>/g)) {
    const name = attribute(`<select${open}>`, 'name')
    const all = [...options.matchAll(/<option\b[^>]*>/g)].map(([tag]) => tag)
    const chosen = all.find(tag => attribute(tag, 'selected') !== undefined) ?? all[0]
    if (name && chosen) fields.push([name, attribute(chosen, 'value') ?? ''])
  }
  return fields
}

interface Form {
  method: string
  action: string
  html: string
  id: string | undefined
}

const formsOf = (html: string): Form[] =>
  [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)].map(([, open = '', body = '']) => ({
    method: (attribute(`<form${open}>`, 'method') ?? 'get').toLowerCase(),
    action: attribute(`<form${open}>`, 'action') ?? '',
    id: attribute(`<form${open}>`, 'id'),
    html: body,
  }))

type Jars = Map<string, Map<string, string>>

export function createVisitor(
  home: string,
  { jars = new Map() as Jars, page }: { jars?: Jars; page?: Page } = {},
): Visitor {
  // One jar per host and port, as cookies of localhost would otherwise mix.
  const jarOf = (url: string) => {
    const { host } = new URL(url)
    const jar = jars.get(host) ?? new Map<string, string>()
    jars.set(host, jar)
    return jar
  }
  let current = page

  const ask = async (url: string, init: RequestInit): Promise<Response> => {
    const jar = jarOf(url)
    const headers = new Headers(init.headers)
    if (!headers.has('accept')) headers.set('accept', 'text/html')
    if (jar.size > 0) headers.set('cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '))
    if (current && init.method === 'POST' && !headers.has('referer')) headers.set('referer', current.url)
    const answer = await fetch(url, { ...init, headers, redirect: 'manual' })
    for (const cookie of answer.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';')
      const [name = '', value = ''] = pair.split(/=(.*)/s)
      if (/Max-Age=0|Expires=Thu, 01 Jan 1970/i.test(cookie)) jar.delete(name)
      else jar.set(name, value)
    }
    return answer
  }

  const send = async (url: string, init: RequestInit, hops = 0): Promise<Page> => {
    const answer = await ask(url, init)
    const location = answer.headers.get('location')
    if (answer.status >= 300 && answer.status < 400 && location) {
      if (hops > 15) throw new Error(`too many redirects, last to ${location}`)
      await answer.arrayBuffer()
      return send(new URL(location, url).href, { method: 'GET' }, hops + 1)
    }
    const sent = await answer.text()
    const html = withoutBreaks(sent)
    let words: string | undefined
    current = {
      status: answer.status,
      url,
      html,
      bytes: Buffer.byteLength(sent),
      headers: answer.headers,
      // Few pages are read, most are only pressed on.
      get text() {
        return (words ??= wordsOf(sent))
      },
    }
    return current
  }

  const absolute = (url: string) => new URL(url, current?.url ?? home).href
  const at = (url: string) => (url.startsWith('/') ? new URL(url, home).href : absolute(url))

  /** What pressing a button of the page at hand asks for. */
  const orderOf = (button: string, filled: Fields): [string, RequestInit] => {
    const page = visitor.page()
    for (const form of formsOf(page.html)) {
      const outside = form.id
        ? [...page.html.matchAll(new RegExp(`<button\\b[^>]*form="${form.id}"[^>]*>[\\s\\S]*?</button>`, 'g'))].map(
            ([tag]) => tag,
          )
        : []
      const inside = [...form.html.matchAll(/<button\b[^>]*>[\s\S]*?<\/button>/g)]
        .map(([tag]) => tag)
        .filter(tag => attribute(tag, 'form') === undefined)
      const pressed = [...inside, ...outside].find(tag => wordsOf(tag) === button || attribute(tag, 'value') === button)
      if (!pressed) continue
      const body = new URLSearchParams(fieldsOf(form.html).filter(([name]) => !(name in filled)))
      for (const [name, value] of Object.entries(filled)) for (const one of [value].flat()) body.append(name, one)
      const name = attribute(pressed, 'name')
      if (name) body.append(name, attribute(pressed, 'value') ?? '')
      const action = absolute(attribute(pressed, 'formaction') ?? form.action)
      if (form.method === 'post') return [action, { method: 'POST', body }]
      const url = new URL(action)
      url.search = body.toString()
      return [url.href, { method: 'GET' }]
    }
    throw new Error(`no button 「${button}」 on ${page.url}: ${page.text.slice(0, 400)}`)
  }

  const visitor: Visitor = {
    cookies: jarOf(home),
    page() {
      if (!current) throw new Error('nothing visited yet')
      return current
    },
    twin: () =>
      createVisitor(home, {
        jars: new Map([...jars].map(([host, jar]) => [host, new Map(jar)])),
        ...(current && { page: current }),
      }),
    get: (url, headers = {}) => send(at(url), { method: 'GET', headers }),
    post: (url, fields, headers = {}) => {
      const body = new URLSearchParams()
      for (const [name, value] of Object.entries(fields)) for (const one of [value].flat()) body.append(name, one)
      return send(at(url), { method: 'POST', body, headers })
    },
    async begin(url) {
      await visitor.get(url)
      return /<button[^>]*name="how" value="steps"/.test(visitor.page().html) ? visitor.press('steps') : visitor.page()
    },

    press: (button, filled = {}) => send(...orderOf(button, filled)),

    send(button, file) {
      const [url, { body }] = orderOf(button, {})
      const { html } = visitor.page()
      const input =
        [...html.matchAll(/<input\b[^>]*type="file"[^>]*>/g)].map(([tag]) => attribute(tag, 'name'))[0] ?? ''
      const form = new FormData()
      for (const [name, value] of body as URLSearchParams) if (name !== input) form.append(name, value)
      const bytes = new Blob(file ? [file.bytes] : [])
      form.append(input, bytes, file ? (file.name ?? 'employees.csv') : '')
      return send(url, { method: 'POST', body: form })
    },
    leadsTo: async (button, filled = {}) => locationOf(await ask(...orderOf(button, filled))),
    ledOn: async url => locationOf(await ask(at(url), { method: 'GET' })),
  }
  return visitor
}
