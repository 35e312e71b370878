import type { Systemd } from '../systemd.ts'

export interface FakeSystemd extends Systemd {
  /** The words of each call, in their order. */
  readonly calls: string[]
  unit: string | undefined
  /** What `show --property=NAME` says. */
  readonly properties: Record<string, string>
}

export interface FakeSystemdOptions {
  /** The first word of a call that fails. */
  readonly fails?: string
  /** Called when the service is started. */
  readonly onStart?: () => unknown
  readonly runs?: boolean
}

/** systemd as a list of what was asked of it. */
export function fakeSystemd({ fails, onStart, runs = true }: FakeSystemdOptions = {}): FakeSystemd {
  const calls: string[] = []
  const properties: Record<string, string> = { MainPID: '0', ActiveState: 'inactive' }
  const system: FakeSystemd = {
    calls,
    properties,
    unit: undefined,
    runs: () => runs,
    readUnit: () => system.unit,
    writeUnit: (text) => {
      calls.push('write unit')
      system.unit = text
    },
    removeUnit: () => {
      calls.push('remove unit')
      system.unit = undefined
    },
    control: async (words) => {
      const property = /^--property=(\w+)$/.exec(words[1] ?? '')?.[1]
      if (words[0] === 'show' && property !== undefined) return { code: 0, stdout: `${properties[property] ?? ''}\n`, stderr: '' }
      calls.push(words.join(' '))
      if (words[0] === fails) return { code: 1, stdout: '', stderr: 'first\nFailed: something\n' }
      if (words[0] === 'restart') await onStart?.()
      return { code: 0, stdout: '', stderr: '' }
    },
  }
  return system
}
