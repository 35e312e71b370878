/** Engines of others that run on this machine: Docker's and Podman's sockets. */
import { realpathSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import * as l10n from '@vscode/l10n'
import { contextSocket } from './docker-context.ts'
import type { Surroundings } from './surroundings.ts'

export interface LocalEngine {
  /** Stable: `docker`, `podman-user`. */
  readonly id: string
  /** For people. */
  readonly label: string
  /** Without links. */
  readonly socket: string
  readonly access: EngineAccess
}

export type EngineAccess =
  | { readonly kind: 'ok' }
  /** What to do about it, in words. */
  | { readonly kind: 'denied'; readonly reason: string }

interface Candidate {
  readonly id: string
  readonly label: string
  readonly path: string
}

const DEADLINE = 2_000

/** The engines that answer, or would if they let this user in; one that is reached by several paths once, and none of Pocker's own. */
export async function findEngines(surroundings: Surroundings, home: string): Promise<LocalEngine[]> {
  const seen = new Set<string>()
  const found: Promise<LocalEngine | undefined>[] = []
  for (const { path, ...candidate } of candidates(surroundings, home)) {
    const place = locate(path)
    if (place === undefined || seen.has(place.identity) || place.socket.startsWith(`${surroundings.runRoot}/`)) continue
    seen.add(place.identity)
    found.push(probe(place.socket).then((access) => (access === undefined ? undefined : { ...candidate, socket: place.socket, access })))
  }
  return (await Promise.all(found)).filter((engine) => engine !== undefined)
}

/** All paths where one may come to be. */
export function enginePlaces(surroundings: Surroundings, home: string): readonly string[] {
  return candidates(surroundings, home).map(({ path }) => path)
}

/** Podman first: its package may have Docker's path lead to it. Those that the user has named come last, and only count if they are others. */
function candidates({ env, uid }: Surroundings, home: string): Candidate[] {
  const runtime = env.XDG_RUNTIME_DIR || `/run/user/${uid}`
  const named = env.DOCKER_HOST?.startsWith('unix://') ? env.DOCKER_HOST.slice('unix://'.length) : undefined
  const context = contextSocket(env, home)
  return [
    { id: 'podman', label: 'Podman', path: '/run/podman/podman.sock' },
    { id: 'podman-user', label: l10n.t('Podman, yours'), path: join(runtime, 'podman/podman.sock') },
    { id: 'docker', label: 'Docker', path: '/var/run/docker.sock' },
    { id: 'docker-rootless', label: l10n.t('Docker, yours'), path: join(runtime, 'docker.sock') },
    { id: 'docker-desktop', label: 'Docker Desktop', path: join(home, '.docker/desktop/docker.sock') },
    { id: 'docker-home', label: l10n.t('Docker, yours'), path: join(home, '.docker/run/docker.sock') },
    ...(named === undefined ? [] : [{ id: 'docker-host', label: 'Docker (DOCKER_HOST)', path: named }]),
    ...(context === undefined ? [] : [{ id: 'docker-context', label: `Docker (${context.name})`, path: context.socket }]),
  ].filter(({ path }) => path.startsWith('/'))
}

/** Where a path leads; undefined when no socket is there. One in a folder that this user may not look into counts: something may be in it. */
function locate(path: string): { socket: string; identity: string } | undefined {
  try {
    const socket = realpathSync(path)
    const found = statSync(socket)
    return found.isSocket() ? { socket, identity: `${found.dev}:${found.ino}` } : undefined
  } catch (error) {
    return codeOf(error) === 'EACCES' ? { socket: path, identity: path } : undefined
  }
}

/** Whether the engine lets this user in; undefined when nobody listens. Nothing is sent. */
function probe(path: string): Promise<EngineAccess | undefined> {
  const { promise, resolve } = Promise.withResolvers<EngineAccess | undefined>()
  const socket = connect(path)
  socket.setTimeout(DEADLINE, () => resolve(undefined))
  socket.once('connect', () => resolve({ kind: 'ok' }))
  socket.once('error', (error) =>
    resolve(['EACCES', 'EPERM'].includes(codeOf(error) ?? '') ? { kind: 'denied', reason: whyDenied(path) } : undefined),
  )
  return promise.finally(() => socket.destroy())
}

function whyDenied(path: string): string {
  return /docker/.test(path)
    ? l10n.t('Only root and members of the group docker may use it. Membership counts after the next login.')
    : l10n.t('Only root may use it.')
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}
