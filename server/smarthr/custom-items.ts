import type { CustomItem } from '../contract/contract.js'
import { VendorBlocked } from '../errors.js'
import type { Http } from '../calls/call.js'
import { everyRow } from './pages.js'

/** カスタム従業員項目 (SmartHR API reference, §3.6): found by name, since a customer may delete it and make it anew. */

interface Named {
  id: string
  name: string
}

const named = (http: Http, path: string) => everyRow<Named>(http, { path })

const GROUPS = '/api/v1/crew_custom_field_template_groups'
const TEMPLATES = '/api/v1/crew_custom_field_templates'

/** Whether the item is there. */
export const hasCustomItem = async (http: Http, { name }: CustomItem): Promise<boolean> =>
  (await named(http, TEMPLATES)).some(template => template.name === name)

/** Throws VendorBlocked when the item is not there (any more). */
export async function requireCustomItem(http: Http, item: CustomItem): Promise<void> {
  if (!(await hasCustomItem(http, item))) throw new VendorBlocked(item.missing)
}

/** Makes the item and its category, unless they are there. SmartHR takes a name twice, so it looks first. */
export async function makeCustomItem(http: Http, item: CustomItem): Promise<void> {
  if (await hasCustomItem(http, item)) return
  const groups = await named(http, GROUPS)
  const group =
    groups.find(candidate => candidate.name === item.group) ??
    (
      await http.request<Named>({
        method: 'POST',
        path: GROUPS,
        body: { name: item.group, position: groups.length + 1 },
        kind: 'create',
      })
    ).body
  await http.request({
    method: 'POST',
    path: TEMPLATES,
    body: {
      name: item.name,
      type: 'enum',
      group_id: group.id,
      position: 1,
      elements: item.choices.map((name, index) => ({
        name,
        physical_name: `choice_${index + 1}`,
        position: index + 1,
      })),
    },
    kind: 'create',
  })
}
