import type { Field, Page } from '../web/page.js'
import type { Newcomer } from './sign-in.service.js'

/** `returnTo`: where another user, or the same with more rights, goes on. */
export const notAdminPage = (returnTo: string): Page & { reason: string; remedy: string; returnTo: string } => ({
  title: 'アクセス権限がありません',
  returnTo,
  reason: 'アプリを利用するには、SmartHRの管理者権限が必要です。ログインしたユーザーには、管理者権限がありません。',
  remedy:
    '利用する場合は、所属企業のSmartHR管理者に、管理者権限の付与を依頼してください。管理者権限を持つ別のユーザーでログインすることもできます。',
})

export const signedOutPage = (returnTo: string): Page & { text: string; returnTo: string } => ({
  title: '一定時間操作がなかったためログアウトしました',
  text: '一定時間操作がなかったため、自動でログアウトしました（ログアウトの操作をした場合も、この画面が表示されます）。送信した内容は保存していません。再度ログインすると、元の画面に戻ります。',
  returnTo,
})

/** SmartHR does not honour any more what the administrator allowed. */
export const authorisationLostPage = (returnTo: string): ReturnType<typeof signedOutPage> => ({
  title: 'SmartHRとの連携の有効期限が切れています',
  text: 'SmartHRとの連携の有効期限が切れたか、許可が取り消されているため、ログアウトしました。送信した内容は保存していません。再度ログインしてください。元の画面に戻ります。',
  returnTo,
})

const reasons = {
  denied:
    'SmartHRとの連携が許可されませんでした。利用するには、もう一度連携をはじめて、SmartHRの画面で［許可する］を押してください。',
  stale: 'ログインの手続きの有効期限が切れたか、別の画面で完了しています。もう一度、ログインしてください。',
  failed:
    'SmartHRとの認証に失敗しました。SmartHRがログインの手続きを完了できませんでした（権限の不足、または一時的な障害）。もう一度ログインしても解消しない場合は、SmartHRの管理者権限と連携の許可を確認してください。',
  unavailable:
    'SmartHRに接続できませんでした。SmartHRが混み合っているか、メンテナンス中の可能性があります。時間をおいて、やり直してください。',
}

export type SignInFailure = keyof typeof reasons

export const signInFailedPage = (
  reason: SignInFailure,
  returnTo: string,
): Page & { text: string; returnTo: string } => ({
  title: '認証で問題が発生しました',
  text: reasons[reason],
  returnTo,
})

/** ［企業アカウント選択］: chosen from a list, or by its subdomain where SmartHR names none. */
export interface ChooseTenantPage extends Page {
  candidates: { value: string; label: string; detail: string; checked: boolean }[] | null
  field: Field
  error: string | null
}

export const chooseTenantPage = (input: {
  candidates: Newcomer['candidates']
  typed: string
  error: string | null
}): ChooseTenantPage => ({
  title: '企業アカウント選択',
  hasErrors: input.error !== null,
  candidates:
    input.candidates.length === 0
      ? null
      : input.candidates.map(({ smarthrId, name, subdomain }, index) => ({
          value: smarthrId,
          label: name,
          detail: subdomain,
          checked: index === 0,
        })),
  field: {
    id: 'subdomain',
    label: 'サブドメイン',
    kind: 'text',
    value: input.typed,
    error: input.error ?? undefined,
    help: 'SmartHRのURL「https://○○○.smarthr.jp」の「○○○」の部分です。',
    example: 'midori-shokai',
  },
  error: input.error,
})
