import { amount, slashed } from '../../contract/conversions.js'
import type { Schema } from './feed.schema.js'

/** A line of the preview. What Money Forward has is not known, so nothing stands before. */
export interface FeedChange {
  /** the path in the record: social_insurance.qualified_on, bank_accounts */
  field: string
  label: string
  before: ''
  after: string
}

/** One value as a person reads it; '' for blank. */
function shown(schema: Schema, value: unknown): string {
  if (typeof value === 'boolean') return value ? 'はい' : 'いいえ'
  if (typeof value === 'number') return schema['x-unit'] === '円' ? `${amount(value)}円` : `${value}年`
  if (typeof value !== 'string') return ''
  return schema.format === 'date' ? slashed(value) : value
}

/** The filled items of a record in the order of its schema, named as there; a list's rows are numbered: 口座1, 口座2. */
export function changesOf(schema: Schema, record: object, within = ''): FeedChange[] {
  const values = record as Readonly<Record<string, unknown>>
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]): FeedChange[] => {
    const value = values[name]
    if (value === null || value === undefined) return []
    const field = `${within}${name}`
    const { items } = property
    if (items && Array.isArray(value)) {
      return value.map((row: object, index) => ({
        field,
        label: `${items.title}${index + 1}`,
        before: '',
        after: changesOf(items, row)
          .map(({ label, after }) => `${label}: ${after}`)
          .join('、'),
      }))
    }
    if (property.properties) return changesOf(property, value, `${field}.`)
    return [{ field, label: property.title, before: '', after: shown(property, value) }]
  })
}
