import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express, { type Express } from 'express'
import { createSandboxClock } from './core/clock.js'
import { controlRouter } from './core/control.js'
import { actOut, createFaults } from './core/faults.js'
import { page } from './core/html.js'
import { createRequestLog, masked } from './core/request-log.js'
import type { StandIn } from './core/stand-in.js'
import { createFreee } from './freee/index.js'
import { createInbox } from './inbox/inbox.js'
import { createKingOfTimes } from './king-of-time/index.js'
import { createMikiwame } from './mikiwame/index.js'
import { createMoneyForward } from './money-forward/index.js'
import { createPca } from './pca/index.js'
import { createSmarthr } from './smarthr/index.js'
import { seedPeople } from './smarthr/seed.js'

export interface SandboxOptions {
  /** 0 = any free port */
  port: number
  smtpPort: number
  host?: string
  /** where the app is: the app store's buttons lead there */
  appUrl?: string
}

export interface Sandbox {
  url: string
  smtpUrl: string
  /** Copies what signing in and connecting leave at every service; what comes back puts it back, after a reset. */
  keepConnections(): () => void
  close(): Promise<void>
}

/** An idle connection stays open for so long, as it does at the services' own front ends. */
const KEEP_ALIVE_MS = 75_000

/** The headers worth looking at in tests; secrets are none of them. */
const LOGGED_HEADERS = ['content-type', 'accept', 'user-agent', 'x-request-id']

/** Starts the stand-ins, the inbox and the control API. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const clock = createSandboxClock()
  const appUrl = options.appUrl ?? 'http://localhost:3000'
  const faults = createFaults()
  const log = createRequestLog()
  const inbox = createInbox(faults)
  const standIns: StandIn[] = [
    createSmarthr({ clock, appUrl }),
    createFreee(clock, seedPeople),
    ...createKingOfTimes({ clock, crews: seedPeople, appUrl: options.appUrl }),
    createMikiwame(seedPeople),
    createPca(clock, seedPeople),
    createMoneyForward({ clock, crews: seedPeople, appUrl }),
  ]

  const app: Express = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.use('/_control', controlRouter({ standIns, clock, faults, log, inbox }))
  app.use('/inbox', inbox.router)

  for (const standIn of standIns) {
    app.use(`/${standIn.name}`, (req, res, next) => {
      const method = req.method
      const url = new URL(req.url, 'http://sandbox.invalid')
      let answer: unknown
      if (log.recording()) {
        const json = res.json.bind(res)
        res.json = body => {
          answer = body
          return json(body)
        }
      }
      // 'close' comes also when a fault cuts the line.
      res.on('close', () => {
        const headers = LOGGED_HEADERS.flatMap(name => {
          const value = req.get(name)
          return value === undefined ? [] : [[name, value] as const]
        })
        log.add({
          time: new Date().toISOString(),
          service: standIn.name,
          method,
          path: standIn.loggedPath?.(url.pathname) ?? url.pathname,
          query: masked(Object.fromEntries(url.searchParams)) as Record<string, unknown>,
          headers: Object.fromEntries(headers),
          body: masked(req.body),
          status: res.writableEnded ? res.statusCode : 0,
          ...(answer !== undefined && { response: answer }),
        })
      })
      const fault = faults.strike(standIn.name, method, url.pathname)
      if (fault) actOut(fault, req, res, next, () => standIn.move?.())
      else next()
    })
    app.use(`/${standIn.name}`, express.json({ limit: '20mb', strict: false }), express.urlencoded({ extended: false }))
    app.use(`/${standIn.name}`, standIn.router)
  }

  app.get('/', (_req, res) => {
    res.send(
      page(
        'Renkei サンドボックス',
        '<ul><li><a href="/smarthr/plus">SmartHR Plus（アプリストア）</a></li><li><a href="/inbox">受信箱</a></li><li><a href="/money-forward/admin">マネーフォワード クラウド給与</a></li></ul>',
      ),
    )
  })

  const host = options.host ?? '127.0.0.1'
  const server = await new Promise<Server>((resolve, reject) => {
    const listening = app.listen(options.port, host, error => (error ? reject(error) : resolve(listening)))
  })
  server.keepAliveTimeout = KEEP_ALIVE_MS
  await new Promise<void>((resolve, reject) => {
    inbox.smtp.once('error', reject)
    inbox.smtp.listen(options.smtpPort, host, () => resolve())
  })
  const { port } = server.address() as AddressInfo
  const smtpPort = (inbox.smtp.server.address() as AddressInfo).port
  return {
    url: `http://localhost:${port}`,
    smtpUrl: `smtp://localhost:${smtpPort}`,
    keepConnections() {
      const back = standIns.flatMap(standIn => standIn.keepConnections?.() ?? [])
      return () => {
        for (const bringBack of back) bringBack()
      }
    },
    async close() {
      await new Promise<void>(done => {
        inbox.smtp.close(() => done())
      })
      server.closeAllConnections()
      await new Promise(done => server.close(done))
    },
  }
}
