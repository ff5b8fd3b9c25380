import { readsFile, type Flow } from '../contract/contract.js'
import { amount } from './labels.js'
import type { Run } from './run.js'

interface ExcludedRows {
  name: string
  text: string
  /** … for whoever has chosen no file */
  fact: string
}

/** Rows of a file that are not synced: a mistake in the file, which nobody would look for behind a filter. */
export function excludedRows(flow: Flow, { counts }: Pick<Run, 'counts'>): ExcludedRows | null {
  if (!readsFile(flow) || counts.excluded === 0) return null
  const name = `対象外 ${amount(counts.excluded)}${flow.words.counter}`
  const fact = `${name}は、ファイルの内容に問題があるため、${flow.words.act}しません。`
  const text = `${fact}理由を確認し、ファイルを修正してから、もう一度選択してください。`
  return { name, text, fact }
}
