import { Router } from 'express'
import { confirmRoutes } from './confirm.routes.js'
import { connectRoutes } from './connect.routes.js'
import { consentCallbackRoutes } from './consent-callback.routes.js'
import type { ConnectionRoutesDeps } from './connection-pages.js'
import { disconnectRoutes } from './disconnect.routes.js'

/** 連携設定: connect and reconnect, confirm, disconnect. */
export const connectionRoutes = (deps: ConnectionRoutesDeps): Router =>
  Router().use(connectRoutes(deps), consentCallbackRoutes(deps), confirmRoutes(deps), disconnectRoutes(deps))
