import type { SessionData } from 'express-session'
import type { World } from './world.js'

interface Stored {
  sid: string
  sess: string
}

const placeOf = (sid: string) => `${sid}|sessions.sess`

/** What stands in the world's sessions, opened with its key. */
export async function sessionsOf({ container }: World): Promise<(Partial<SessionData> & { sid: string })[]> {
  const { rows } = await container.ownerPool.query<Stored>('select sid, sess from sessions')
  return rows.map(({ sid, sess }) => ({
    ...(JSON.parse(container.sealer.open(sess, placeOf(sid))) as Partial<SessionData>),
    sid,
  }))
}

/** Puts something else into every session of somebody who is signed in: a moment that is long ago, for one. */
export async function changeSessions(world: World, change: Partial<SessionData>): Promise<void> {
  const { ownerPool, sealer } = world.container
  for (const { sid, ...content } of await sessionsOf(world)) {
    if (content.adminId === undefined) continue
    const sealed = sealer.seal(JSON.stringify({ ...content, ...change }), placeOf(sid))
    await ownerPool.query('update sessions set sess = $2 where sid = $1', [sid, JSON.stringify(sealed)])
  }
}
