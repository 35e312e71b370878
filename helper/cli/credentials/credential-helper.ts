import { spawn } from 'node:child_process'
import { text as readText } from 'node:stream/consumers'
import { PockerError } from '../../api/errors.ts'
import type { Credentials } from './credentials.ts'

/** The user name that says that the secret is an identity token. */
const TOKEN_USER = '<token>'
const NOT_FOUND = 'credentials not found in native keychain'

/** How a helper program is run: its name, the verb, what it reads; resolves to its exit code and output. */
export type RunHelper = (program: string, verb: string, input: string) => Promise<{ readonly code: number; readonly output: string }>

/** Runs `docker-credential-NAME` from the PATH of these variables; its complaints go to our stderr. Errors: `no-credential-helper`. */
export function helperRunner(env: Readonly<Record<string, string | undefined>>): RunHelper {
  return async (program, verb, input) => {
    const child = spawn(program, [verb], { env: { ...env }, stdio: ['pipe', 'pipe', 'inherit'] })
    const ended = new Promise<number>((resolve, reject) => {
      child.on('error', (cause) => {
        const message = `run "${program}": ${'code' in cause && cause.code === 'ENOENT' ? 'it is not in the PATH' : cause.message}`
        const hint = "the Docker configuration's credsStore or credHelpers names it"
        reject(new PockerError('Unavailable', message, { code: 'no-credential-helper', hint, cause }))
      })
      child.on('close', (code) => resolve(code ?? 1))
    })
    // One that ends without reading tells by its exit code what was wrong.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
    const [code, output] = await Promise.all([ended, readText(child.stdout)])
    return { code, output: output.trim() }
  }
}

/** What a helper knows of a registry; undefined when nothing. Errors: `credential-helper-failed`. */
export async function askHelper(run: RunHelper, name: string, registry: string): Promise<Credentials | undefined> {
  const { code, output } = await run(programOf(name), 'get', registry)
  if (code !== 0 && output === NOT_FOUND) return undefined
  if (code !== 0) throw failed(name, 'get', output)
  const { Username, Secret } = parseAnswer(name, output)
  if (Secret === '') return undefined
  return Username === TOKEN_USER ? { identitytoken: Secret } : { username: Username, password: Secret }
}

/** Has a helper keep a registry's credentials. Errors: `credential-helper-failed`. */
export async function storeWithHelper(run: RunHelper, name: string, registry: string, credentials: Credentials): Promise<void> {
  const { username = '', password = '', identitytoken } = credentials
  const secret = identitytoken === undefined ? { Username: username, Secret: password } : { Username: TOKEN_USER, Secret: identitytoken }
  const { code, output } = await run(programOf(name), 'store', JSON.stringify({ ServerURL: registry, ...secret }))
  if (code !== 0) throw failed(name, 'store', output)
}

/** Has a helper forget a registry. Errors: `credential-helper-failed`. */
export async function eraseWithHelper(run: RunHelper, name: string, registry: string): Promise<void> {
  const { code, output } = await run(programOf(name), 'erase', registry)
  if (code !== 0 && output !== NOT_FOUND) throw failed(name, 'erase', output)
}

/** A name with a slash would be a program of any folder. */
function programOf(name: string): string {
  if (/^[A-Za-z0-9][\w.+-]*$/.test(name)) return `docker-credential-${name}`
  throw new PockerError('InvalidParameter', `run credential helper ${JSON.stringify(name)}: that is no program's name`, {
    code: 'bad-docker-config',
  })
}

function parseAnswer(name: string, output: string): { Username: string; Secret: string } {
  try {
    const answer: unknown = JSON.parse(output)
    if (typeof answer === 'object' && answer !== null) {
      const [Username, Secret]: unknown[] = [Reflect.get(answer, 'Username'), Reflect.get(answer, 'Secret')]
      if (typeof Username === 'string' && typeof Secret === 'string') return { Username, Secret }
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  // What it wrote may hold the secret: it is not repeated.
  throw failed(name, 'get', 'its answer cannot be understood')
}

function failed(name: string, verb: string, output: string): PockerError {
  const cause = output === '' ? 'it failed and said nothing' : output.slice(0, 500)
  return new PockerError('Unavailable', `${verb} credentials by docker-credential-${name}: ${cause}`, { code: 'credential-helper-failed' })
}
