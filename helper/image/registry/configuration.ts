/** Which registries have mirrors or need no TLS, as the administrator says. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { PockerError } from '../../api/errors.ts'
import { isInNetwork, isLoopback } from './addresses.ts'

export interface RegistryConfiguration {
  /** Origins such as `https://mirror.example:5000`, asked before Docker Hub. */
  readonly mirrors: readonly string[]
  /** `host`, `host:port` or a network: no TLS is needed there, and certificates are not checked. */
  readonly insecure: readonly string[]
  readonly proxies: { readonly http?: string | undefined; readonly https?: string | undefined; readonly no?: string | undefined }
}

const schema = z.object({
  'registry-mirrors': z.array(z.string().transform(mirrorOrigin)).default([]),
  'insecure-registries': z.array(z.string().transform(withoutScheme)).default([]),
  proxies: z
    .object({ 'http-proxy': z.string().optional(), 'https-proxy': z.string().optional(), 'no-proxy': z.string().optional() })
    .default({}),
})

/**
 * Reads `<data root>/registries.json` or, without one, those keys of Docker's own `daemon.json`, so that a host set up for Docker
 * needs no second set-up. Environment variables (`HTTPS_PROXY` …) stand in for proxies that no file names.
 * Errors: InvalidParameter `bad-registries-file`.
 */
export function readConfiguration(options: {
  readonly dataRoot: string
  readonly dockerFolder: string
  readonly environment: NodeJS.Dict<string>
}): RegistryConfiguration {
  const { dataRoot, dockerFolder, environment } = options
  const parsed = readFile(join(dataRoot, 'registries.json')) ?? readFile(join(dockerFolder, 'daemon.json')) ?? schema.parse({})
  const { proxies } = parsed
  return {
    mirrors: parsed['registry-mirrors'],
    insecure: parsed['insecure-registries'],
    proxies: {
      http: proxies['http-proxy'] ?? environment.http_proxy ?? environment.HTTP_PROXY,
      https: proxies['https-proxy'] ?? environment.https_proxy ?? environment.HTTPS_PROXY,
      no: proxies['no-proxy'] ?? environment.no_proxy ?? environment.NO_PROXY,
    },
  }
}

/** Whether TLS may be missing or unchecked there: this machine, as in Docker, and what the configuration names. */
export function isInsecure(host: string, configuration: RegistryConfiguration): boolean {
  return isLoopback(host) || configuration.insecure.some((entry) => entry === host || isInNetwork(host, entry))
}

function readFile(path: string): z.infer<typeof schema> | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw bad(path, error)
  }
  try {
    return schema.parse(JSON.parse(text))
  } catch (error) {
    throw bad(path, error)
  }
}

function bad(path: string, error: unknown): PockerError {
  const cause =
    error instanceof z.ZodError
      ? error.issues.map(({ path: place, message }) => `"${place.join('.')}": ${message}`).join(', ')
      : error instanceof Error
        ? error.message
        : String(error)
  return new PockerError('InvalidParameter', `read registry configuration '${path}': ${cause}`, {
    code: 'bad-registries-file',
    cause: error,
  })
}

function mirrorOrigin(text: string, context: z.RefinementCtx): string {
  const url = URL.parse(text)
  if (url !== null && /^https?:$/.test(url.protocol) && url.pathname === '/' && url.username === '' && url.search === '') return url.origin
  context.addIssue({ code: 'custom', message: `'${text}' is not an address such as https://mirror.example` })
  return z.NEVER
}

function withoutScheme(text: string): string {
  return text.replace(/^https?:\/\//, '').replace(/\/$/, '')
}
