import type { Socket } from 'node:net'
import type { Backend } from './backend.ts'
import type { Exchange } from './dispatch.ts'
import { dispatch } from './dispatch.ts'
import { createHttpServer } from './http-server.ts'
import { listenOn } from './listen.ts'
import { MAXIMUM_MINOR_VERSION } from './path.ts'
import { createRouter } from './router.ts'
import { allRoutes } from './routes/all.ts'
import { refuseUnsupported } from './routes/unsupported.ts'

export interface ServerOptions {
  readonly backend: Backend
  /** Absolute path of the Unix socket. */
  readonly socketPath: string
  /** The helper's own version, for the `Server` header. */
  readonly version: string
  /** The user who made the connection that has this descriptor; undefined when the kernel does not say. */
  readonly peerUid: (descriptor: number) => number | undefined
  /** Told once of each error that nobody foresaw. */
  readonly onUnexpected: (error: unknown) => void
}

/** A further socket that is listened on. */
export interface UserSocket {
  /** Stops listening, cuts its connections, removes the socket. */
  close(): Promise<void>
}

export interface ApiServer {
  readonly socketPath: string
  /** Serves the user `owner`, and root, at a socket of its own. Errors: those of `listenOn`. */
  listen(path: string, owner: number): Promise<UserSocket>
  /** Requests being answered, streams and hijacked connections among them. */
  activeRequests(): number
  /** When the last request began or ended, in milliseconds since 1970. */
  lastActivity(): number
  /** Stops listening, cuts every connection, removes the sockets. */
  close(): Promise<void>
}

/** Serves the Engine API on a Unix socket of this process's user. Errors: those of `listenOn`. */
export async function startServer(options: ServerOptions): Promise<ApiServer> {
  const { backend, socketPath, version, onUnexpected } = options
  const headers = {
    'Api-Version': `1.${MAXIMUM_MINOR_VERSION}`,
    'Docker-Experimental': 'false',
    Ostype: 'linux',
    Server: `Pocker/${version} (linux)`,
  }
  const router = createRouter(allRoutes(backend), refuseUnsupported)
  const open = new Set<UserSocket>()
  let active = 0
  let lastActivity = Date.now()

  const serve = (exchange: Exchange) => {
    active += 1
    lastActivity = Date.now()
    void dispatch(exchange, { router, headers, onUnexpected }).finally(() => {
      active -= 1
      lastActivity = Date.now()
    })
  }
  const listen = async (path: string, owner: number): Promise<UserSocket> => {
    const peerUid = (socket: Socket) => admittedUid(options.peerUid(descriptorOf(socket)), owner)
    const server = createHttpServer({ router, headers, peerUid, serve })
    await listenOn(server.server, path, owner)
    const socket: UserSocket = {
      close: () => {
        open.delete(socket)
        return server.close()
      },
    }
    open.add(socket)
    return socket
  }
  await listen(socketPath, process.getuid?.() ?? 0)
  return {
    socketPath,
    listen,
    activeRequests: () => active,
    lastActivity: () => lastActivity,
    close: async () => void (await Promise.all([...open].map((socket) => socket.close()))),
  }
}

/**
 * The peer of a connection to the socket of `owner`, or undefined when it is somebody else. The socket's mode keeps others out already;
 * this holds for those who may open any file and yet are not root, and should the mode ever be wrong.
 */
function admittedUid(uid: number | undefined, owner: number): number | undefined {
  return uid === owner || uid === 0 ? uid : undefined
}

/** -1, which is nobody's, once it is closed. node:net has no public way to the descriptor. */
function descriptorOf(socket: Socket): number {
  const handle: unknown = Reflect.get(socket, '_handle')
  const descriptor: unknown = typeof handle === 'object' && handle !== null ? Reflect.get(handle, 'fd') : undefined
  return typeof descriptor === 'number' ? descriptor : -1
}
