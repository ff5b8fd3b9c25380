import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

/** A line to another server that can be cut: for what happens when it is away. */
export interface Line {
  /** the other server's URL, through this line */
  url: string
  /** ends every connection and refuses new ones */
  cut(): Promise<void>
  /** from now on nothing comes through, and no connection ends; ended by mend() for new connections alone */
  hush(): void
  mend(): Promise<void>
  /** from now on new connections go to another server */
  lead(target: string): void
}

export async function lineTo(target: string): Promise<Line> {
  let { hostname, port } = new URL(target)
  const open = new Set<Socket>()
  let hushed = false
  const listen = (at: number) =>
    new Promise<Server>((resolve, reject) => {
      const server = createServer(near => {
        if (hushed) {
          open.add(near.on('error', () => undefined).on('close', () => open.delete(near)))
          return
        }
        const far = connect(Number(port), hostname)
        for (const [one, other] of [
          [near, far],
          [far, near],
        ] as const) {
          open.add(one)
          one
            .on('error', () => undefined)
            .on('close', () => {
              open.delete(one)
              other.destroy()
            })
          one.pipe(other)
        }
      })
      server.once('error', reject).listen(at, '127.0.0.1', () => resolve(server))
    })
  let server: Server | undefined = await listen(0)
  const here = (server.address() as AddressInfo).port
  const url = new URL(target)
  url.host = `127.0.0.1:${here}`
  return {
    url: url.href,
    async cut() {
      const closed = new Promise(done => (server ? server.close(done) : done(undefined)))
      for (const socket of open) socket.destroy()
      await closed
      server = undefined
    },
    hush() {
      hushed = true
      for (const socket of open) socket.unpipe().pause()
    },
    async mend() {
      hushed = false
      server ??= await listen(here)
    },
    lead(other) {
      ;({ hostname, port } = new URL(other))
    },
  }
}
