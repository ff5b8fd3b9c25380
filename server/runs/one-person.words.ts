import type { Flow } from '../contract/contract.js'

/** Said of a plan that one person was asked for alone. */
export const onePersonLine = ({ words }: Pick<Flow, 'words'>): string =>
  `1${words.counter}の${words.item}だけを取得したため、新規登録はできません。新しく登録する場合は、すべての${words.item}を取得してください。`
