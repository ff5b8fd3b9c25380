import type { Entry } from '../contract/contract.js'
import { paths } from '../paths.js'
import { changeListOf, type ChangeList } from '../runs/change-list.js'
import { amount } from '../runs/labels.js'
import type { Change } from '../runs/run.js'
import type { Fact, Page, PageLink, Table } from '../web/page.js'
import type { Candidate, Pairing } from '../wizard/pair.service.js'

export interface CandidateRow {
  key: string
  name: string
  kana: string
  detail: string
  id: string
  /** null: it is paired already, and `taken` says with whom */
  href: string | null
  taken: string | null
}

export interface PairPage extends Page {
  back: PageLink
  lead: string
  facts: Fact[]
  action: string
  search: string
  q: string
  /** why the record that was chosen can't be taken, or nothing was found out */
  problem: { text: string; link: PageLink | null } | null
  found: string | null
  empty: string | null
  list: (Table & { rowView: '/partials/rows/candidate'; rows: CandidateRow[] }) | null
}

export interface PairConfirmPage extends Page {
  back: PageLink
  lead: string
  facts: Fact[]
  /** of the record that is paired now; '' for none */
  before: string
  to: string
  /** the words it was found by */
  q: string
  action: string
  heading: string
  /** null: nothing would */
  changeList: ChangeList | null
}

export const PAIR_TITLE = '紐付けを直す'

const NONE = '（なし）'

const factsOf = (crewId: string, { connector, serviceId }: Pairing): Fact[] => [
  ['SmartHRの従業員ID', crewId],
  ['連携サービス', connector.labels.product],
  ['今の紐付け', serviceId ?? NONE],
]

const backTo = (crewId: string): PageLink => ({
  href: paths.person.to({ crew: crewId }),
  label: '従業員の記録に戻る',
})

const recordOf = (crewId: string): PageLink => ({
  href: paths.person.to({ crew: crewId }),
  label: 'その従業員の記録を表示',
})

/** The search for another record. */
export function pairPage(
  crewId: string,
  pairing: Pairing,
  {
    q,
    answer,
    problem = null,
  }: {
    q: string
    answer: { found: readonly Candidate[]; more: boolean } | null
    /** `owner`: SmartHR's id of whose the chosen record is */
    problem?: { text: string; owner: string | null } | null
  },
): PairPage {
  const { connector, serviceId } = pairing
  const { product } = connector.labels
  const to = { crew: crewId, connector: connector.id }
  const rowOf = ({ id, key, name, kana, detail, of }: Candidate): CandidateRow => ({
    key: key ?? '',
    name,
    kana,
    detail,
    id,
    href: of === null ? paths.pairing.to(to, { to: id, ...(q !== '' && { q }) }) : null,
    taken: of === null ? null : id === serviceId ? '今の紐付け' : 'ほかの従業員と紐付き済み',
  })
  const rows = (answer?.found ?? []).map(rowOf)
  return {
    title: PAIR_TITLE,
    wide: true,
    hasErrors: problem !== null,
    back: backTo(crewId),
    lead: `この従業員と紐付ける、${product}の登録を選び直します。次に取得する情報から、選んだ登録と比較・同期します。`,
    facts: factsOf(crewId, pairing),
    action: paths.pairing.to(to),
    search: `${product}の社員番号・氏名`,
    q,
    problem: problem && { text: problem.text, link: problem.owner === null ? null : recordOf(problem.owner) },
    found:
      rows.length === 0
        ? null
        : answer?.more
          ? `${amount(rows.length)}名を表示しています。ほかにもいる場合があります。文字を増やして検索してください。`
          : `${amount(rows.length)}名`,
    empty: !answer
      ? null
      : rows.length > 0
        ? null
        : answer.more
          ? `先頭の${product}の従業員だけを調べたため、見つかりませんでした。一度すべての従業員を取得してから、検索してください。`
          : '該当する従業員はいません。社員番号か氏名の一部を、別の書き方で検索してください。',
    list:
      rows.length === 0
        ? null
        : {
            caption: { table: '見つかった登録', region: '見つかった登録の表' },
            columns: [
              { label: '社員番号' },
              { label: '氏名', look: 'who' },
              { label: '部署' },
              { label: `${product}のID` },
              { label: '選択' },
            ],
            rowView: '/partials/rows/candidate',
            rows,
          },
  }
}

/** The record that was chosen, and what would change. */
export function pairConfirmPage(
  crewId: string,
  pairing: Pairing,
  { entry, changes, q }: { entry: Entry; changes: Change[]; q: string },
): PairConfirmPage {
  const { connector, serviceId } = pairing
  const { product } = connector.labels
  const flow = pairing.flows.find(({ direction }) => direction === 'to-service')
  return {
    title: PAIR_TITLE,
    back: {
      href: paths.pairing.to({ crew: crewId, connector: connector.id }, q === '' ? {} : { q }),
      label: '検索に戻る',
    },
    lead: `この従業員を、次の${product}の登録と紐付けます。どちらのサービスにも書き込まず、次に取得する情報から使います。`,
    facts: [
      ...factsOf(crewId, pairing),
      ['新しい紐付け', entry.id],
      ['氏名', entry.name],
      ['社員番号', entry.key ?? NONE],
    ],
    before: serviceId ?? '',
    to: entry.id,
    q,
    action: paths.pairing.to({ crew: crewId, connector: connector.id }),
    heading: `SmartHRから${product}へ同期すると変わる項目`,
    changeList:
      flow && changes.length > 0
        ? changeListOf({ class: 'changed', content: { changes } }, flow, '変更する項目')
        : null,
  }
}
