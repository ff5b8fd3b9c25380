import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { SANDBOX_IDENTIFIER } from '../production.js'

type Environment = Readonly<Record<string, string | undefined>>

export interface LocalSecrets {
  SESSION_SECRETS: string
  TOKEN_KEYS: string
}

/** Secrets of a local installation, made up once and kept: sealed tokens must open after the next start. */
export function localSecrets(file: string): LocalSecrets {
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as LocalSecrets
  const secrets = {
    SESSION_SECRETS: randomBytes(48).toString('base64url'),
    TOKEN_KEYS: `local:${randomBytes(32).toString('base64')}`,
  }
  writeFileSync(file, JSON.stringify(secrets), { mode: 0o600 })
  return secrets
}

export const sandboxPorts = (env: Environment) => ({
  PORT: Number(env.PORT || 3000),
  SANDBOX_PORT: Number(env.SANDBOX_PORT || 4000),
  SANDBOX_SMTP_PORT: Number(env.SANDBOX_SMTP_PORT || 4025),
})

/** What is wrong with the ports of sandbox mode, in words. */
export function portProblems(env: Environment): string[] {
  const ports = Object.entries(sandboxPorts(env))
  return ports.flatMap(([name, port], index) => {
    if (!Number.isInteger(port)) return [`${name}: must be a whole number`]
    if (port < 1 || port > 65_535) return [`${name}: must be between 1 and 65535`]
    const twin = ports.slice(0, index).find(([, other]) => other === port)
    return twin ? [`${twin[0]} and ${name} are both ${port}`] : []
  })
}

/** The configuration of sandbox mode: every outside address is the sandbox's. What is set wins. */
export function sandboxEnvironment(env: Environment): Record<string, string> {
  const { PORT, SANDBOX_PORT, SANDBOX_SMTP_PORT } = sandboxPorts(env)
  const sandbox = `http://localhost:${SANDBOX_PORT}`
  const attendance = (prefix: string, path: string) => ({
    [`${prefix}_CLIENT_ID`]: `renkei-sandbox-${path}`,
    [`${prefix}_CLIENT_SECRET`]: `renkei-sandbox-${path}-secret`,
    [`${prefix}_AUTH_URL`]: `${sandbox}/${path}`,
    [`${prefix}_API_URL`]: `${sandbox}/${path}/v1.0`,
  })
  const values = {
    // Asked for by asking for the sandbox.
    NODE_ENV: 'development',
    PORT: String(PORT),
    HOST: '127.0.0.1',
    APP_URL: `http://localhost:${PORT}`,
    LOG_LEVEL: 'warn',
    OUTBOUND_IPS: '127.0.0.1',
    SANDBOX_PORT: String(SANDBOX_PORT),
    SANDBOX_SMTP_PORT: String(SANDBOX_SMTP_PORT),
    SMARTHR_CLIENT_ID: 'renkei-sandbox',
    SMARTHR_CLIENT_SECRET: 'renkei-sandbox-secret',
    SMARTHR_AUTH_URL: `${sandbox}/smarthr`,
    SMARTHR_API_URL: `${sandbox}/smarthr/t/{subdomain}`,
    FREEE_CLIENT_ID: 'renkei-sandbox-freee',
    FREEE_CLIENT_SECRET: 'renkei-sandbox-freee-secret',
    FREEE_AUTH_URL: `${sandbox}/freee`,
    FREEE_API_URL: `${sandbox}/freee/hr`,
    MONEY_FORWARD_API_URL: `${sandbox}/money-forward/api/v2`,
    MONEY_FORWARD_API_IDENTIFIER: SANDBOX_IDENTIFIER,
    MIKIWAME_API_URL: `${sandbox}/mikiwame`,
    MIKIWAME_COMPANIES: 'midori-shokai:renkei-demo-mikiwame',
    PCA_CLIENT_ID: 'renkei-sandbox-pca',
    PCA_CLIENT_SECRET: 'renkei-sandbox-pca-secret',
    PCA_API_URL: `${sandbox}/pca`,
    ...attendance('KING_OF_TIME', 'king-of-time'),
    ...attendance('TOUCH_ON_TIME', 'touch-on-time'),
    ...attendance('KINKAKUJI', 'kinkakuji'),
    SMTP_URL: `smtp://localhost:${SANDBOX_SMTP_PORT}`,
    MAIL_FROM: 'Renkei <noreply@renkei.example>',
  }
  const given = Object.entries(env).filter((entry): entry is [string, string] => Boolean(entry[1]))
  return { ...values, ...Object.fromEntries(given) }
}
