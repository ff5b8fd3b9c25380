import { noAreaSelected, unknownArea } from './errors.js'
import { areasOf, type Area, type Grant, type PcaStore, type Product } from './store.js'

/** A data area with every member the accounting product has (reference §4.3); the ones nobody needs are blank. */
function areaJson(area: Area): Record<string, unknown> {
  return {
    Name: area.Name,
    DataVersion: '1.00',
    CompanyCode: area.CompanyCode,
    CompanyName: area.CompanyName,
    CompanyKana: area.CompanyKana,
    CompanyTerm: area.CompanyTerm,
    CompanyTermStart: area.CompanyTermStart,
    CompanyTermEnd: area.CompanyTermEnd,
    CompanyType: 0,
    CompanyKoyomi: 1,
    ...Object.fromEntries([1, 2, 3, 4, 5].map(n => [`CompanyInt${n}`, 0])),
    ...Object.fromEntries([1, 2, 3, 4, 5].map(n => [`CompanyString${n}`, ''])),
    CompanyDescription: '',
    CompanyChainId: 0,
    StatusDescription: '',
    UpdateTime: area.UpdateTime,
  }
}

/** `FindDataArea`: every area of the product; none is an empty object. */
export function findDataArea(store: PcaStore, product: Product): object {
  const areas = areasOf(store, product)
  return { ArrayOfBECommonDataArea: areas.length === 0 ? {} : { BECommonDataArea: areas.map(areaJson) } }
}

/** `SelectDataArea`: binds the access token to the area of that name. */
export function selectDataArea(store: PcaStore, grant: Grant, name: unknown) {
  if (!areasOf(store, grant.product).some(area => area.Name === name)) throw unknownArea()
  grant.area = String(name)
}

/** The area the access token is bound to; throws when there is none, or when it was deleted meanwhile. */
export function selectedArea(store: PcaStore, grant: Grant): Area {
  if (grant.area === null) throw noAreaSelected()
  const area = areasOf(store, grant.product).find(candidate => candidate.Name === grant.area)
  if (!area) throw unknownArea()
  return area
}

/** `GetLogOnDataArea`. */
export const logOnDataArea = (store: PcaStore, grant: Grant): object => ({
  BECommonDataArea: areaJson(selectedArea(store, grant)),
})
