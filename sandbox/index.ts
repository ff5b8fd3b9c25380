import { startSandbox } from './server.js'

const port = Number(process.env.SANDBOX_PORT || 4000)
const smtpPort = Number(process.env.SANDBOX_SMTP_PORT || 4025)

try {
  const sandbox = await startSandbox({ port, smtpPort, ...(process.env.APP_URL && { appUrl: process.env.APP_URL }) })
  console.log(
    `The sandbox is at ${sandbox.url} (app store ${sandbox.url}/smarthr/plus, inbox ${sandbox.url}/inbox), mail at ${sandbox.smtpUrl}`,
  )
  const stop = () => void sandbox.close().then(() => process.exit(0))
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
} catch (error) {
  const { code } = error as { code?: string }
  console.error(
    code === 'EADDRINUSE'
      ? `Port ${port} or ${smtpPort} is in use. Stop what uses it, or set SANDBOX_PORT and SANDBOX_SMTP_PORT.`
      : error,
  )
  process.exit(1)
}
