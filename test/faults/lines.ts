import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

/** What a process speaks to. */
export type Far = 'services' | 'database' | 'mail'

/** One chunk on its way, held until whoever watches has said what becomes of it. */
export interface Moment {
  far: Far
  /** a connection was opened, or something was said on it */
  way: 'opened' | 'asked' | 'answered'
  text: string
  /** what was last asked on the same connection: of an answer, its question */
  question: string
}

/** `lose`: the chunk goes no further, and its connection ends. `reply`: it goes no further, and this comes back instead. */
export type Verdict = 'pass' | 'lose' | { reply: string }

export type Watcher = (moment: Moment) => Verdict | Promise<Verdict>

/** A line of one process to one server. It can be cut, led to another server, made to hang, and watched. */
export interface FaultLine {
  port: number
  /** where the line leads from now on: host and port of a URL */
  lead(url: string): void
  /** ends every connection and refuses new ones */
  cut(): Promise<void>
  /** takes connections and says nothing on them */
  hang(): void
  /** as before any of it */
  mend(): Promise<void>
  close(): Promise<void>
}

/** Chunks in the order they came: the next one waits until the one before has been let through. */
function carry(from: Socket, to: Socket, judge: (chunk: Buffer) => Verdict | Promise<Verdict>) {
  let before: Promise<void> = Promise.resolve()
  from.on('data', (chunk: Buffer) => {
    before = before.then(async () => {
      const verdict = await judge(chunk)
      if (verdict === 'pass') to.write(chunk)
      else if (verdict === 'lose') for (const socket of [from, to]) socket.destroy()
      else from.write(verdict.reply)
    })
  })
  from.on('error', () => undefined)
  from.on('end', () => void before.then(() => to.end()))
  from.on('close', () => void before.then(() => to.destroy()))
}

/** Opens a line on a port of its own. */
export async function openLine(far: Far, target: string, watch: Watcher): Promise<FaultLine> {
  const open = new Set<Socket>()
  let hanging = false
  let { hostname, port } = new URL(target)

  const taken = (near: Socket) => {
    open.add(near)
    near.on('close', () => open.delete(near))
    if (hanging) {
      near.on('error', () => undefined).resume()
      return
    }
    const there = connect(Number(port), hostname)
    open.add(there)
    there.on('close', () => open.delete(there))
    let question = ''
    void watch({ far, way: 'opened', text: '', question })
    carry(near, there, chunk => {
      question = chunk.toString('latin1')
      return watch({ far, way: 'asked', text: question, question })
    })
    carry(there, near, chunk => watch({ far, way: 'answered', text: chunk.toString('latin1'), question }))
  }
  const listen = (at: number) =>
    new Promise<Server>((resolve, reject) => {
      const made = createServer(taken)
      made.once('error', reject).listen(at, '127.0.0.1', () => resolve(made))
    })

  let server: Server | undefined = await listen(0)
  const here = (server.address() as AddressInfo).port
  const endAll = () => {
    for (const socket of open) socket.destroy()
  }
  const line: FaultLine = {
    port: here,
    lead(url) {
      ;({ hostname, port } = new URL(url))
    },
    async cut() {
      const closing = server
      server = undefined
      endAll()
      if (closing) await new Promise(done => closing.close(done))
    },
    hang() {
      hanging = true
      endAll()
    },
    async mend() {
      if (hanging) endAll()
      hanging = false
      server ??= await listen(here)
    },
    close: () => line.cut(),
  }
  return line
}
