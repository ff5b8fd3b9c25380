import type { Json, Master, Tenant } from './store.js'

/** An employment type as a crew carries it (EmploymentTypeForCrew). */
export const employmentTypeOfCrew = ({ id, name, preset_type: preset, code }: Master): Json => ({
  id,
  name,
  preset_type: preset,
  code,
})

/** Crews carry the new name of their employment type. */
export function renameOnCrews(tenant: Tenant, type: Master): void {
  for (const crew of tenant.crews.values()) {
    if ((crew.employment_type as Json | null)?.id === type.id) crew.employment_type = employmentTypeOfCrew(type)
  }
}
