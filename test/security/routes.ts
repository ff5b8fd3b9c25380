/**
 * Who may come here. open: everybody. bearer: services with an access token. company: administrators who are signed in,
 * each of whom sees their own company. record: besides, it is about one record of a company, and nobody else learns that
 * there is one.
 */
export type Kind = 'open' | 'bearer' | 'company' | 'record'

export interface Expectation {
  kind: Kind
  /** the names of what it reads from the address, the form or the body */
  takes?: readonly string[]
}

const SELECTION = ['at', 'q', 'class', 'sort', 'desc', 'after', 'before']

/** A new route needs a line here. */
export const EXPECTED: Readonly<Record<string, Expectation>> = {
  'GET /': { kind: 'open' },
  'GET /help': { kind: 'open' },
  'GET /help/:subject': { kind: 'open' },
  'GET /help/:connector/:topic': { kind: 'open' },
  'GET /auth/smarthr': { kind: 'open', takes: ['returnTo'] },
  'GET /auth/smarthr/callback': { kind: 'open', takes: ['code', 'state', 'error', 'iss'] },
  'GET /auth/smarthr/tenant': { kind: 'open' },
  'POST /auth/smarthr/tenant': { kind: 'open', takes: ['tenant', 'subdomain'] },
  'POST /logout': { kind: 'open' },
  'POST /logout/elsewhere': { kind: 'open' },
  'GET /.well-known/security.txt': { kind: 'open' },
  'GET /health/live': { kind: 'open' },
  'GET /health/ready': { kind: 'open' },
  'GET /metrics': { kind: 'open' },
  'GET /feed/v1/openapi.json': { kind: 'open' },

  'GET /feed/v1/employees': { kind: 'bearer', takes: ['page', 'per_page', 'after', 'snapshot'] },
  'GET /feed/v1/year_end_adjustments/:year': { kind: 'bearer', takes: ['page', 'after', 'snapshot'] },
  'POST /feed/v1/acknowledgements': { kind: 'bearer', takes: ['snapshot', 'results'] },

  'GET /audit': { kind: 'company', takes: ['kind', 'connector', 'from', 'until', 'before'] },
  'GET /audit/events.csv': { kind: 'company', takes: ['kind', 'connector', 'from', 'until', 'encoding'] },
  'GET /company/deletion': { kind: 'company' },
  'GET /limits': { kind: 'company' },
  'POST /limits': { kind: 'company', takes: ['sensitivePeople', 'samePeople'] },
  'POST /company/deletion': { kind: 'company', takes: ['name', 'sure'] },

  'GET /people': { kind: 'company', takes: ['q'] },
  'GET /people/:crew': { kind: 'record', takes: ['before'] },
  'GET /people/:crew/story.xlsx': { kind: 'record' },
  'GET /people/:crew/story.csv': { kind: 'record', takes: ['encoding'] },

  'GET /:connector': { kind: 'company' },
  'GET /:connector/connection': { kind: 'company' },
  'POST /:connector/connection': {
    kind: 'company',
    takes: ['accountCode', 'token', 'url', 'accessToken', 'password', 'loginId', 'dataArea'],
  },
  'GET /:connector/connection/callback': { kind: 'company', takes: ['code', 'state', 'error', 'iss'] },
  'GET /:connector/connection/confirm': { kind: 'company' },
  'POST /:connector/connection/confirm': { kind: 'company', takes: ['account', 'notes'] },
  'POST /:connector/connection/confirm/cancel': { kind: 'company' },
  'GET /:connector/connection/disconnect': { kind: 'company' },
  'POST /:connector/connection/disconnect': { kind: 'company', takes: ['sure'] },
  'POST /:connector/connection/custom-item': { kind: 'company', takes: ['sure'] },
  'GET /:connector/settings': { kind: 'company' },
  'POST /:connector/settings': { kind: 'company', takes: ['pay_amount', 'working_hours_system_name', 'excluded'] },
  'GET /:connector/settings/fields': { kind: 'company', takes: ['preset'] },
  'POST /:connector/settings/fields': { kind: 'company', takes: ['way-gender', 'blanks-leaving-date', 'new-gender'] },
  'GET /:connector/settings/key': { kind: 'company' },
  'POST /:connector/settings/key': { kind: 'company', takes: ['comparison'] },
  'GET /:connector/settings/key/comparison': { kind: 'company' },
  'POST /:connector/settings/key/comparison': { kind: 'company', takes: ['key'] },
  'GET /:connector/settings/scopes': { kind: 'company' },
  'GET /:connector/settings/scopes/new': { kind: 'company' },
  'POST /:connector/settings/scopes/new': {
    kind: 'company',
    takes: ['name', 'department', 'status', 'from', 'number-0', 'until-0', 'preset', 'do'],
  },
  'GET /:connector/settings/scopes/:scope': { kind: 'record' },
  'POST /:connector/settings/scopes/:scope': { kind: 'record', takes: ['name', 'establishment', 'to', 'reason-0'] },
  'GET /:connector/settings/scopes/:scope/delete': { kind: 'record' },
  'POST /:connector/settings/scopes/:scope/delete': { kind: 'record' },
  'GET /:connector/mail-recipients': { kind: 'company' },
  'POST /:connector/mail-recipients': { kind: 'company', takes: ['starter'] },
  'GET /:connector/payslip-items': { kind: 'company' },
  'POST /:connector/payslip-items': { kind: 'company', takes: ['use', 'name', 'revision'] },
  'GET /:connector/access-tokens': { kind: 'company' },
  'GET /:connector/access-tokens/new': { kind: 'company' },
  'POST /:connector/access-tokens/new': { kind: 'company', takes: ['name', 'expires', 'scope'] },
  'GET /:connector/access-tokens/:token/revoke': { kind: 'record' },
  'POST /:connector/access-tokens/:token/revoke': { kind: 'record' },
  'GET /:connector/changes': { kind: 'company', takes: ['from', 'to', 'at'] },
  'GET /:connector/changes.xlsx': { kind: 'company', takes: ['from', 'to'] },
  'GET /:connector/changes.csv': { kind: 'company', takes: ['from', 'to', 'encoding'] },
  'GET /:connector/runs': { kind: 'company', takes: ['before', 'state', 'flow'] },
  'GET /:connector/runs/new': { kind: 'company', takes: ['flow'] },
  'POST /:connector/runs/new': { kind: 'company', takes: ['flow', 'scope'] },

  'GET /:connector/files': { kind: 'company', takes: ['flow'] },
  'POST /:connector/files': { kind: 'company', takes: ['flow'] },

  'GET /runs/:id': { kind: 'record', takes: ['outcome', 'after', 'before'] },
  'GET /runs/:id/progress': { kind: 'record' },
  'GET /runs/:id/plan.xlsx': { kind: 'record', takes: SELECTION },
  'GET /runs/:id/plan.csv': { kind: 'record', takes: [...SELECTION, 'encoding'] },
  'GET /runs/:id/errors.csv': { kind: 'record', takes: ['encoding', 'all'] },
  'POST /runs/:id/cancel': { kind: 'record' },
  'POST /runs/:id/retry': { kind: 'record', takes: ['outcome'] },
  'GET /runs/:id/undo': { kind: 'record' },
  'POST /runs/:id/undo': { kind: 'record', takes: ['sure'] },
  'GET /runs/:id/upload': { kind: 'record' },
  'GET /runs/:id/columns': { kind: 'record' },
  'POST /runs/:id/columns': { kind: 'record', takes: ['column-0', 'again'] },
  'GET /runs/:id/period': { kind: 'record' },
  'POST /runs/:id/period': { kind: 'record', takes: ['from', 'to'] },
  'GET /runs/:id/date': { kind: 'record' },
  'POST /runs/:id/date': { kind: 'record', takes: ['date', 'scope'] },
  'GET /runs/:id/area': { kind: 'record' },
  'POST /runs/:id/area': { kind: 'record', takes: ['area', 'scope'] },
  'GET /runs/:id/fetch': { kind: 'record' },
  'POST /runs/:id/fetch': { kind: 'record' },
  'GET /runs/:id/items': { kind: 'record' },
  'POST /runs/:id/items': { kind: 'record', takes: ['use', 'name'] },
  'GET /runs/:id/options': { kind: 'record' },
  'POST /runs/:id/options': { kind: 'record', takes: ['division', 'employee_type', 'group'] },
  'GET /runs/:id/select': { kind: 'record', takes: SELECTION },
  'POST /runs/:id/select': { kind: 'record', takes: [...SELECTION, 'op', 'id', 'shown', 'revision'] },
  'GET /runs/:id/confirm': { kind: 'record', takes: ['after', 'before'] },
  'POST /runs/:id/confirm': { kind: 'record', takes: ['revision', 'typed', 'mark'] },
}
