import type { Connector, Directory, Flow } from '../connectors/contract.js'
import type { LinkScope, LinkSide } from './link.store.js'
import type { Run } from './run.js'

/** Both ends of a run, opened: where it reads from and where it writes to. */
export interface Sides {
  connector: Connector
  flow: Flow
  source: Directory
  target: Directory
  /** which column of a link holds the source's id, and which the target's */
  sourceIs: LinkSide
  targetIs: LinkSide
  names: { source: string; target: string }
  links: LinkScope
  /** the connector's saved settings, in its record's paths, for creates */
  onCreate: Readonly<Record<string, string | number | boolean | null>>
}

/** Opens both sides with the credentials of the run's administrator and connection. Throws ReconnectNeeded. */
export type OpenSides = (run: Run) => Promise<Sides>

/** A link as the pair (source id, target id) → the pair as stored. */
export const pairOf = (sides: Pick<Sides, 'sourceIs'>, sourceId: string, targetId: string) =>
  sides.sourceIs === 'smarthr'
    ? { smarthrId: sourceId, serviceId: targetId }
    : { smarthrId: targetId, serviceId: sourceId }
