/**
 * A part that a connector leaves out where nothing needs it. Whoever asks for one has to have it: its absence is a mistake
 * in the declaration (test/unit/connectors/declared.test.ts looks for such), and must not end as an empty sentence.
 */
export function declared<Part>(part: Part | null | undefined, name: string): Part {
  if (part === null || part === undefined) throw new Error(`a connector does not declare its ${name}`)
  return part
}
