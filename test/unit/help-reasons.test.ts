import { expect } from 'chai'
import { connectors } from '../../server/connectors/registry.js'
import type { HelpTopic } from '../../server/contract/help.js'
import { connectorTopicPage } from '../../server/help/help.view.js'
import { failureTexts, type FailureText } from '../texts/failures.js'

/** Which pages show the reasons that a file makes: read from `file:line text`. */
const SHOWN_ON: readonly (readonly [file: RegExp, topics: readonly HelpTopic[]])[] = [
  [/^server\/plan\/(fetch\.job|plan-run)/, ['fetch', 'report']],
  [/^server\/plan\/(?!compare-keys)/, ['select', 'confirm', 'report']],
  [/^server\/runs\/difference/, ['select', 'confirm', 'report']],
  [/^server\/runs\/shortfalls/, ['fetch', 'report']],
  [/^server\/runs\/run-(failures|settings)/, ['fetch', 'report']],
  [/^server\/(apply\/|runs\/(reasons|publications))/, ['report']],
  [/^server\/payslips\/(statement-items|payslip)\.ts/, ['confirm', 'report']],
  [/^server\/payslips\/(check-statements|order-payroll)/, ['report']],
  [/^server\/wizard\/refusals/, ['confirm']],
  [/^server\/calls\//, ['connection', 'fetch', 'report']],
  [/^server\/smarthr\/errors/, ['connection', 'fetch', 'report']],
  [/^server\/smarthr\/pages/, ['fetch', 'report']],
  [/^server\/smarthr\/(crews|crew-accounts|payslips)/, ['report']],
  [/^server\/connections\/(consent-callback|connection\.service)/, ['connection']],
  // Answers to writes, and what is said of a file's columns.
  [/^server\/connectors\/king-of-time\/errors\S* (選択した|所属事業所または|\{\}を、)/, ['report']],
  [/^server\/connectors\/csv\/columns\S* (社員番号の|\{\})/, ['columns']],
  [/^server\/connectors\/(mikiwame\/store|money-forward\/payrolls)/, ['connection', 'fetch', 'report']],
  [/^server\/connectors\/\w[\w-]*\/errors/, ['connection', 'fetch', 'report']],
  [/^server\/connectors\/csv\/(encoding|rows|directory)/, ['upload', 'columns']],
  [/^server\/connectors\/freee\/account/, ['connection']],
  [/^server\/connectors\/king-of-time\/access/, ['connection']],
  [/^server\/connectors\/pca\/api/, ['connection']],
  [
    /^server\/connectors\/\w[\w-]*\/(?!index|settings|publications|payslips\.flows|mail|help|feed\.)/,
    ['select', 'report'],
  ],
]

/** Not in the help, and why that is right. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  '事業所番号が正しくありません。': 'stands at its field',
  '一時停止しています。': 'nothing needs doing: the page’s own trouble says so',
  '取り込みましたが、SmartHRで項目の合計金額が一致していません。種別が異なる項目：{}ほか': 'the same, of more items',
  'このアプリから取り込んだことのない項目（{}ほか': 'the same, of more items',
}

const topicsOf = ({ at, text }: FailureText): readonly HelpTopic[] =>
  SHOWN_ON.find(([file]) => file.test(`${at} ${text}`))?.[1] ?? []

/** A page's reasons, of every service that has it. */
const rowsOf = (topic: HelpTopic): string[] =>
  connectors.flatMap(connector =>
    (connectorTopicPage(connector, topic)?.reasons ?? []).flatMap(({ table }) =>
      table.rows.map(({ cause, remedy }) => cause + remedy),
    ),
  )

/** Cause and remedy stand apart there: a sentence may have moved. */
const saidIn = (rows: readonly string[], { text }: FailureText): boolean => {
  const sentences = (text.match(/[^。]+。?/g) ?? []).map(
    one => new RegExp(one.replace(/[.*+?^$()[\]|\\]/g, '\\$&').replaceAll('{}', '.*')),
  )
  return rows.some(row => sentences.every(sentence => sentence.test(row)))
}

describe('The help on a page', () => {
  const reasons = failureTexts().filter(text => topicsOf(text).length > 0)

  it('explains every reason that the page can show, but for those that stand here by name', () => {
    const rows = new Map(SHOWN_ON.flatMap(([, topics]) => topics).map(topic => [topic, rowsOf(topic)] as const))
    const missing = reasons
      .filter(({ text }) => !Object.keys(ELSEWHERE).some(known => text.startsWith(known)))
      .flatMap(reason =>
        topicsOf(reason).flatMap(topic =>
          saidIn(rows.get(topic) ?? [], reason) ? [] : [`${topic}: ${reason.at} ${reason.text}`],
        ),
      )

    expect(missing).to.deep.equal([])
    expect(reasons.length).to.be.greaterThan(100)
  })

  it('is silent only of what stands in the source', () => {
    expect(Object.keys(ELSEWHERE).filter(known => !reasons.some(({ text }) => text.startsWith(known)))).to.deep.equal(
      [],
    )
  })

  it('lists the steps that the service has, and no others', () => {
    for (const connector of connectors) {
      const steps = new Set<string>(connector.flows.flatMap(flow => flow.steps.map(({ kind }) => kind)))
      for (const topic of [
        'upload',
        'columns',
        'period',
        'date',
        'area',
        'fetch',
        'items',
        'select',
        'options',
        'confirm',
      ] as const)
        expect(connectorTopicPage(connector, topic) !== null, `${connector.id} ${topic}`).to.equal(steps.has(topic))
    }
  })
})
