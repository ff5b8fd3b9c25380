/** What SmartHR's records are to a service that fetches them whole. */

/** A record as SmartHR answers it, nested and untyped. */
export type Json = Readonly<Record<string, unknown>>

/** 従業員 with the family: only what is needed of either, and the same as long as nothing changed. */
export interface CrewDocument {
  crew: Json
  dependents: readonly Json[]
}

/** 年末調整結果 of one person. */
export type YearEndResult = Json
