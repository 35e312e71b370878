/** What the form holds: everything a container is asked to be, but for the host it is asked of. */
import { z } from 'zod'

const portSchema = z.object({
  container: z.int().min(1).max(65535),
  protocol: z.enum(['tcp', 'udp', 'sctp']),
  host: z.int().min(1).max(65535).exactOptional(),
  address: z.string(),
})

const mountSchema = z.object({ source: z.string().exactOptional(), target: z.string(), mode: z.string() })

const limitsSchema = z.object({
  memory: z.number().exactOptional(),
  cpus: z.number().exactOptional(),
  processes: z.int().exactOptional(),
})

/** Of what was kept of earlier runs: an editor's memory may be older than this program. */
export const answersSchema = z.object({
  /** As the engine finds it: a name, or an ID. */
  image: z.string().min(1),
  /** Empty: the engine finds one. */
  name: z.string(),
  /** Absent: the image's. */
  command: z.array(z.string()).exactOptional(),
  /** Absent: the image's; empty: none. */
  entrypoint: z.array(z.string()).exactOptional(),
  ports: z.array(portSchema),
  /** The folder that is open in the editor. */
  workspace: z.object({ folder: z.string(), target: z.string() }).exactOptional(),
  mounts: z.array(mountSchema),
  /** `NAME=value`, or `NAME` to take the image's away. */
  environment: z.array(z.string()),
  terminal: z.boolean(),
  limits: limitsSchema,
  restart: z.enum(['no', 'on-failure', 'unless-stopped', 'always']),
  /** Empty: the engine's default. */
  network: z.string(),
  /** It goes when it ends. */
  removeAtEnd: z.boolean(),
  user: z.string(),
  workingDirectory: z.string(),
  hostname: z.string(),
  labels: z.record(z.string(), z.string()),
  capAdd: z.array(z.string()),
  capDrop: z.array(z.string()),
  init: z.boolean(),
  readOnly: z.boolean(),
  privileged: z.boolean(),
  /** The image's health check is switched off. */
  noHealthcheck: z.boolean(),
})

type Mutable = z.infer<typeof answersSchema>
type Frozen<T> = T extends object ? { readonly [K in keyof T]: Frozen<T[K]> } : T

export type RunAnswers = Frozen<Mutable>
export type RestartName = RunAnswers['restart']

/** An image with nothing asked for. */
export function plainAnswers(image: string): RunAnswers {
  return {
    image,
    name: '',
    ports: [],
    mounts: [],
    environment: [],
    terminal: false,
    limits: {},
    restart: 'no',
    network: '',
    removeAtEnd: false,
    user: '',
    workingDirectory: '',
    hostname: '',
    labels: {},
    capAdd: [],
    capDrop: [],
    init: false,
    readOnly: false,
    privileged: false,
    noHealthcheck: false,
  }
}
