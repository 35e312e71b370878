/** The docker command line, a client that this project did not write. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder, makeTemporaryFolder } from './folders.ts'
import { type RunOptions, type RunResult, run } from './run.ts'

/** All docker clients on this machine; tests of versions go through each. The packaged one may be old: Debian's 20.10 speaks API 1.41. */
export function listDockerClients(): string[] {
  const folders = (process.env.PATH ?? '').split(':').filter((folder) => folder !== '')
  const places = [...folders, join(cacheFolder(), 'docker-cli/usr/bin')].map((folder) => join(folder, 'docker'))
  return [...new Set(places)].filter((path) => existsSync(path))
}

/** What is missing to run docker, as a sentence, or undefined. */
export function whyNoDocker(): string | undefined {
  return listDockerClients().length > 0 ? undefined : 'no docker client: the package docker.io is not installed'
}

export interface DockerOptions extends Omit<RunOptions, 'env'> {
  /** The client's path; the first one found when left out. */
  readonly client?: string
  /** Where the client keeps logins, by `docker login`; a folder that is gone afterwards when left out. */
  readonly config?: string
}

/** Runs `docker ARGS` against the engine at a unix socket, with no configuration of the user's own. */
export async function dockerCli(socket: string, args: readonly string[], options: DockerOptions = {}): Promise<RunResult> {
  const client = options.client ?? listDockerClients()[0]
  if (client === undefined) throw new Error(`run docker: ${whyNoDocker()}`)
  await using home = makeTemporaryFolder('docker')
  const env = { PATH: process.env.PATH, HOME: home.path, DOCKER_HOST: `unix://${socket}`, TERM: 'dumb' }
  const config = { DOCKER_CONFIG: options.config ?? home.path }
  return await run(client, args, { ...options, env: { ...env, ...config } })
}
