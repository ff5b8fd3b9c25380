/** What services are for, as the front page groups them, in its order. */
export const categories = { payroll: '給与', attendance: '勤怠', assessment: '適性検査', file: 'ファイル' } as const

export type Category = keyof typeof categories
