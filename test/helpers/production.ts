import { randomBytes } from 'node:crypto'

/** What an operator sets for production, made up anew: nobody is there to answer at these addresses. */
export const productionEnvironment = (): Record<string, string> => ({
  NODE_ENV: 'production',
  APP_URL: 'https://renkei.example',
  DATABASE_URL: 'postgres://web:pw@db.example/renkei',
  SESSION_SECRETS: randomBytes(48).toString('base64'),
  TOKEN_KEYS: `k1:${randomBytes(32).toString('base64')}`,
  SMTP_URL: 'smtps://mail.example:465',
  MAIL_FROM: 'Renkei <noreply@renkei.example>',
  SMARTHR_CLIENT_ID: 'smarthr-id',
  SMARTHR_CLIENT_SECRET: randomBytes(24).toString('hex'),
  FREEE_CLIENT_ID: 'freee-id',
  FREEE_CLIENT_SECRET: randomBytes(24).toString('hex'),
})
