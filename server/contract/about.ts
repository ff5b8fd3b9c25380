/** Whom to ask, and what was agreed, as the operator has set it; null: not set. */
export type About = Readonly<Record<'supportUrl' | 'supportMail' | 'privacyUrl' | 'termsUrl', string | null>>

/** The last lines of every mail; nothing where nothing is set. */
export function belowMails({ supportUrl, supportMail, privacyUrl, termsUrl }: About): string {
  const lines = [
    supportUrl && `お問い合わせ: ${supportUrl}`,
    supportMail && `メールでのお問い合わせ: ${supportMail}`,
    privacyUrl && `プライバシーポリシー: ${privacyUrl}`,
    termsUrl && `利用規約: ${termsUrl}`,
  ].filter(line => line !== null)
  return lines.length > 0 ? ['', '', ...lines].join('\n') : ''
}

/** How those sentences begin, the services' own among them. */
const AFTER_A_FAILURE = 'また、再試行しても解消しない場合は、'

/** Whom a mail about failures sends its reader to: those who were set, else in the service's own words. */
export function askWhom({ supportUrl, supportMail }: About, preset: string): string {
  const contacts = [supportUrl, supportMail].filter(contact => contact !== null)
  return contacts.length > 0
    ? `${AFTER_A_FAILURE}行なった操作、日時、このメールの内容を添えて、お問い合わせ窓口（ ${contacts.join(' または ')} ）にお問い合わせください。`
    : preset
}

/** The same in a mail about something that nobody has tried, or can try again: `when` one is to ask, 「…場合は、」. */
export const askWhomWhen = (when: string, about: About, preset: string): string =>
  askWhom(about, preset).replace(AFTER_A_FAILURE, when)
