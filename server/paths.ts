/** Every URL, as pattern (for routes) and builder (for redirects, views, mails and tests). They are stable. */

type Parameters<Names extends string> = { readonly [Name in Names]: string }
type Query = Readonly<Record<string, string | number | undefined>>

export interface Path<Names extends string> {
  pattern: string
  to(
    ...args: [Names] extends [never]
      ? [parameters?: Record<never, string>, query?: Query]
      : [parameters: Parameters<Names>, query?: Query]
  ): string
}

function path<Names extends string = never>(pattern: string): Path<Names> {
  return {
    pattern,
    to(parameters?: Record<string, string>, query?: Query) {
      const url = pattern.replace(/:(\w+)/g, (_, name: string) => {
        const value = parameters?.[name]
        if (value === undefined) throw new Error(`${pattern} without its ${name}`)
        return encodeURIComponent(value)
      })
      const search = new URLSearchParams(
        Object.entries(query ?? {}).flatMap(([name, value]) =>
          value === undefined ? [] : [[name, String(value)] as [string, string]],
        ),
      ).toString()
      return search ? `${url}?${search}` : url
    },
  }
}

export const paths = {
  home: path('/'),
  signIn: path('/auth/smarthr'),
  signInCallback: path('/auth/smarthr/callback'),
  chooseTenant: path('/auth/smarthr/tenant'),
  signOut: path('/logout'),
  signOutElsewhere: path('/logout/elsewhere'),
  audit: path('/audit'),
  auditCsv: path('/audit/events.csv'),
  limits: path('/limits'),
  companyEnd: path('/company/deletion'),
  help: path('/help'),
  people: path('/people'),
  person: path<'crew'>('/people/:crew'),
  pairing: path<'crew' | 'connector'>('/people/:crew/pair/:connector'),
  checkPerson: path<'crew'>('/people/:crew/check'),
  personXlsx: path<'crew'>('/people/:crew/story.xlsx'),
  personCsv: path<'crew'>('/people/:crew/story.csv'),
  /** of one service, or of pages that belong to none */
  helpOn: path<'subject'>('/help/:subject'),
  helpPage: path<'connector' | 'topic'>('/help/:connector/:topic'),
  dashboard: path<'connector'>('/:connector'),
  connection: path<'connector'>('/:connector/connection'),
  connectionCallback: path<'connector'>('/:connector/connection/callback'),
  connectionConfirm: path<'connector'>('/:connector/connection/confirm'),
  connectionEnd: path<'connector'>('/:connector/connection/disconnect'),
  customItem: path<'connector'>('/:connector/connection/custom-item'),
  settings: path<'connector'>('/:connector/settings'),
  fieldRules: path<'connector'>('/:connector/settings/fields'),
  flowKey: path<'connector'>('/:connector/settings/key'),
  keyComparison: path<'connector'>('/:connector/settings/key/comparison'),
  scopes: path<'connector'>('/:connector/settings/scopes'),
  newScope: path<'connector'>('/:connector/settings/scopes/new'),
  scope: path<'connector' | 'scope'>('/:connector/settings/scopes/:scope'),
  scopeEnd: path<'connector' | 'scope'>('/:connector/settings/scopes/:scope/delete'),
  valueTables: path<'connector'>('/:connector/settings/values'),
  valueTablesCsv: path<'connector'>('/:connector/settings/values.csv'),
  valueTablesFile: path<'connector'>('/:connector/settings/values/file'),
  approvalRules: path<'connector'>('/:connector/settings/approval'),
  schedule: path<'connector'>('/:connector/schedule'),
  checkPlan: path<'connector'>('/:connector/schedule/plan'),
  mailRecipients: path<'connector'>('/:connector/mail-recipients'),
  payslipItems: path<'connector'>('/:connector/payslip-items'),
  accessTokens: path<'connector'>('/:connector/access-tokens'),
  newAccessToken: path<'connector'>('/:connector/access-tokens/new'),
  accessTokenEnd: path<'connector' | 'token'>('/:connector/access-tokens/:token/revoke'),
  runs: path<'connector'>('/:connector/runs'),
  changes: path<'connector'>('/:connector/changes'),
  changesXlsx: path<'connector'>('/:connector/changes.xlsx'),
  changesCsv: path<'connector'>('/:connector/changes.csv'),
  newRun: path<'connector'>('/:connector/runs/new'),
  newFile: path<'connector'>('/:connector/files'),
  report: path<'id'>('/runs/:id'),
  progress: path<'id'>('/runs/:id/progress'),
  errorsCsv: path<'id'>('/runs/:id/errors.csv'),
  planXlsx: path<'id'>('/runs/:id/plan.xlsx'),
  planCsv: path<'id'>('/runs/:id/plan.csv'),
  approval: path<'id'>('/runs/:id/approval'),
  cancelRun: path<'id'>('/runs/:id/cancel'),
  retryRun: path<'id'>('/runs/:id/retry'),
  undoRun: path<'id'>('/runs/:id/undo'),
  step: path<'id' | 'step'>('/runs/:id/:step'),
  feed: path('/feed/v1'),
  live: path('/health/live'),
  ready: path('/health/ready'),
  metrics: path('/metrics'),
  securityTxt: path('/.well-known/security.txt'),
}
