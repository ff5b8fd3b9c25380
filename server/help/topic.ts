/** The help of one page. */
export interface Topic {
  title: string
  /** what the page does */
  does: string
  /** how to go about it, step by step */
  steps: readonly string[]
  trouble: readonly { what: string; remedy: string }[]
  /** the reasons that are explained below it: see reasons.ts */
  reasons?: 'connecting' | 'reading' | 'fetching' | 'planning' | 'confirming' | 'writing'
}
