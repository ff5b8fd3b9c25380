import type { Connector } from '../contract/contract.js'
import { paths } from '../paths.js'
import { amount, at } from '../runs/labels.js'
import { shownKey } from '../runs/reasons.js'
import type { Page, Table } from '../web/page.js'
import type { FoundPerson } from './person.service.js'
import { PERSON_TITLE } from './person.view.js'
import { titleOf } from './run-list.view.js'

export interface PeopleRow {
  key: string
  name: string
  kana: string
  href: string
  detail: string
  /** the run that has read the person last, and when */
  run: string
  at: string
}

export interface PeoplePage extends Page {
  q: string
  /** how many there are; null: nothing was asked for */
  found: string | null
  empty: string | null
  list: (Table & { rowView: '/partials/rows/found-person'; rows: PeopleRow[] }) | null
}

const EMPTY =
  '該当する従業員はいません。社員番号か氏名の一部を、別の書き方で検索してください。保存期間が過ぎた従業員は、SmartHRの従業員IDでだけ検索できます。'

function rowOf({ crewId, run, item }: FoundPerson, connectors: readonly Connector[]): PeopleRow {
  const connector = connectors.find(({ id }) => id === run.connector)
  return {
    key: shownKey(item),
    name: item.name,
    kana: item.kana,
    href: paths.person.to({ crew: crewId }),
    detail: item.detail,
    run: (connector && titleOf(connector, run)) || run.flow,
    at: at(run.fetchedAt),
  }
}

/** The search for people, with what was typed. */
export function peoplePage({
  q,
  answer,
  connectors,
}: {
  q: string
  answer: { found: readonly FoundPerson[]; more: boolean } | null
  connectors: readonly Connector[]
}): PeoplePage {
  const rows = (answer?.found ?? []).map(found => rowOf(found, connectors))
  return {
    title: PERSON_TITLE,
    wide: true,
    q,
    found:
      rows.length === 0
        ? null
        : answer?.more
          ? `${amount(rows.length)}名を表示しています。ほかにもいる場合があります。文字を増やして検索してください。`
          : `${amount(rows.length)}名`,
    empty: answer && rows.length === 0 ? EMPTY : null,
    list:
      rows.length === 0
        ? null
        : {
            caption: { table: '見つかった従業員', region: '見つかった従業員の表' },
            columns: [
              { label: '社員番号' },
              { label: '氏名', look: 'who' },
              { label: '部署' },
              { label: '最後に取得した同期' },
              { label: '取得日時' },
            ],
            rowView: '/partials/rows/found-person',
            rows,
          },
  }
}
