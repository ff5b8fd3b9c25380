import type { Request, Response } from 'express'
import type { Connector } from '../contract/contract.js'
import { AppError } from '../errors.js'
import type { FieldErrors } from '../web/form.js'
import { toConfirmOrDashboard, type ConnectionRoutesDeps } from './connection-pages.js'
import { newConnectionPage } from './connection.view.js'

export interface Shown {
  typed?: Readonly<Record<string, string>>
  errors?: FieldErrors
  problem?: string
}

/** The page that connects, with what was typed and what is wrong with it. */
export const showConnectForm = (
  { consentOf, outboundIps }: Pick<ConnectionRoutesDeps, 'consentOf' | 'outboundIps'>,
  res: Response,
  connector: Connector,
  { typed = {}, errors = {}, problem }: Shown,
): void =>
  res.render('pages/connection-new', {
    connector,
    page: newConnectionPage({
      connector,
      hasConsent: consentOf(connector) !== null,
      outboundIps,
      typed,
      errors,
      problem: problem ?? null,
    }),
  })

/** Connects, and goes on to the next page. A refusal (AppError) is shown on the form, with what was typed. */
export async function connectOrShow(
  deps: Pick<ConnectionRoutesDeps, 'consentOf' | 'outboundIps' | 'log'>,
  req: Request,
  res: Response,
  order: {
    connector: Connector
    /** gives whether the connection is in force */
    connect(): Promise<boolean>
    typed?: Readonly<Record<string, string>>
  },
): Promise<void> {
  const { connector, connect, typed = {} } = order
  try {
    toConfirmOrDashboard(req, res, { connector, active: await connect(), log: deps.log })
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    res.status(error.status)
    showConnectForm(deps, res, connector, { typed, problem: error.message })
  }
}
