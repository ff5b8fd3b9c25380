import { tablesOf, type SavedTable } from '../../server/contract/value-tables.js'
import type { ListEntry } from '../../server/contract/contract.js'
import { valueTablesPage } from '../../server/dashboard/value-tables.view.js'
import type { Picture } from './pictures.js'
import { select } from './pictures.runs.js'
import { aRun, EVIL, LONG, people, waiting } from './samples.js'

const tables = tablesOf(waiting)
const [, table = tables[0]] = tables
if (!table) throw new Error(`${waiting.id} has no table`)

const entry = (value: string, name: string, code: string | null = value): ListEntry => ({
  value,
  code,
  name,
  label: code === null ? name : `${code} ${name}`,
})

const lists = {
  sources: [
    entry('d1', '本社', '100'),
    entry('d2', '本社/営業本部/第一営業部/東日本課', 'A001'),
    entry('d3', '大阪支店', 'A002'),
    entry('d4', '新規事業準備室', null),
    entry('d5', LONG, 'A099'),
    entry('d6', EVIL, EVIL),
  ],
  targets: [entry('1000', '本社'), entry('2000', '大阪支店'), entry('3000', LONG), entry(EVIL, EVIL)],
}

const saved: SavedTable = {
  id: '7',
  use: 'new',
  entries: {
    d1: { value: '1000', label: '1000 本社' },
    d3: { value: '9000', label: '9000 閉鎖した支店' },
    d5: { value: '3000', label: `3000 ${LONG}` },
  },
}

const heads = { counts: { d1: 1_234, d2: 56, d4: 7 }, fetchedAt: new Date('2026-11-27T03:00:00Z') }

const page = (input: Partial<Parameters<typeof valueTablesPage>[0]> = {}): Picture => ({
  view: 'pages/value-tables',
  locals: {
    connector: waiting,
    page: valueTablesPage({
      connector: waiting,
      tables,
      table,
      lists,
      saved: null,
      heads: null,
      typed: null,
      page: 1,
      problem: null,
      kept: null,
      notices: [],
      errors: {},
      changed: false,
      body: undefined,
      ...input,
    }),
  },
})

const toService = waiting.flows.find(({ direction }) => direction === 'to-service')
if (!toService) throw new Error(`${waiting.id} writes nothing`)
const tabled = { [table.option.name]: { id: '7', use: 'all' as const } }

export const valuePictures: Readonly<Record<string, Picture>> = {
  'value-tables': page(),
  'value-tables-changed': page({ changed: true, typed: { use: 'new', chosen: { d1: '1000' } } }),
  'value-tables-saved': page({ saved, heads }),
  'value-tables-filled': page({
    typed: { use: 'new', chosen: { d1: '1000', d3: '2000' } },
    heads,
    notices: ['同じ名前の値を2件選択しました。内容を確認してください。［保存］を押すまで、対応表は変わりません。'],
  }),
  'value-tables-errors': page({
    saved,
    heads,
    errors: {
      use: '対応表の使い方が選択されていません。選択してください。',
      'to-d1': '「本社」に選択した値が見つかりません。選択し直してください。',
      file: '2行目：部署のコード「A009」に当てはまるものが見つかりません。先頭の0が欠けていないかと、名前が変わっていないかを確認してください。対応表は変更していません。',
    },
  }),
  'value-tables-empty': page({ lists: { sources: lists.sources, targets: [] } }),
  'value-tables-problem': page({
    lists: null,
    problem:
      '勤革時のメンテナンス時間（8:30〜10:00、17:30〜18:30）のため、連携機能を利用できません。10:00以降に、やり直してください。',
  }),
  'value-tables-kept': page({
    lists: null,
    kept: {
      op: 'save',
      fields: [
        ['use', 'new'],
        ['to-d1', '1000'],
        ['to-d6', EVIL],
      ],
    },
    problem: '勤革時に接続できませんでした。時間をおいて、やり直してください。',
  }),
  'value-tables-many': page({
    lists: { ...lists, sources: Array.from({ length: 230 }, (_, n) => entry(`m${n}`, `第${n + 1}営業部`)) },
    page: 2,
  }),
  'select-value-tables': select(people(3), {
    flow: toService,
    run: aRun({ connector: waiting.id, flow: toService.id, tables: tabled, tabled }),
  }),
}
