/** The pages of the accounts site. Plain forms, so that they work in any browser and in a test without one. */

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`)
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="ja">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} | freeeアカウント（サンドボックス）</title>
<style>
body { margin: 0; font-family: system-ui, sans-serif; color: #323232; background: #f7f5f5; line-height: 1.6; }
main { max-width: 28rem; margin: 3rem auto; padding: 2rem; background: #fff; border: 1px solid #e1dcdc; border-radius: 8px; }
h1 { margin: 0 0 1rem; font-size: 1.25rem; }
label { display: block; margin: .75rem 0; }
input[type=email], input[type=password] { display: block; width: 100%; box-sizing: border-box; padding: .5rem; font: inherit; }
button { margin: .5rem .5rem 0 0; padding: .5rem 1.25rem; font: inherit; border-radius: 6px; border: 1px solid #6e6b6b; background: #fff; cursor: pointer; }
button.primary { border-color: #2864f0; background: #2864f0; color: #fff; }
.error { color: #c12d18; }
.note { font-size: .875rem; color: #595757; }
.plain { padding: 0; border: 0; background: none; color: #2864f0; text-decoration: underline; }
</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${body}
</main>
</body>
</html>`
}

const hidden = (fields: Record<string, string>) =>
  Object.entries(fields)
    .map(([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`)
    .join('\n')

export function loginPage({
  base,
  returnTo,
  email,
  wrong,
}: {
  base: string
  returnTo: string
  email: string
  wrong: boolean
}) {
  return page(
    'ログイン',
    `${wrong ? '<p class="error" role="alert">メールアドレスまたはパスワードが正しくありません。</p>' : ''}
<form method="post" action="${base}/login">
${hidden({ return_to: returnTo })}
<label>メールアドレス<input type="email" name="email" value="${escapeHtml(email)}" autocomplete="username" required></label>
<label>パスワード<input type="password" name="password" autocomplete="current-password" required></label>
<button class="primary" type="submit">ログイン</button>
</form>
<p class="note">サンドボックスのアカウント: owner@freee.example / staff@freee.example（パスワード renkei-demo）</p>`,
  )
}

export function companyPage({
  base,
  request,
  companies,
}: {
  base: string
  request: Record<string, string>
  companies: readonly { id: number; name: string; externalCid: string }[]
}) {
  const choices = companies
    .map(
      ({ id, name, externalCid }, position) =>
        `<label><input type="radio" name="company_id" value="${id}"${position === 0 ? ' checked' : ''}> ${escapeHtml(name)}（事業所番号 ${escapeHtml(shownNumber(externalCid))}）</label>`,
    )
    .join('\n')
  return page(
    '事業所の選択',
    `<p>連携する事業所を選択してください。</p>
<form method="get" action="${base}/public_api/authorize">
${hidden(request)}
${choices}
<button class="primary" type="submit">次へ</button>
</form>`,
  )
}

export function consentPage({
  base,
  request,
  logoutTo,
  email,
  companyName,
}: {
  base: string
  request: Record<string, string>
  /** The same request without a chosen company: the next user may have others. */
  logoutTo: Record<string, string>
  email: string
  companyName: string
}) {
  return page(
    'アプリ連携の開始',
    `<p>「Renkei」が「${escapeHtml(companyName)}」の次の情報を利用することを許可しますか？</p>
<ul>
<li>[人事労務] 従業員（参照・更新）</li>
<li>[人事労務] 給与明細（参照）</li>
<li>[人事労務] 賞与明細（参照）</li>
<li>[人事労務] ログインユーザー（参照）</li>
</ul>
<form method="post" action="${base}/public_api/authorize">
${hidden(request)}
<button class="primary" type="submit" name="decision" value="allow">許可する</button>
<button type="submit" name="decision" value="cancel">キャンセル</button>
</form>
<form method="post" action="${base}/logout">
${hidden({ return_to: `${base}/public_api/authorize?${new URLSearchParams(logoutTo).toString()}` })}
<p class="note">${escapeHtml(email)} でログインしています。<button class="plain" type="submit">別のアカウントでログイン</button></p>
</form>`,
  )
}

export const errorPage = (message: string) => page('エラー', `<p class="error" role="alert">${escapeHtml(message)}</p>`)

/** freee shows the 事業所番号 in groups with hyphens. */
const shownNumber = (externalCid: string) =>
  `${externalCid.slice(0, 3)}-${externalCid.slice(3, 6)}-${externalCid.slice(6)}`
