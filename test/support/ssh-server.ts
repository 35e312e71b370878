/** An SSH server in this process, for what a well-behaved one never does. */
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AuthContext, Connection, ServerConfig } from 'ssh2'
import ssh2 from 'ssh2'
import type { ConfigPlace } from '../../ssh/config/host-settings.ts'

export interface TestKey {
  readonly private: string
  /** As a line of known_hosts has it. */
  readonly public: string
}

/** A fresh key. */
export function makeKey(type: 'ed25519' | 'ecdsa' | 'rsa' = 'ed25519'): TestKey {
  const pair =
    type === 'ed25519'
      ? ssh2.utils.generateKeyPairSync('ed25519')
      : ssh2.utils.generateKeyPairSync(type, { bits: type === 'rsa' ? 2048 : 256 })
  return { private: pair.private, public: pair.public.trim() }
}

export interface SshServerOptions {
  readonly keys?: readonly TestKey[]
  readonly config?: Partial<ServerConfig>
  readonly onAuth?: (context: AuthContext) => void
  readonly onReady?: (connection: Connection) => void
}

export interface SshServer extends AsyncDisposable {
  readonly port: number
  /** Each request for authentication: its method. */
  readonly auths: string[]
  /** Whatever else a client asked for. */
  readonly asked: string[]
  /** What the clients have offered. */
  readonly offers: string[]
}

/** Listens on the loopback interface. It lets everybody in unless told otherwise. */
export async function startSshServer(options: SshServerOptions = {}): Promise<SshServer> {
  const keys = options.keys ?? [makeKey()]
  const auths: string[] = []
  const asked: string[] = []
  const offers: string[] = []
  const config: ServerConfig = {
    hostKeys: keys.map((key) => key.private),
    debug: (text) => {
      if (text.includes('remote')) offers.push(text)
    },
    ...options.config,
  }
  const server = new ssh2.Server(config, (connection) => {
    connection.on('error', () => undefined)
    connection.on('authentication', (context) => {
      auths.push(context.method)
      if (options.onAuth !== undefined) options.onAuth(context)
      else context.accept()
    })
    connection.on('request', (_accept, reject, name) => {
      asked.push(name)
      reject?.()
    })
    connection.on('ready', () => options.onReady?.(connection))
  })
  const listening = await startRawServer((socket) => server.injectSocket(socket))
  return { port: listening.port, auths, asked, offers, [Symbol.asyncDispose]: () => listening[Symbol.asyncDispose]() }
}

/** A server that says what it likes. */
export async function startRawServer(talk: (socket: Socket) => void): Promise<{ readonly port: number } & AsyncDisposable> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    talk(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' ? (address?.port ?? 0) : 0,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

export interface ClientHome extends Disposable {
  readonly path: string
  readonly place: ConfigPlace
  readonly knownHosts: string
}

/** A home with these files in `.ssh`, and no agent. */
export function makeClientHome(files: Readonly<Record<string, string>>): ClientHome {
  const path = mkdtempSync(join(tmpdir(), 'pocker-ssh-home-'))
  mkdirSync(join(path, '.ssh'), { mode: 0o700 })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, '.ssh', name), text, { mode: 0o600 })
  return {
    path,
    place: { files: { user: join(path, '.ssh/config'), home: path }, env: {}, localUser: 'me' },
    knownHosts: join(path, '.ssh/known_hosts'),
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  }
}
