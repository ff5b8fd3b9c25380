import type { Written } from '../../server/dashboard/changes.service.js'
import { changesPage } from '../../server/dashboard/changes.view.js'
import type { ItemWithContent, Run } from '../../server/runs/run.js'
import type { Picture } from './pictures.js'
import { anEndedRun, anItem, connector, EVIL, LONG } from './samples.js'

const written = (item: ItemWithContent, run: Run): Written[] => {
  const theirs = {
    ...item,
    targetPage: null,
    intentAt: null,
    creates: 0,
    looks: 0,
    appliedAt: new Date('2026-01-31T15:06:00Z'),
  }
  const named = item.changedFields.map(field => ({ field, label: field, before: '', after: '' }))
  const changes = item.content.changes.length > 0 ? item.content.changes : named
  return item.class === 'new'
    ? [{ run, item: theirs, changes, nth: 0 }]
    : changes.map((change, nth) => ({ run, item: theirs, changes: [change], nth }))
}

const changes = (
  found: { runs: readonly Run[]; rows: readonly Written[]; next?: string } | null,
  more: Partial<Parameters<typeof changesPage>[0]> = {},
): Picture => ({
  view: 'pages/changes',
  locals: {
    connector,
    page: changesPage({
      connector,
      typed: { from: '2026-01-16', to: '2026-01-31' },
      of: null,
      errors: {},
      since: null,
      found: found && { counts: { changed: 12, new: 340 }, next: null, isFirst: found.next === undefined, ...found },
      ...more,
    }),
  },
})

const run = anEndedRun()
const gone = anEndedRun({ peopleDeletedAt: new Date('2026-03-01T00:00:00Z') })
const plain = anItem(1)
const account = { field: 'bank-account-number', label: '銀行口座 口座番号', before: '1234567', after: '7654321' }

/** 変更者一覧 in its states. */
export const changesPictures: Readonly<Record<string, Picture>> = {
  changes: changes(
    {
      runs: [run],
      rows: [
        ...written(anItem(12, { content: { ...plain.content, changes: [...plain.content.changes, account] } }), run),
        ...written(anItem(13, { class: 'new', name: LONG, key: LONG }), run),
        ...written(anItem(14, { name: EVIL, key: EVIL }), run),
      ],
      next: 'x',
    },
    { since: '2026-01-15' },
  ),
  'changes-forgotten': changes({
    runs: [gone],
    rows: written(anItem(12, { key: null, name: '', content: { ...plain.content, changes: [] } }), gone),
  }),
  'changes-no-match': changes({ runs: [run], rows: [] }, { of: 'new' }),
  'changes-empty': changes({ runs: [], rows: [] }),
  'changes-errors': changes(null, {
    typed: { from: EVIL, to: '2026-01-31' },
    errors: {
      from: '開始日が正しくありません。「2026/01/31」のように、実在する日付を入力してください。',
    },
  }),
}
