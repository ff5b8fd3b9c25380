import type { Connection, Json, Outcome } from './store.js'

/** An import that cannot go on; the message is for the screen. */
export class PullFailed extends Error {}

/** The pull named a snapshot that has ended: everything read so far is worth nothing. */
class SnapshotGone extends Error {}

const FORBIDDEN = 'リソースへのアクセスが禁止されています'
const UNREADABLE = 'SmartHRの応答の形式が正しくありません。'

const ACKNOWLEDGED_AT_ONCE = 100
const MESSAGE_LENGTH = 500
const TIMEOUT_MS = 30_000
/** Waits are short and many rather than as long as asked for: together they outlast the minute of the feed's limit. */
const LONGEST_WAIT_MS = 5_000
const TRIES = 20

export interface PullOptions {
  perPage: number
  /** reads so many pages only, as if somebody had pulled the plug */
  stopAfterPages: number
  onPage(): void
}

export interface Pulled {
  snapshot: string
  rows: Json[]
  /** whether every page was read */
  whole: boolean
}

/**
 * Reads a resource of the feed (docs/feed.md) page by page, all of one snapshot; starts again once when that has ended
 * meanwhile. Throws PullFailed.
 */
export async function pull(connection: Connection, resource: string, options: PullOptions): Promise<Pulled> {
  for (let tries = 2; tries > 0; tries -= 1) {
    try {
      return await readPages(connection, resource, options)
    } catch (failure) {
      if (!(failure instanceof SnapshotGone)) throw failure
    }
  }
  throw new PullFailed('取り込み中にSmartHRのデータが更新されました。もう一度、取り込んでください。')
}

async function readPages(
  connection: Connection,
  resource: string,
  { perPage, stopAfterPages, onPage }: PullOptions,
): Promise<Pulled> {
  const rows: Json[] = []
  let snapshot: string | undefined
  for (let page = 1, total = 1; rows.length < total; page += 1) {
    if (snapshot !== undefined && page > stopAfterPages) return { snapshot, rows, whole: false }
    const asked = new URLSearchParams({
      page: String(page),
      per_page: String(perPage),
      ...(snapshot !== undefined && { snapshot }),
    })
    const { status, body } = await call(connection, 'GET', `${resource}?${asked.toString()}`)
    if (status === 404 && body.code === 'snapshot_not_found') {
      if (snapshot !== undefined) throw new SnapshotGone()
      throw new PullFailed('取り込めるデータがありません。SmartHR側で、連携するデータを公開してください。')
    }
    refuseFailure(status)
    const { id, list, count } = pageOf(body)
    snapshot ??= id
    if (id !== snapshot) throw new SnapshotGone()
    onPage()
    if (list.length === 0 && count > rows.length) throw new PullFailed(UNREADABLE)
    rows.push(...list)
    total = count
  }
  return { snapshot: snapshot ?? '', rows, whole: true }
}

function pageOf({ snapshot, total_count: count, ...body }: Json): { id: string; list: Json[]; count: number } {
  const id = (snapshot as Json | undefined)?.id
  const list = body.employees ?? body.declarations
  if (typeof id !== 'string' || typeof count !== 'number' || !Array.isArray(list)) throw new PullFailed(UNREADABLE)
  return { id, list: list as Json[], count }
}

/** Tells the feed what became of each person, 100 at a time. Throws PullFailed. */
export async function acknowledge(
  connection: Connection,
  snapshot: string,
  outcomes: readonly Outcome[],
): Promise<void> {
  for (let from = 0; from < outcomes.length; from += ACKNOWLEDGED_AT_ONCE) {
    const results = outcomes
      .slice(from, from + ACKNOWLEDGED_AT_ONCE)
      .map(outcome => ({ ...outcome, message: outcome.message?.slice(0, MESSAGE_LENGTH) ?? null }))
    const { status } = await call(connection, 'POST', 'acknowledgements', { snapshot, results })
    refuseFailure(status)
  }
}

function refuseFailure(status: number): void {
  if (status === 401 || status === 403) throw new PullFailed(FORBIDDEN)
  if (status !== 200) throw new PullFailed(`SmartHRとの通信でエラーが発生しました。（${status}）`)
}

/** One call of the feed; waits and asks again as long as it says 429. */
async function call(
  { url, accessToken }: Connection,
  method: string,
  path: string,
  json?: object,
): Promise<{ status: number; body: Json }> {
  for (let tries = TRIES; ; tries -= 1) {
    const answer = await fetch(new URL(`/feed/v1/${path}`, url), {
      method,
      headers: {
        accept: 'application/json',
        authorization: `Bearer ${accessToken}`,
        ...(json && { 'content-type': 'application/json' }),
      },
      ...(json && { body: JSON.stringify(json) }),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch(() => {
      throw new PullFailed('SmartHRに接続できませんでした。')
    })
    const body: unknown = await answer.json().catch(() => null)
    if (answer.status !== 429 || tries === 1)
      return { status: answer.status, body: typeof body === 'object' && body !== null ? (body as Json) : {} }
    const asked = Number(answer.headers.get('retry-after') ?? 1) * 1_000
    await new Promise(resolve => setTimeout(resolve, Math.min(asked || 0, LONGEST_WAIT_MS)))
  }
}
