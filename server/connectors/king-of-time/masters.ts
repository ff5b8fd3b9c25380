/** The service's own lists, and where a person's entries of them stand (reference §3.3, §3.8). */

/** Its screens call it 所属, and where somebody new is given one 所属事業所 (§5.6). */
export const division = { list: 'divisions', label: '所属事業所', path: 'divisionCode', shown: 'divisionName' } as const

export const workingType = { list: 'working-types', label: '雇用区分', path: 'typeCode' } as const

/** What is read of a person beside the mapping. */
export const MASTERS = [division.path, division.shown, workingType.path] as const
