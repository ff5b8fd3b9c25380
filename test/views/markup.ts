/** What a person reads, without markup; runs of blanks count as one. */
export const words = (page: string) =>
  page
    .replace(/<[^>]+>/g, ' ')
    .replace(/[ \t\r\n]+/g, ' ')
    .trim()

export const tags = (page: string, name: string): readonly string[] =>
  page.match(new RegExp(`<${name}\\b[^>]*>`, 'g')) ?? []

export const attribute = (tag: string, name: string) => new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1]

export const ids = (page: string) => [...page.matchAll(/\sid="([^"]*)"/g)].map(match => match[1])
