/** A container's health over its life: checked while it runs and is not paused, told, put on record, and taken over from helper to helper. */
import type { Health } from '../../api/health.ts'
import type { Container } from '../containers/container.ts'
import { tell } from '../containers/container-events.ts'
import type { EngineContext } from '../context.ts'
import type { ContainerRecord, RecordedState } from '../records/record.ts'
import { type HealthClock, type HealthMonitor, monitorHealth } from './health-monitor.ts'
import { healthSettings } from './health-settings.ts'
import { endedHealth, isWorthRecording, startingHealth } from './health-state.ts'

const LONGEST_TIMER = 0x7fff_ffff

const clock: HealthClock = {
  now: () => performance.now(),
  after: (milliseconds, action) => {
    const timer = setTimeout(action, Math.min(milliseconds, LONGEST_TIMER)).unref()
    return () => clearTimeout(timer)
  },
}

/** What a start puts on record: a health of its own when there is a check. */
export function healthAtStart({ config, state }: ContainerRecord): Pick<RecordedState, 'health'> {
  return healthSettings(config) === undefined ? {} : { health: startingHealth(state.health) }
}

/** Checks a container that runs, unless it is checked already, is paused, or has no check. */
export function checkHealth(context: EngineContext, container: Container, options: { readonly firstWait?: number } = {}): void {
  const settings = healthSettings(container.record.config)
  if (settings === undefined || container.healthMonitor !== undefined) return
  if (container.running === undefined || container.paused) return
  const { health } = container.record.state
  if (health === undefined) setHealth(container, startingHealth(undefined))
  // The wall clock only says how long ago the start was: from here on, setting it changes nothing.
  const age = Math.max(0, Date.now() - Date.parse(container.record.state.startedAt)) || 0
  container.healthMonitor = monitorHealth({
    settings,
    clock,
    startedAt: clock.now() - age,
    firstWait: options.firstWait ?? 1,
    health: () => healthOf(container),
    probe: (signal) => context.probeHealth(container, { command: settings.command, timeout: settings.timeout, signal }),
    update: (after) => updateHealth(context, container, after),
    report: context.report,
  })
}

/** As `checkHealth`, for a container that another helper has started: the checks of many do not all come at one moment. */
export function takeOverHealth(context: EngineContext, container: Container): void {
  checkHealth(context, container, { firstWait: Math.random() })
}

/** Stops checking and ends a probe that is under way; what is known stays. */
export function suspendHealth(container: Container): void {
  container.healthMonitor?.stop()
  container.healthMonitor = undefined
}

/** When a run is over. What it changes is in the record that the caller puts. */
export function endHealth(container: Container): void {
  suspendHealth(container)
  const { health } = container.record.state
  if (health !== undefined) setHealth(container, endedHealth(health))
}

/** A probe that is killed ends at once, unless the kernel holds it. */
const LEAVING = 1000

/**
 * When the helper leaves: no probe outlives it, and the next helper finds the last results. Resolves when the probes have been reaped,
 * within a second: one that is left to the host's init may be its zombie for a while, and a container's end waits for all its processes.
 */
export async function leaveHealth(context: EngineContext): Promise<void> {
  const monitors: HealthMonitor[] = []
  for (const container of context.registry.all()) {
    if (container.healthMonitor === undefined) continue
    monitors.push(container.healthMonitor)
    suspendHealth(container)
    try {
      context.records.put(container.record)
    } catch (error) {
      context.report(error) // a full disk, say: the next helper then has the last status, and fewer results
    }
  }
  let cancel = (): void => undefined
  const late = new Promise<void>((resolve) => {
    cancel = clock.after(LEAVING, resolve)
  })
  await Promise.race([Promise.all(monitors.map((monitor) => monitor.idle())), late])
  cancel()
}

function updateHealth(context: EngineContext, container: Container, after: Health): void {
  const before = healthOf(container)
  setHealth(container, after)
  if (before.Status !== after.Status) tell(context, container, `health_status: ${after.Status}`)
  if (isWorthRecording(before, after)) context.records.put(container.record)
}

function healthOf(container: Container): Health {
  return container.record.state.health ?? startingHealth(undefined)
}

function setHealth(container: Container, health: Health): void {
  container.record = { ...container.record, state: { ...container.record.state, health } }
}
