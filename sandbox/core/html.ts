export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, sign => `&#${sign.charCodeAt(0)};`)

const STYLE = `body{font-family:system-ui,sans-serif;margin:0;background:#f8f7f6;color:#23221e;line-height:1.6}
main{max-width:720px;margin:32px auto;padding:24px;background:#fff;border:1px solid #d6d3d0;border-radius:8px}
h1{font-size:1.4rem;font-weight:400;margin:0 0 16px}label{display:block;margin:12px 0 4px}
input[type=text],input[type=password],input[type=email]{width:100%;padding:8px;border:1px solid #706d65;border-radius:6px;font:inherit;box-sizing:border-box}
button,.button{display:inline-block;margin:16px 8px 0 0;padding:10px 16px;border:1px solid #d6d3d0;border-radius:6px;background:#fff;color:#23221e;font:inherit;text-decoration:none;cursor:pointer}
.primary{background:#0077c7;border-color:#0077c7;color:#fff;font-weight:700}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:8px;border-bottom:1px solid #d6d3d0;overflow-wrap:anywhere}
pre{white-space:pre-wrap;word-break:break-all}.top{display:flex;justify-content:space-between;align-items:start;gap:16px}
.error{border-left:4px solid #e01e5a;padding-left:12px}:focus-visible{outline:2px solid #0077c7;outline-offset:2px}`

/** A plain page of the sandbox; `body` is HTML, already escaped where it must be. */
export const page = (title: string, body: string): string =>
  `<!doctype html><html lang="ja"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">` +
  `<title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body><main><h1>${escapeHtml(title)}</h1>${body}</main></body></html>`
