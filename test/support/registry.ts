/** Debian's docker-registry on a loopback port: a real registry, with a folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { cacheFolder, makeTemporaryFolder } from './folders.ts'
import { runChecked } from './run.ts'

const START_DEADLINE = 30_000

export interface RegistryOptions {
  /** Nobody without this name and password may read or write. */
  readonly account?: { readonly username: string; readonly password: string }
  /** Speaks TLS, with a certificate for REGISTRY_NAME and 127.0.0.1 by an authority that nobody knows. */
  readonly tls?: boolean
  /** Keeps what it has here, so that another registry can go on with it. */
  readonly folder?: string
}

export interface TestRegistry extends AsyncDisposable {
  /** `127.0.0.1:PORT` */
  readonly address: string
  readonly port: number
  /** Where it keeps blobs and manifests. */
  readonly folder: string
  /** The authority's certificate, in a folder for `--cert-dir` of skopeo and podman. */
  readonly authority: string
  /** What skopeo needs to reach it as a source (`src`) or destination (`dest`). */
  skopeoFlags(side: 'src' | 'dest'): string[]
  /** Ends it at once, as a machine that loses its power. */
  kill(): Promise<void>
}

/** The name in a registry's certificate that no resolver knows: tests that use it bring their own hosts file. */
export const REGISTRY_NAME = 'registry.test'

/** Where the registry's program is: installed, or unpacked by the runner. */
export function registryProgram(): string | undefined {
  return ['/usr/bin/docker-registry', join(cacheFolder(), 'docker-registry/usr/bin/docker-registry')].find((path) => existsSync(path))
}

/** Starts one and waits until it listens. */
export async function startRegistry(options: RegistryOptions = {}): Promise<TestRegistry> {
  const program = registryProgram()
  if (program === undefined) throw new Error('start a registry: docker-registry is not there; npm test as root unpacks it')
  const folder = makeTemporaryFolder('registry')
  try {
    const storage = options.folder ?? join(folder.path, 'storage')
    const authority = join(folder.path, 'authority')
    mkdirSync(authority)
    const file = join(folder.path, 'config.json')
    // JSON is YAML.
    writeFileSync(file, JSON.stringify(await configure({ folder: folder.path, storage, authority }, options)))
    const child = spawn(program, ['serve', file], { stdio: ['ignore', 'ignore', 'pipe'] })
    const port = await listeningPort(child)
    const flags = credentialFlags(options, authority)
    return {
      address: `127.0.0.1:${port}`,
      port,
      folder: storage,
      authority,
      skopeoFlags: (side) => flags.map((flag) => `--${side}-${flag}`),
      kill: () => endProcess(child),
      async [Symbol.asyncDispose]() {
        await endProcess(child)
        await folder[Symbol.asyncDispose]()
      },
    }
  } catch (error) {
    await folder[Symbol.asyncDispose]()
    throw error
  }
}

interface Places {
  readonly folder: string
  readonly storage: string
  readonly authority: string
}

async function configure(places: Places, options: RegistryOptions): Promise<object> {
  const http = { addr: '127.0.0.1:0', secret: 'test', ...(options.tls === true ? { tls: await makeCertificates(places) } : {}) }
  return {
    version: 0.1,
    log: { level: 'info', formatter: 'json', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: places.storage }, delete: { enabled: true } },
    http,
    ...(options.account === undefined ? {} : { auth: { htpasswd: { realm: 'test', path: await makeAccount(places, options.account) } } }),
  }
}

/** Perl is on every Debian, and its crypt knows bcrypt, the only kind that the registry takes. */
async function makeAccount(places: Places, account: { username: string; password: string }): Promise<string> {
  const hash = await runChecked('perl', ['-e', 'print crypt($ARGV[0], q($2y$05$pockerpockerpockerpoce))', account.password])
  const path = join(places.folder, 'htpasswd')
  writeFileSync(path, `${account.username}:${hash}\n`)
  return path
}

/** An authority and a certificate by it, both for a day. */
async function makeCertificates({ folder, authority }: Places): Promise<{ certificate: string; key: string }> {
  const at = (name: string): string => join(folder, name)
  const openssl = (...words: string[]): Promise<string> => runChecked('openssl', words)
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  const isAuthority = ['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign']
  await openssl(
    'req',
    '-x509',
    ...newKey,
    '-days',
    '1',
    '-subj',
    '/CN=test authority',
    ...isAuthority,
    '-keyout',
    at('ca.key'),
    '-out',
    join(authority, 'ca.crt'),
  )
  await openssl('req', ...newKey, '-subj', `/CN=${REGISTRY_NAME}`, '-keyout', at('key.pem'), '-out', at('request.pem'))
  writeFileSync(at('extensions'), `subjectAltName=DNS:${REGISTRY_NAME},IP:127.0.0.1\n`)
  const signer = ['-CA', join(authority, 'ca.crt'), '-CAkey', at('ca.key'), '-CAcreateserial']
  await openssl('x509', '-req', '-in', at('request.pem'), ...signer, '-days', '1', '-extfile', at('extensions'), '-out', at('cert.pem'))
  return { certificate: at('cert.pem'), key: at('key.pem') }
}

function credentialFlags(options: RegistryOptions, authority: string): string[] {
  const creds = options.account === undefined ? [] : [`creds=${options.account.username}:${options.account.password}`]
  return [options.tls === true ? `cert-dir=${authority}` : 'tls-verify=false', ...creds]
}

/** It takes a free port itself, and says which. */
async function listeningPort(child: ChildProcess): Promise<number> {
  const lines: string[] = []
  if (child.stderr === null) throw new Error('start a registry: no stderr')
  const reader = createInterface(child.stderr)
  const found = new Promise<number>((resolve) => {
    reader.on('line', (line) => {
      const port = /listening on [^"]*:(\d+)/.exec(line)?.[1]
      if (port !== undefined) resolve(Number(port))
      // Read to the end, so that it never waits for us; the last lines are kept for a failed start.
      if (lines.push(line) > 20) lines.shift()
    })
  })
  const port = await Promise.race([found, once(child, 'exit'), once(AbortSignal.timeout(START_DEADLINE), 'abort')])
  if (typeof port === 'number') return port
  child.kill('SIGKILL')
  throw new Error(`start a registry: it does not listen: ${lines.join('\n')}`)
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}

/** The digest of the manifest that a tag names, from the registry's own files. */
export function readRegistryTag(registry: TestRegistry, repository: string, tag: string): string {
  const path = join(registry.folder, 'docker/registry/v2/repositories', repository, '_manifests/tags', tag, 'current/link')
  return readFileSync(path, 'utf8')
}
