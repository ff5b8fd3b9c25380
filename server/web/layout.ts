import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RequestHandler } from 'express'
import type { Config } from '../config.js'
import type { Tenant } from '../install/tenant.store.js'
import { paths } from '../paths.js'
import { projectRoot } from '../platform/root.js'
import { csrfToken } from './csrf.js'

/** An asset's URL with its content's hash, so that browsers may keep it for ever. */
function hashed(file: string): string {
  const content = readFileSync(join(projectRoot, 'public', file))
  return `/assets/${file}?v=${createHash('sha256').update(content).digest('hex').slice(0, 12)}`
}

/** In the order in which they are loaded: a later file may narrow what an earlier one says. */
const STYLES = [
  'tokens',
  'base',
  'icon',
  'layout',
  'card',
  'message',
  'button',
  'form',
  'status',
  'table',
  'reel',
  'menu',
  'stepper',
  'dialog',
]

/** One behaviour each, found by its `data-…`; every page works without them. */
const SCRIPTS = ['bar', 'dialog', 'menu', 'send-once', 'copy', 'save-at-once', 'select-rows', 'progress']

/** What every page draws: assets, URLs, who is signed in. `token()` makes the session's CSRF token when a form needs it. */
export function layout({ config }: { config: Config }): RequestHandler {
  const assets = {
    styles: STYLES.map(name => hashed(`css/${name}.css`)),
    scripts: SCRIPTS.map(name => hashed(`js/${name}.js`)),
    icon: hashed('images/icon.svg'),
  }
  return (req, res, next) => {
    const tenant = res.locals.tenant as Tenant | undefined
    Object.assign(res.locals, {
      assets,
      paths,
      token: () => csrfToken(req),
      smarthrHome: tenant?.subdomain
        ? config.smarthr.apiUrl.replace('{subdomain}', tenant.subdomain)
        : config.smarthr.authUrl,
      path: req.path,
    })
    next()
  }
}
