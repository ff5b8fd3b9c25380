import { allTexts, type Text } from './source.js'

/** A text that tells of a failure, taken apart. */
export interface FailureText extends Text {
  cause: string[]
  remedy: string[]
}

/** How a sentence ends that tells of something that is not as it should be. */
const FAILS =
  /(ません(でした)?|(失敗|中断|中止|終了|登録|変更)(しました|されました|しています|されています)|切れています|なくなっています|重複しています|使われています|達しています|減っています|ています|異なります|が?複数います|が必要です|中です|があります|多すぎます|変わりました)[。：]?$/

/** What the reader can do, or that nothing needs doing. */
const REMEDY = /(ください|お試し|自動で再開します|と、[^。]*(できます|られます|戻ります))/

/** The attempt that came to nothing; why, it leaves open. */
const OUTCOME_ONLY =
  /((接続|取得|確認|完了)できません(でした)?|(失敗|中断|中止)しました|受け付けませんでした|このままでは取り込めません)[。：]?$/
const CAUSE_WITHIN = /(ため|により|可能性があります|（|なく、|では、|のIDとパスワードを)/

/** Names of texts that explain a page or a rule: there nothing has failed. */
const EXPLANATIONS = new Set(
  'notes note NOTES NOT_SYNCED UNSYNCED lead help hint advice next confirmNotes disconnectNotes leftOut closing OUTRO STAYS blanksNote'.split(
    ' ',
  ),
)

const sentences = (text: string): string[] => text.match(/[^。：]+[。：]?/g)?.map(one => one.trim()) ?? []

/** The help explains what others say. */
const HELP = /\/help(\/|\.ts)/

const tellsOfFailure = ({ at, text, name, part }: Text): boolean =>
  !part &&
  !HELP.test(at) &&
  !EXPLANATIONS.has(name) &&
  text.includes('。') &&
  sentences(text).some(one => FAILS.test(one))

function takenApart(text: Text): FailureText {
  const all = sentences(text.text)
  const remedy = all.filter(one => REMEDY.test(one))
  const cause = all.filter(one => CAUSE_WITHIN.test(one) || !(REMEDY.test(one) || OUTCOME_ONLY.test(one)))
  return { ...text, cause, remedy }
}

/** Every text of the product that tells of a failure. */
export const failureTexts = (): FailureText[] => allTexts().filter(tellsOfFailure).map(takenApart)

// `npx tsx test/texts/failures.ts` prints the list.
if (process.argv[1]?.endsWith('test/texts/failures.ts'))
  for (const { at, text, cause, remedy } of failureTexts())
    process.stdout.write(`${at}\n  text:   ${text}\n  cause:  ${cause.join('')}\n  remedy: ${remedy.join('')}\n`)
