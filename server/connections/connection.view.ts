import type { Connector, CredentialsForm } from '../contract/contract.js'
import { declared } from '../contract/declared.js'
import { exchangedFields, type FieldRules } from '../contract/field-rules.js'
import { paths } from '../paths.js'
import { jstDateTime } from '../platform/clock.js'
import type { FieldErrors } from '../web/form.js'
import type { Checkbox, Fact, Field, Page, Label } from '../web/page.js'
import type { Connection } from './connection.store.js'

/** A form that takes credentials. */
export interface CredentialsCard {
  action: string
  title: string
  lead: string
  /** what the service must let in before what is typed here can work; null: nothing that is known */
  permits: { label: string; value: string } | null
  fields: Field[]
  button: string
  /** something is wrong with what was typed here */
  hasErrors: boolean
  /** it is the page's main button */
  primary: boolean
  /** what unfolds the form; null: it stands open */
  foldedUnder: string | null
}

interface Typed {
  /** where the app's calls come from; empty: nobody has said */
  outboundIps: readonly string[]
  typed: Readonly<Record<string, string>>
  errors: FieldErrors
}

const credentialsCard = (
  connector: Connector,
  form: CredentialsForm,
  { typed, errors, outboundIps }: Typed,
  { primary, button }: { primary: boolean; button: string },
): CredentialsCard => ({
  action: paths.connection.to({ connector: connector.id }),
  title: form.title,
  lead: form.lead,
  permits: form.permits && outboundIps.length > 0 ? { label: form.permits.label, value: outboundIps.join(', ') } : null,
  fields: form.fields.map(({ name, label, secret, help }) => ({
    id: name,
    label,
    kind: secret ? 'password' : 'text',
    value: secret ? '' : (typed[name] ?? ''),
    error: errors[name],
    help,
    required: true,
  })),
  button,
  hasErrors: form.fields.some(({ name }) => errors[name] !== undefined),
  primary,
  foldedUnder: null,
})

/** What is read on one side and written on the other, for the pages that connect a service. */
export type Exchanged = readonly Fact[]

const exchangedIn = (connector: Connector, rules: FieldRules | null): Exchanged =>
  exchangedFields(connector, rules).map(({ from, to, labels }) => [
    `${from}から読み取り、${to}に書き込む項目`,
    labels.join('、'),
  ])

/** A service that is not connected: its consent page, a form, or either. */
export interface NewConnectionPage extends Page {
  lead: string
  problem: string | null
  errors: FieldErrors
  consent: { lead: string; field: Field | null; button: string } | null
  form: CredentialsCard | null
  exchanged: Exchanged
}

export function newConnectionPage(
  input: Typed & {
    connector: Connector
    /** false: the app is not registered with the service */
    hasConsent: boolean
    problem: string | null
  },
): NewConnectionPage {
  const { connector, typed, errors, problem } = input
  const { texts, form } = connector.auth
  const consent = input.hasConsent ? connector.auth.consent : undefined
  const code = consent?.accountCode
  return {
    title: texts.settingsTitle,
    hasErrors: problem !== null || Object.keys(errors).length > 0,
    lead: texts.lead,
    problem,
    errors,
    consent: consent
      ? {
          lead: consent.lead,
          field: code
            ? {
                id: 'accountCode',
                label: code.label,
                kind: 'text',
                value: typed.accountCode ?? '',
                error: errors.accountCode,
                help: code.help,
                example: code.example,
                required: true,
              }
            : null,
          button: consent.button,
        }
      : null,
    form: form ? credentialsCard(connector, form, input, { primary: !consent, button: form.button }) : null,
    exchanged: exchangedIn(connector, null),
  }
}

/** ［連携状況の編集］ */
export interface ConnectionPage extends Page {
  lead: string
  warning: string | null
  status: Label
  facts: Fact[]
  broken: boolean
  /** the way to the service's consent page once more */
  consentAgain: { accountCode: string } | null
  form: CredentialsCard | null
  exchanged: Exchanged
}

/** How the account, or what opens it, is changed. */
function changeLead({ auth, labels }: Connector, hasConsent: boolean): string {
  if (hasConsent) return `${labels.account}を変更する場合は、連携を解除してから、もう一度連携してください。`
  const edit = auth.form?.edit
  if (!auth.form || edit === undefined) return 'IDやパスワードが変わった場合は、この画面で入力し直してください。'
  const fields = auth.form.fields.map(field => field.label).join('、')
  return `${fields}が変わった場合は、［${edit}］から登録し直してください。`
}

function brokenSentence({ auth, labels }: Connector, hasConsent: boolean): string {
  if (hasConsent)
    return `再連携が必要です。${labels.product}との連携の有効期限が切れたか、許可が取り消されています。［再連携する］を押して、もう一度許可してください。`
  const { title, button } = declared(auth.form, 'form')
  return `再連携が必要です。保存している内容では${labels.product}に接続できません。「${title}」に入力し直して、［${button}］を押してください。`
}

const accountFacts = ({ labels }: Connector, connection: Connection): Fact[] => [
  [labels.account, connection.accountName],
  [labels.accountCode, connection.accountCode],
]

/** The form of a service that is connected: beside consent, or with its old button, it is not the main one. */
function formAgain(connector: Connector, input: Typed, broken: boolean, hasConsent: boolean): CredentialsCard | null {
  const { form } = connector.auth
  if (!form) return null
  if (form.edit !== undefined) {
    const card = credentialsCard(connector, form, input, { primary: broken, button: form.button })
    return { ...card, foldedUnder: form.edit }
  }
  return credentialsCard(connector, form, input, {
    primary: broken && !hasConsent,
    button: broken || hasConsent ? form.button : '更新する',
  })
}

export function connectionPage(
  input: Typed & { connector: Connector; connection: Connection; hasConsent: boolean; rules: FieldRules | null },
): ConnectionPage {
  const { connector, connection, hasConsent } = input
  const broken = connection.state === 'reconnect_needed'
  return {
    title: '連携状況の編集',
    lead: `連携している${connector.labels.account}を確認できます。${changeLead(connector, hasConsent)}`,
    warning: broken ? brokenSentence(connector, hasConsent) : null,
    status: broken ? { label: '再連携が必要', look: 'st-error' } : { label: '連携中', look: 'st-green' },
    facts: [
      ...accountFacts(connector, connection),
      ['連携した管理者', connection.createdByName],
      ['連携日時', jstDateTime(connection.createdAt)],
    ],
    broken,
    consentAgain: hasConsent ? { accountCode: connection.accountCode } : null,
    form: formAgain(connector, input, broken, hasConsent),
    exchanged: exchangedIn(connector, input.rules),
  }
}

/** ［連携の確認］ before a connection takes force. */
export interface ConfirmConnectionPage extends Page {
  lead: string
  heading: string
  action: string
  cancel: string
  /** the connection's id */
  pending: string
  facts: Fact[]
  ticks: { account: Checkbox; notes: Checkbox }
  notes: readonly string[]
  exchanged: Exchanged
  errors: FieldErrors
}

export function confirmConnectionPage(input: {
  connector: Connector
  pending: Connection
  rules: FieldRules | null
  ticks: { account: boolean; notes: boolean }
  errors: FieldErrors
}): ConfirmConnectionPage {
  const { connector, pending, ticks, errors } = input
  const { account } = connector.labels
  const action = paths.connectionConfirm.to({ connector: connector.id })
  const tick = (name: 'account' | 'notes', label: string): Checkbox => ({
    name,
    boxId: name,
    value: 'yes',
    label,
    checked: ticks[name],
    error: errors[name],
  })
  return {
    title: '連携の確認',
    hasErrors: Object.keys(errors).length > 0,
    lead: `連携する${account}と注意事項を確認してください。［連携する］を押すまで、連携は始まりません。`,
    heading: `連携する${account}`,
    action,
    cancel: `${action}/cancel`,
    pending: pending.id,
    facts: accountFacts(connector, pending),
    ticks: {
      account: tick('account', `連携する${account}が合っていることを確認しました`),
      notes: tick('notes', '注意事項を確認しました'),
    },
    notes: connector.auth.texts.confirmNotes ?? [],
    exchanged: exchangedIn(connector, input.rules),
    errors,
  }
}

/** ［連携の解除］ */
export interface DisconnectPage extends Page {
  heading: string
  question: string
  facts: Fact[]
  notes: readonly string[]
  sure: Checkbox
}

export function disconnectPage(input: {
  connector: Connector
  connection: Connection
  error: string | null
}): DisconnectPage {
  const { connector, connection, error } = input
  const title = '連携の解除'
  return {
    title,
    hasErrors: error !== null,
    heading: '連携状況の編集',
    dialog: {
      title,
      content: '連携の解除の内容',
      action: paths.connectionEnd.to({ connector: connector.id }),
      // what is shown here, and no other that has come into force meanwhile
      hidden: { connection: connection.id },
      cancel: paths.connection.to({ connector: connector.id }),
      button: '解除',
      dangerous: true,
      hasErrors: error !== null,
    },
    question: `${connector.labels.product}との連携を解除しますか？`,
    facts: accountFacts(connector, connection),
    notes: connector.auth.texts.disconnectNotes,
    sure: {
      name: 'sure',
      boxId: 'sure',
      value: 'yes',
      label: '解除することを確認しました',
      checked: false,
      error: error ?? undefined,
      focus: error !== null,
    },
  }
}
