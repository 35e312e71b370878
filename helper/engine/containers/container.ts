/** One container as the engine knows it: its record, and what of it is alive. */
import type { ContainerState, ContainerStatus } from '../../api/container.ts'
import type { Spec } from '../../container/oci.ts'
import { type ContainerFolders, containerFolders, type Folders } from '../folders.ts'
import type { HealthMonitor } from '../health/health-monitor.ts'
import { Lock } from '../lock.ts'
import { type Log, openLog } from '../log/log-store.ts'
import type { Joined } from '../networks/joined.ts'
import type { ContainerRecord } from '../records/record.ts'
import type { Running } from './running.ts'
import type { StartTrace } from './traces.ts'
import { Waiters } from './waiters.ts'

const NEVER = '0001-01-01T00:00:00Z'

export class Container {
  record: ContainerRecord
  running: Running | undefined
  /** What the present run was made from; unknown of a container that another helper has started. */
  spec: Spec | undefined
  /** What it holds of this host for its networks' sake; undefined while it is in none. */
  joined: Joined | undefined
  paused = false
  removing = false
  /** Set from an exit until the start that is due after it, by policy or by `restart`, is there or has failed. */
  restarting: NodeJS.Timeout | 'now' | undefined
  /** The user asked for the coming exit, so no policy applies. */
  stopping = false
  /** How often the policy has restarted it since the user last started it. */
  restarts = 0
  /** Set while its health is being checked. */
  healthMonitor: HealthMonitor | undefined
  /** Settles when the last run's control groups are gone: a next run must find neither them nor their counts of OOM kills. */
  tidied: Promise<void> | undefined
  /** How its last start went; undefined when another helper has started it. */
  trace: StartTrace | undefined
  readonly id: string
  readonly folders: ContainerFolders
  readonly log: Log
  readonly lock = new Lock()
  readonly waiters = new Waiters()
  readonly execs = new Set<string>()
  /** Aborted when the present run has ended and all its output is in the log. */
  runEnded = new AbortController()
  /** Aborted when it has ended and no restart is due. */
  ended = new AbortController()
  /** Aborted when it has been removed. */
  readonly removed = new AbortController()

  private readonly awaitingRun: (() => void)[] = []

  constructor(record: ContainerRecord, folders: Folders) {
    this.record = record
    this.id = record.id
    this.folders = containerFolders(folders, record.id)
    this.log = openLog(this.folders.log)
  }

  get status(): ContainerStatus {
    if (this.removing) return 'removing'
    if (this.restarting !== undefined && this.running === undefined) return 'restarting'
    if (this.running !== undefined) return this.paused ? 'paused' : 'running'
    return this.record.state.status === 'running' ? 'exited' : this.record.state.status
  }

  /** Docker's State of `inspect`. */
  get state(): ContainerState {
    const { state } = this.record
    const { status } = this
    return {
      Status: status,
      // As Docker: a container that is about to be restarted counts as running.
      Running: this.running !== undefined || status === 'restarting',
      Paused: status === 'paused',
      Restarting: status === 'restarting',
      OOMKilled: state.oomKilled,
      Dead: state.status === 'dead',
      Pid: this.running?.pid ?? 0,
      ExitCode: this.running === undefined ? state.exitCode : 0,
      Error: state.error,
      StartedAt: state.startedAt || NEVER,
      FinishedAt: state.finishedAt || NEVER,
      ...(state.health === undefined ? {} : { Health: state.health }),
    }
  }

  /** The signal that ends what follows the present run, or the next one when none is going on. */
  get currentRun(): AbortSignal {
    if (this.running === undefined && this.runEnded.signal.aborted) this.runEnded = new AbortController()
    return this.runEnded.signal
  }

  /** Resolves when the container runs, or when the run that was waited for has failed. */
  whenRunning(): Promise<void> {
    if (this.running !== undefined) return Promise.resolve()
    const { currentRun } = this
    return new Promise((resolve) => {
      currentRun.addEventListener('abort', () => resolve(), { once: true })
      this.awaitingRun.push(resolve)
    })
  }

  /** Takes over a started container. */
  runs(running: Running, spec?: Spec): void {
    this.running = running
    this.spec = spec
    this.stopping = false
    this.restarting = undefined
    if (this.ended.signal.aborted) this.ended = new AbortController()
    if (this.runEnded.signal.aborted) this.runEnded = new AbortController()
    for (const resolve of this.awaitingRun.splice(0)) resolve()
  }

  /** What the user gave with it: the request's limits, modes and options. */
  get hostConfig(): NonNullable<ContainerRecord['request']['HostConfig']> {
    return this.record.request.HostConfig ?? {}
  }

  get terminal(): boolean {
    return this.record.config.Tty === true
  }
}
