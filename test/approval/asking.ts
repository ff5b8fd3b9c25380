import { expect } from 'chai'
import type { Visitor } from '../helpers/visitor.js'
import { eventually } from '../helpers/waiting.js'
import { boxesOf, chooseEverybody, countAsked, firstOptions, toSelection } from '../helpers/walking.js'
import type { ReceivedMail, World } from '../helpers/world.js'

export const TO_SMARTHR = 'employees-to-smarthr'
export const JIRO = 'jiro@midori.example'

/** Two administrators of one company, the first of whom has connected the service; the rule of all its flows is `mode`. */
export async function two(world: World, { connector = 'freee', mode = 'always' } = {}) {
  const hanako = await world.connected(connector)
  const jiro = await world.signedIn(JIRO, `/${connector}`)
  await rule(world, connector, mode)
  return { hanako, jiro }
}

/** Saves the rule of each of a service's flows, as far as the flow has it. */
export async function rule(world: World, connector: string, mode: string): Promise<void> {
  const visitor = await world.signedIn(JIRO, `/${connector}/settings/approval`)
  const offered = [...visitor.page().html.matchAll(/<input\b[^>]*type="radio"[^>]*>/g)].map(([tag]) => ({
    field: /name="([^"]+)"/.exec(tag)?.[1] ?? '',
    value: /value="([^"]+)"/.exec(tag)?.[1] ?? '',
  }))
  const fields = [...new Set(offered.map(({ field }) => field))]
  expect(fields, 'the page offers rules').to.not.have.length(0)
  const modeOf = (field: string) => (offered.some(one => one.field === field && one.value === mode) ? mode : 'off')
  await visitor.press('保存', Object.fromEntries(fields.map(field => [field, modeOf(field)])))
  expect(visitor.page().text).to.include('承認の設定を保存しました')
}

/** The first person of the plan is chosen; the dialog stands open. */
export async function toDialog(visitor: Visitor): Promise<string> {
  const runId = await toSelection(visitor, TO_SMARTHR)
  await visitor.press('確認', { id: boxesOf(visitor)[0] ?? '' })
  return runId
}

/** … and ［承認を依頼］ is pressed. */
export async function ask(visitor: Visitor): Promise<string> {
  const runId = await toDialog(visitor)
  await visitor.press('承認を依頼')
  return runId
}

/** Everybody of a service's flow is chosen, and another administrator is asked. */
export async function askForEverybody(visitor: Visitor): Promise<void> {
  await chooseEverybody(visitor, visitor.page().html.includes('value="confirm">同期を開始') ? '同期を開始' : '確認')
  if (visitor.page().url.endsWith('/options')) await visitor.press('確認', firstOptions(visitor))
  await visitor.press('承認を依頼', countAsked(visitor))
}

/** Sends what no button of this visitor's page sends. */
export function send(visitor: Visitor, url: string, fields: Record<string, string>) {
  const csrf = /name="_csrf" value="([^"]+)"/.exec(visitor.page().html)?.[1] ?? ''
  return visitor.post(url, { _csrf: csrf, ...fields })
}

export const approvalsOf = async (world: World, runId: string) =>
  (
    await world.container.ownerPool.query<{ id: string; state: string; decided_by: string | null }>(
      'select id, state, decided_by from approvals where run_id = $1 order by requested_at',
      [runId],
    )
  ).rows

export const stateOf = async (world: World, runId: string): Promise<string> =>
  (await world.container.ownerPool.query<{ state: string }>('select state from runs where id = $1', [runId])).rows[0]
    ?.state ?? ''

/** What a service was asked to change. */
export const writesTo = async (world: World, service: string) =>
  (await world.calls(service)).filter(
    ({ method, path, status }) =>
      ['POST', 'PUT', 'PATCH', 'DELETE'].includes(method) &&
      status < 400 &&
      !/oauth|token|authenticate|login|logout/i.test(path),
  )

/** A mail of the test before may come late: it is of another run. */
export const mailTo = (world: World, to: string, subject: string, runId = ''): Promise<ReceivedMail> =>
  eventually(`the mail ${subject}`, async () =>
    (await world.mails()).find(one => one.to.includes(to) && one.subject.includes(subject) && one.text.includes(runId)),
  )

export const acts = async (world: World, runId: string) =>
  (
    await world.container.ownerPool.query<{ act: string; admin_name: string | null; details: Record<string, unknown> }>(
      'select act, admin_name, details from audit_events where run_id = $1 order by id',
      [runId],
    )
  ).rows
