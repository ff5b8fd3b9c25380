import { Uncertain, VendorRefused } from '../errors.js'
import type { Batch, BatchResult, Directory } from './contract.js'

/** Single writes where a side takes batches only: a batch of one. `unreadable`: the sentence for an answer about none. */
export function oneByOne(batch: Batch, unreadable: string): Pick<Directory, 'create' | 'update'> {
  const only = ([result]: readonly BatchResult[]) => {
    if (!result) throw new Uncertain(unreadable)
    if ('refused' in result) throw new VendorRefused(result.refused)
    return result.id
  }
  return {
    async create(values, today) {
      return { id: only(await batch.create([values], today)), current: values, left: {} }
    },

    async update(order) {
      if (Object.keys(order.set).length > 0) only(await batch.update([order]))
    },
  }
}
