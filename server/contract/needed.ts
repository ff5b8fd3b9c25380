/** What a new person needs. Pure. */
import type { ConvertContext, Direction, FieldPair } from './contract.js'

/** Whether a new person without the field is not registered in this direction. */
export const requires = ({ required }: FieldPair, direction: Direction): boolean =>
  required === 'both' || (required === 'service' && direction === 'to-service')

/** Whether the conversion itself refuses a blank of a new person. */
export function refusesBlank(pair: FieldPair, direction: Direction, context: Omit<ConvertContext, 'present'>): boolean {
  const whole: ConvertContext = { ...context, present: [] }
  const blank = (paths: readonly string[]) => paths.map(() => null)
  const converted =
    direction === 'to-service' ? pair.toService(blank(pair.smarthr), whole) : pair.toSmarthr(blank(pair.service), whole)
  return converted !== 'keep' && 'problem' in converted
}

/** Whether a new person can't be registered where the field says nothing, whatever the settings are. */
export const neededByNew = (pair: FieldPair, direction: Direction): boolean =>
  requires(pair, direction) || refusesBlank(pair, direction, { today: '2000-01-01', settings: {} })
