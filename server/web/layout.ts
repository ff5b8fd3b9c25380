import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RequestHandler, Response } from 'express'
import type { Config } from '../config.js'
import type { About } from '../contract/about.js'
import { checkableFlows, CHECKS } from '../contract/checkable.js'
import { asksItems, type Connector } from '../contract/contract.js'
import { KEY_CHOICE, keyChoices } from '../contract/flow-keys.js'
import { FIELD_RULES, hasFieldRules } from '../contract/field-rules.js'
import { SCOPE, scopedFlows } from '../contract/scope.js'
import { tablesOf, VALUE_TABLES } from '../contract/value-tables.js'
import { paths } from '../paths.js'
import { projectRoot } from '../platform/root.js'
import { csrfToken } from './csrf.js'
import { helpOfView } from './help-link.js'
import type { Page, PageLink } from './page.js'

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
  'cards',
  'menu',
  'stepper',
  'help',
  'watch',
  'dialog',
]

/** One behaviour each, found by its `data-…`; every page works without them. */
const SCRIPTS = ['bar', 'dialog', 'menu', 'send-once', 'copy', 'select-rows', 'unfold', 'progress']

/** Its entries are pages that the connector has. */
const menuOf = (connector: Connector): PageLink[] => {
  const to = { connector: connector.id }
  const asksForItems = connector.flows.some(asksItems)
  return [
    { href: paths.dashboard.to(to), label: 'ダッシュボード' },
    { href: paths.runs.to(to), label: connector.dashboard.allTitle ?? '連携レポート' },
    ...(connector.settings ? [{ href: paths.settings.to(to), label: connector.settings.title }] : []),
    ...(hasFieldRules(connector) ? [{ href: paths.fieldRules.to(to), label: FIELD_RULES }] : []),
    ...(keyChoices(connector).length > 0 ? [{ href: paths.flowKey.to(to), label: KEY_CHOICE }] : []),
    ...(scopedFlows(connector).length > 0 ? [{ href: paths.scopes.to(to), label: SCOPE }] : []),
    ...(tablesOf(connector).length > 0 ? [{ href: paths.valueTables.to(to), label: VALUE_TABLES }] : []),
    ...(asksForItems ? [{ href: paths.payslipItems.to(to), label: '給与明細の項目' }] : []),
    ...(connector.accessTokens ? [{ href: paths.accessTokens.to(to), label: connector.accessTokens.title }] : []),
    ...(checkableFlows(connector).length > 0 ? [{ href: paths.schedule.to(to), label: CHECKS }] : []),
    { href: paths.approvalRules.to(to), label: '承認' },
    { href: paths.mailRecipients.to(to), label: '結果メール' },
    { href: paths.connection.to(to), label: connector.auth.texts.menu },
  ]
}

/** What stands at the head of a page: of one service's pages its name and menu, of the others the app's. */
const siteOf = (connector: Connector | undefined, signedIn: boolean) => ({
  name: connector?.labels.app ?? 'Renkei',
  href: connector ? paths.dashboard.to({ connector: connector.id }) : paths.home.to(),
  menu: connector && signedIn ? menuOf(connector) : null,
})

/** Whom to ask and what was agreed, as the operator has set it. */
const footerOf = ({ supportUrl, supportMail, privacyUrl, termsUrl }: About): PageLink[] =>
  [
    { href: supportUrl, label: 'お問い合わせ' },
    { href: supportMail && `mailto:${supportMail}`, label: supportMail ?? '' },
    { href: privacyUrl, label: 'プライバシーポリシー' },
    { href: termsUrl, label: '利用規約' },
  ].flatMap(({ href, label }) => (href ? [{ href, label }] : []))

/** Whom somebody in trouble is sent to. */
const contactsOf = ({ supportUrl, supportMail }: About): PageLink[] =>
  [
    { href: supportUrl, label: 'お問い合わせ窓口' },
    { href: supportMail && `mailto:${supportMail}`, label: supportMail ?? '' },
  ].flatMap(({ href, label }) => (href ? [{ href, label }] : []))

/**
 * Draws every view inside layout.ejs, with what all pages need: assets, URLs, who is signed in. `token()` makes the
 * session's CSRF token when a form needs it.
 */
export function layout({ config }: { config: Config }): RequestHandler {
  const assets = {
    styles: STYLES.map(name => hashed(`css/${name}.css`)),
    scripts: SCRIPTS.map(name => hashed(`js/${name}.js`)),
    icon: hashed('images/icon.svg'),
  }
  const below = footerOf(config.about)
  const contacts = contactsOf(config.about)
  const smarthrHome = ({ tenant }: { tenant?: { subdomain: string | null } }) =>
    tenant?.subdomain ? config.smarthr.apiUrl.replace('{subdomain}', tenant.subdomain) : config.smarthr.authUrl
  return (req, res, next) => {
    Object.assign(res.locals, { assets, paths, token: () => csrfToken(req), path: req.path })
    const render = res.render.bind(res)
    res.render = ((view: string, options: { page: Page; connector?: Connector }) => {
      const site = siteOf(options.connector, Boolean(res.locals.admin))
      const page = helpOfView(view, options.connector)
      const help = { page, href: page ?? paths.help.to() }
      render('layout', { ...options, view, site, help, below, contacts, smarthrHome: smarthrHome(res.locals) })
    }) as Response['render']
    next()
  }
}
