/** What a connector adds to the help pages, in its own words. */
import type { StepKind } from './steps.js'

/** A page that has help, by the name of its view. */
export type HelpTopic =
  | 'connection'
  | 'dashboard'
  | 'settings'
  | 'field-rules'
  | 'flow-key'
  | 'scopes'
  | 'value-tables'
  | 'payslip-items'
  | 'access-tokens'
  | 'mail-recipients'
  | 'schedule'
  | 'approval'
  | StepKind
  | 'report'
  | 'runs'
  | 'changes'

export interface Manual {
  /** the title of its page */
  label: string
  href: string
}

export interface ConnectorHelp {
  /** what the service calls it, beside SmartHR's word */
  terms: readonly { smarthr: string; service: string; note?: string }[]
  /** the manuals on this connection, only those whose address is known */
  manuals: readonly Manual[]
  /** what is different about a page with this service, below what is true for all */
  pages: Partial<Record<HelpTopic, readonly string[]>>
  /** what the connector itself says of a connection that fails, of a file it can't read, and of records that can't go */
  reasons?: Partial<Record<'connecting' | 'reading' | 'planning', readonly string[]>>
}

/** An article of SmartHR's help centre. */
export const smarthrArticle = (id: string): string => `https://support.smarthr.jp/ja/help/articles/${id}/`
