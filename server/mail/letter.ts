/** A mail as it is put together once and said twice: as plain text, and in HTML with the same words. */

/** A line of the text; '' ends a paragraph, RULE is a line across. */
type Line = string

/** Where to look, as a button. */
export interface Button {
  button: string
  url: string
}

/** Records with a reason each, as a table. */
export interface Records {
  /** what the reason is called */
  why: string
  rows: readonly { label: string; value: string; reason: string }[]
}

export type Part = Line | Button | Records

/** What a mail says, and what it says in HTML with `below` at its end. */
export interface Written {
  subject: string
  text: string
  html(below: string): string
}

export const RULE = '-------------------------------------------------'

const linesOf = (part: Part): readonly string[] => {
  if (typeof part === 'string') return [part]
  if ('button' in part) return [part.url]
  return part.rows.flatMap(({ label, value, reason }) => [`${label}: 【${value}】`, `${part.why}: ${reason}`, ''])
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, sign => `&#${String(sign.charCodeAt(0))};`)

/** Addresses in a sentence can be followed; signs around them are no part of one. */
const linked = (text: string): string =>
  escaped(text).replace(/https?:\/\/(?:&#38;|[^\s&<>（）()、。「」])+/g, url => `<a href="${url}">${url}</a>`)

/** Nothing is fetched for it: no image, font or style sheet. Where the styles are dropped, it reads as the text does. */
const STYLE = `
:root{color-scheme:light dark;supported-color-schemes:light dark}
body{margin:0;padding:0;background:#f8f7f6;color:#23221e;font-family:system-ui,sans-serif;font-size:16px;line-height:1.6;overflow-wrap:anywhere}
.sheet{max-width:640px;margin:0 auto;padding:24px 16px}
.card{background:#fff;border:1px solid #d6d3d0;border-radius:8px;padding:24px;margin:0 0 16px}
h1{font-size:20px;font-weight:400;line-height:1.4;margin:0 0 16px}
p{margin:0 0 16px}
hr{border:0;border-top:1px solid #d6d3d0;margin:0 0 16px}
a{color:#0071c1}
a.button{display:inline-block;background:#0077c7;color:#fff;font-weight:700;text-decoration:none;border-radius:6px;padding:12px 16px}
.address{font-size:14px}
table{border-collapse:collapse;width:100%;margin:0 0 16px}
th{background:#edebe8;color:#23221e;font-size:14px;text-align:left}
th,td{border:1px solid #d6d3d0;padding:8px 12px;vertical-align:top}
td.key{width:35%}
@media (max-width:480px){
.sheet{padding:16px 8px}
.card{padding:16px}
th,td{padding:8px}
}
@media (prefers-color-scheme:dark){
body{background:#1b1a18;color:#f2f1f0}
.card{background:#262521;border-color:#4a4843}
hr{border-color:#4a4843}
a{color:#7cc0f5}
th{background:#3a3833;color:#f2f1f0}
th,td{border-color:#4a4843}
}`

const buttonHtml = ({ button, url }: Button): string => {
  const href = escaped(url)
  return `<p><a class="button" href="${href}">${escaped(button)}</a></p><p class="address"><a href="${href}">${href}</a></p>`
}

const recordsHtml = ({ why, rows }: Records): string =>
  `<table><thead><tr><th scope="col">対象</th><th scope="col">${escaped(why)}</th></tr></thead><tbody>${rows
    .map(
      ({ label, value, reason }) =>
        `<tr><td class="key">${escaped(label)}: ${escaped(value)}</td><td>${linked(reason)}</td></tr>`,
    )
    .join('')}</tbody></table>`

/** Lines that belong together are a paragraph. */
function bodyHtml(parts: readonly Part[]): string {
  const out: string[] = []
  let paragraph: string[] = []
  const end = () => {
    if (paragraph.length > 0) out.push(`<p>${paragraph.map(linked).join('<br>')}</p>`)
    paragraph = []
  }
  for (const part of parts) {
    if (typeof part === 'string' && part !== '' && part !== RULE) {
      paragraph.push(part)
      continue
    }
    end()
    if (part === RULE) out.push('<hr>')
    else if (typeof part !== 'string') out.push('button' in part ? buttonHtml(part) : recordsHtml(part))
  }
  end()
  return out.join('\n')
}

const htmlOf = (subject: string, parts: readonly Part[], below: string): string => `<!doctype html>
<html lang="ja">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escaped(subject)}</title>
<style>${STYLE}</style>
</head>
<body>
<div class="sheet" role="main">
<div class="card">
<h1>${escaped(subject)}</h1>
${bodyHtml(parts)}
</div>
${bodyHtml(['', ...below.split('\n')])}
</div>
</body>
</html>
`

/** The mail of these parts. */
export const written = (subject: string, parts: readonly Part[]): Written => ({
  subject,
  text: parts.flatMap(linesOf).join('\n'),
  html: below => htmlOf(subject, parts, below),
})
