/**
 * A part that a connector leaves out where it is not needed. Where it is asked for, it must be there. Its absence is a
 * mistake in the declaration, and must not end as an empty sentence. test/unit/connectors/declared.test.ts looks for
 * such mistakes.
 */
export function declared<Part>(part: Part | null | undefined, name: string): Part {
  if (part === null || part === undefined) throw new Error(`a connector does not declare its ${name}`)
  return part
}

/** What an earlier step of a run has kept, such as its area. Without it the run can't have come this far. */
export function kept<Part>(part: Part | null | undefined, name: string): Part {
  if (part === null || part === undefined) throw new Error(`a run without its ${name}`)
  return part
}
