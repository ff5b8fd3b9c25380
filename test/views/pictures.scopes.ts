import { offeredOf, scopePairs, typedOf } from '../../server/connections/scopes.form.js'
import { sinceShown } from '../../server/web/since-shown.js'
import type { SavedScope } from '../../server/connections/scopes.store.js'
import { scopesPage } from '../../server/connections/scopes-list.view.js'
import { scopeEndPage, scopePage, type ScopePageInput } from '../../server/connections/scopes.view.js'
import type { Picture } from './pictures.js'
import { area, date, select } from './pictures.runs.js'
import { areas, aRun, connector, EVIL, LONG, people } from './samples.js'

const TODAY = '2026-04-01'
const flows = connector.flows.map(({ id }) => id)

const saved = (changes: Partial<SavedScope> = {}): SavedScope => ({
  id: 's1',
  name: '正社員（本社）',
  presets: flows.slice(0, 1),
  conditions: [
    { op: 'department', values: ['d1', 'd3'] },
    { op: 'employment-type', values: ['e3', 'e4'], except: true },
    { op: 'number', values: ['A001', 'A099'] },
    {
      op: 'except',
      values: [
        { id: 'c1', number: 'A007', reason: '長期出張のため', until: '2026-03-31' },
        { id: 'c2', number: 'A012', reason: LONG, until: null },
      ],
    },
  ],
  updatedAt: new Date('2026-01-31T15:00:00Z'),
  updatedByName: '村上 理恵',
  ...changes,
})

const offered = offeredOf({
  departments: [
    { id: 'd1', name: '本社', parentId: null, path: '本社' },
    { id: 'd2', name: '営業部', parentId: 'd1', path: '本社 / 営業部' },
    { id: 'd3', name: '東京営業課', parentId: 'd2', path: `本社 / 営業部 / ${LONG}` },
    { id: 'd4', name: EVIL, parentId: null, path: EVIL },
    ...Array.from({ length: 60 }, (_, n) => ({
      id: `x${n}`,
      name: `第${n}課`,
      parentId: 'd1',
      path: `本社 / 管理部 / 第${n}課`,
    })),
  ],
  employmentTypes: ['正社員', '契約社員', 'アルバイト・パート', '業務委託'].map((name, n) => ({
    id: `e${n + 1}`,
    name,
  })),
  establishments: [],
})

const form = (input: Omit<Partial<ScopePageInput>, 'today'> = {}): Picture => ({
  view: 'pages/scope-form',
  locals: {
    connector,
    page: scopePage({
      connector,
      saved: saved(),
      typed: typedOf(saved()),
      offered,
      since: sinceShown(scopePairs(typedOf(saved()))),
      today: TODAY,
      ...input,
    }),
  },
})

const list = (scopes: readonly SavedScope[], names: typeof offered | null = offered): Picture => ({
  view: 'pages/scopes',
  locals: { connector, page: scopesPage({ connector, scopes, offered: names, today: TODAY }) },
})

const end = (scope: SavedScope): Picture => ({
  view: 'pages/scope-end',
  locals: { connector, page: scopeEndPage(connector, scope) },
})

const options = [
  { id: 's1', name: '正社員（本社）', isPreset: true },
  { id: 's2', name: LONG, isPreset: false },
]
const scoped = { id: 's1', name: '正社員（本社）', digest: 'x', paths: [] }

export const scopePictures: Readonly<Record<string, Picture>> = {
  scopes: list([saved(), saved({ id: 's2', name: LONG, presets: [], conditions: undefined, updatedByName: EVIL })]),
  'scopes-without-names': list([saved()], null),
  'scopes-none': list([]),
  'scope-new': form({ saved: null, typed: typedOf() }),
  'scope-form': form(),
  'scope-counted': form({ count: { inside: 321, counted: 1_234, total: 1_234 } }),
  'scope-counted-some': form({ count: { inside: 321, counted: 2_000, total: 51_234 } }),
  'scope-errors': form({
    typed: { ...typedOf(saved()), name: '', from: 'A1', to: 'B2' },
    errors: {
      name: '名前が入力されていません。入力してください。',
      department: '画面を開いた後に、選択肢がSmartHRで変更されています。内容を確認して、選択し直してください。',
      from: '社員番号の範囲が正しくありません。',
      'reason-0': '個別の除外（1行目）の理由が入力されていません。入力してください。',
    },
  }),
  'scope-damaged': form({ saved: saved({ conditions: [{ op: 'grade' }] }), typed: typedOf({ name: '壊れた範囲' }) }),
  'scope-no-answer': form({
    offered: null,
    problem: 'SmartHRに接続できませんでした。時間をおいて、やり直してください。',
  }),
  'scope-kept': form({
    offered: null,
    isSent: true,
    problem:
      'SmartHRに接続できませんでした。時間をおいて、やり直してください。対象範囲は保存していません。入力した内容は、この画面に残しています。解消した後に、もう一度ボタンを押してください。',
  }),
  'scope-end': end(saved({ presets: [] })),
  'scope-in-use': end(saved()),
  'date-scope': date(null, '2026-01-31', { options, typed: 's1', error: null }),
  'date-scope-error': date(null, '2026-01-31', {
    options,
    typed: '',
    error: '対象範囲が選択されていません。選択してください。',
  }),
  'area-scope': area({ areas, scope: { options, typed: 's1', error: null } }),
  'select-scope': select(people(3), { run: aRun({ scope: scoped, scoped }) }),
}
