/** What production refuses though its form is right: what is known to others, guessed in a moment, or sent in clear. */

type Environment = Readonly<Record<string, string | undefined>>

/** Random keys and secrets have far more. */
const LEAST_DIFFERENT = 12

/** Of the sandbox and its demo: they stand in this repository. */
const SANDBOX = /(^|[:@,]\s*)renkei-(sandbox|demo)/i
export const SANDBOX_IDENTIFIER = 'b1a0c7de-52f4-4f0e-9d83-6c7f2e4a9b10'

const entriesOf = (value = '') =>
  value
    .split(',')
    .map(entry => entry.trim())
    .filter(entry => entry !== '')

const keyOf = (entry: string) => Buffer.from(entry.slice(entry.indexOf(':') + 1), 'base64')

const different = (parts: Iterable<unknown>) => new Set(parts).size

/** Keys and secrets that are no secret, or stand there twice. */
function weakSecrets({ SESSION_SECRETS, TOKEN_KEYS }: Environment): string[] {
  const secrets = entriesOf(SESSION_SECRETS)
  const keys = entriesOf(TOKEN_KEYS).map(keyOf)
  return [
    secrets.some(secret => different(secret) < LEAST_DIFFERENT) &&
      'SESSION_SECRETS: one is easily guessed; make it with openssl rand -base64 48',
    different(secrets) < secrets.length && 'SESSION_SECRETS: the same secret stands there twice',
    keys.some(key => different(key) < LEAST_DIFFERENT) &&
      'TOKEN_KEYS: one is all zeros or easily guessed; make it with openssl rand -base64 32',
    different(keys.map(key => key.toString('hex'))) < keys.length && 'TOKEN_KEYS: the same key stands there twice',
  ].filter(problem => problem !== false)
}

/** An address of this machine: what is sent there is heard by nobody else. */
const isHere = ({ hostname }: URL) => ['localhost', '127.0.0.1', '[::1]'].includes(hostname.toLowerCase())

/** Mail names people and companies: it goes encrypted, or nowhere beyond this machine. */
function plainMail(value: string | undefined): string[] {
  if (!value || !URL.canParse(value)) return []
  const url = new URL(value)
  return url.protocol === 'smtps:' || isHere(url) || url.searchParams.get('requireTLS') === 'true'
    ? []
    : [
        'SMTP_URL: would send mail in clear; begin it with smtps://, or end it with ?requireTLS=true where the server offers STARTTLS',
      ]
}

/** What is wrong with an environment for production, each in a sentence. `addresses`: variables over whose URL secrets travel. */
export function refusedInProduction(given: Environment, addresses: readonly string[]): string[] {
  const values = Object.entries(given).flatMap(([name, value]) => (value ? [[name, value] as const] : []))
  return [
    ...(given.CLOCK ? ['CLOCK: refused in production'] : []),
    ...(given.APP_URL ? [] : ['APP_URL is not set']),
    ...weakSecrets(given),
    ...values.flatMap(([name, value]) => [
      ...(/change-?me/i.test(value) ? [`${name}: still says change-me, as the example does`] : []),
      ...(SANDBOX.test(value) || value === SANDBOX_IDENTIFIER
        ? [`${name}: belongs to the sandbox, and everybody can read it; put the real one there`]
        : []),
    ]),
    ...values.flatMap(([name, value]) => {
      if (!addresses.includes(name) || !URL.canParse(value)) return []
      const url = new URL(value)
      return url.protocol === 'https:' || isHere(url) ? [] : [`${name}: must start with https:// in production`]
    }),
    ...plainMail(given.SMTP_URL),
  ]
}
