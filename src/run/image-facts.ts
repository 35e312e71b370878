/** What an image says of itself, as far as the form needs it. */
import { z } from 'zod'
import { imageConfigSchema } from '../../helper/api/image.ts'
import type { PublishedPort } from './port-spec.ts'
import { LOOPBACK, parsePortName } from './port-spec.ts'

/** The answer of `GET /images/{name}/json`, of any engine. */
export const imageInspectSchema = z.object({
  Id: z.string(),
  RepoTags: z.array(z.string()).nullish(),
  Config: imageConfigSchema.nullish(),
})

export type ImageAnswer = z.infer<typeof imageInspectSchema>
export type ImageConfig = z.infer<typeof imageConfigSchema>

export interface ImageFacts {
  readonly id: string
  readonly entrypoint: readonly string[]
  readonly command: readonly string[]
  readonly environment: readonly string[]
  /** Exposed; none of them published. */
  readonly ports: readonly PublishedPort[]
  /** Paths that get a fresh volume each. */
  readonly volumes: readonly string[]
  readonly user: string
  readonly workingDirectory: string
  readonly hasHealthcheck: boolean
  /** It waits for somebody who types. */
  readonly isInteractive: boolean
}

// Programs that do nothing of use without somebody at the terminal.
const INTERACTIVE =
  /^(?:(?:ba|da|a|z|k|mk|fi|c|tc|nu)?sh|pwsh|bash|python[\d.]*|ipython|node|deno|bun|irb|ghci|R|julia|php|perl|lua|jshell|iex|erl|scala|sbcl|clojure|busybox)$/

/** Reads an image's configuration. It comes from a registry, so nothing in it is believed to be well-formed. */
export function imageFacts({ Id, Config }: ImageAnswer): ImageFacts {
  const config: ImageConfig = Config ?? {}
  const ports = exposedPorts(Object.keys(config.ExposedPorts ?? {}))
  const entrypoint = config.Entrypoint ?? []
  const command = config.Cmd ?? []
  return {
    id: Id,
    entrypoint,
    command,
    environment: config.Env ?? [],
    ports,
    volumes: Object.keys(config.Volumes ?? {}),
    user: config.User ?? '',
    workingDirectory: config.WorkingDir ?? '',
    hasHealthcheck: (config.Healthcheck?.Test ?? ['NONE'])[0] !== 'NONE',
    isInteractive: ports.length === 0 && endsInShell([...entrypoint, ...command]),
  }
}

/** Whether a command line is a bare shell or interpreter, perhaps behind an entrypoint script. */
export function endsInShell(words: readonly string[]): boolean {
  const rest = words.filter((word, index) => index === 0 || !/^(?:-l|-i|-il|-li|--login|--interactive)$/.test(word))
  const program = rest.at(-1)?.split('/').at(-1) ?? ''
  const isAlone = rest.length === 1 || (rest.length === 2 && /entrypoint/.test(rest[0] ?? '')) || rest[0]?.endsWith('tini') === true
  return isAlone && INTERACTIVE.test(program)
}

const MOST_PORTS = 20

function exposedPorts(names: readonly string[]): PublishedPort[] {
  const ports = names.flatMap((name) => parsePortName(name) ?? [])
  return ports
    .sort((a, b) => a.port - b.port)
    .slice(0, MOST_PORTS)
    .map(({ port, protocol }) => ({ container: port, protocol, address: LOOPBACK }))
}
