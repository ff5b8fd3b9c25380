/** Asks the sandbox's control API. Throws with its sentence when it refuses. */
export type Control = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown) => Promise<unknown>

export const controlOf =
  (sandboxUrl: string): Control =>
  async (method, path, body) => {
    const answer = await fetch(`${sandboxUrl}/_control${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
    const json: unknown = await answer.json()
    if (!answer.ok) throw new Error(`control ${path}: ${JSON.stringify(json)}`)
    return json
  }
