import { NotFound } from '../errors.js'
import type { Connector } from '../contract/contract.js'
import { csv } from './csv/index.js'
import { freee } from './freee/index.js'
import { moneyForward } from './money-forward/index.js'
import { mikiwame } from './mikiwame/index.js'
import { pca, pcaHyper } from './pca/index.js'
import { kingOfTime, kinkakuji, touchOnTime } from './king-of-time/index.js'

/** Every service Renkei speaks with; a new one is one line here. */
export const connectors: readonly Connector[] = [
  freee,
  kinkakuji,
  kingOfTime,
  touchOnTime,
  pca,
  pcaHyper,
  moneyForward,
  mikiwame,
  csv,
]

/** Throws NotFound for an unknown service: such a page does not exist. */
export function connectorOf(id: string): Connector {
  const connector = connectors.find(candidate => candidate.id === id)
  if (!connector) throw new NotFound()
  return connector
}
