import { csv } from '../../server/connectors/csv/index.js'
import { stepOf, type Columns } from '../../server/contract/contract.js'
import { declared } from '../../server/contract/declared.js'
import { columnsPage } from '../../server/wizard/columns.view.js'
import { uploadPage } from '../../server/wizard/upload.view.js'
import type { Picture } from './pictures.js'
import { aRun, EVIL } from './samples.js'

const flow = declared(csv.flows[0], 'flow')
const source = declared(csv.file, 'file')

const upload = (error: string | null, problem: string | null = null): Picture => ({
  view: 'pages/wizard/upload',
  locals: {
    connector: csv,
    page: uploadPage({
      connector: csv,
      flow,
      step: declared(stepOf(flow, 'upload'), 'upload'),
      source,
      error,
      problem,
    }),
  },
})

const columns = (names: readonly string[], chosen: Columns, isWrong = false): Picture => {
  const run = aRun({ connector: csv.id, flow: flow.id, state: 'draft' })
  const errors: Record<string, string> = isWrong
    ? { 'column-0': source.check({})[''] ?? '', 'column-1': `氏名（姓と名）は、列「${EVIL}」でも選択されています。` }
    : {}
  return {
    view: 'pages/wizard/columns',
    locals: {
      connector: csv,
      run,
      page: columnsPage({
        flow,
        step: declared(stepOf(flow, 'columns'), 'columns'),
        run,
        file: { columns: names, rows: 1_234 },
        chosen,
        fields: source.fields,
        errors,
        problem: isWrong ? 'メンテナンス中です。10:00を過ぎてから、始めてください。' : null,
      }),
    },
  }
}

const usual = '従業員コード,氏名,フリガナ,生年月日,性別,入社日,退職日,郵便番号,都道府県,血液型,備考'.split(',')

/** A file that is chosen, and what its columns hold. */
export const filePictures: Readonly<Record<string, Picture>> = {
  upload: upload(null),
  'upload-error': upload(`3行目の付近で、引用符（"）の位置が正しくありません。${EVIL}`, 'メンテナンス中です。'),
  columns: columns(usual, source.propose(usual, {})),
  'columns-errors': columns([EVIL, `${'とても長い列の見出し'.repeat(20)}`, 'a'.repeat(300)], {}, true),
}
