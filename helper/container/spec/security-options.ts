import type { HostConfig } from '../../api/host-config.ts'
import { invalid, notImplemented } from './refuse.ts'

export interface SecurityOptions {
  readonly noNewPrivileges: boolean
  /** The default profile, none, or the JSON text of one. */
  readonly seccomp: { readonly kind: 'default' } | { readonly kind: 'unconfined' } | { readonly kind: 'profile'; readonly json: string }
  /** The masks of /proc and /sys stay away. */
  readonly systemPathsUnconfined: boolean
  readonly warnings: readonly string[]
}

/**
 * `--security-opt` in Docker's grammar: `key=value`, or `key:value` as it once was.
 * Errors: `unknown-security-option`, `bad-security-option`, `apparmor-not-available`, `selinux-not-available`.
 */
export function parseSecurityOptions(config: HostConfig, host: { readonly appArmor: boolean }): SecurityOptions {
  let noNewPrivileges = false
  let seccomp: SecurityOptions['seccomp'] = { kind: config.Privileged === true ? 'unconfined' : 'default' }
  let systemPathsUnconfined = false
  const warnings: string[] = []
  for (const option of config.SecurityOpt ?? []) {
    const [key, value] = splitOption(option)
    switch (key) {
      case 'no-new-privileges':
        noNewPrivileges = value === undefined || parseBoolean(value, option)
        break
      case 'seccomp':
        seccomp = parseSeccomp(value ?? '', option)
        break
      case 'apparmor':
        warnings.push(...checkAppArmor(value ?? '', host))
        break
      case 'label':
        if (value !== 'disable')
          throw notImplemented('selinux-not-available', `apply '${option}': SELinux labels are not there; use label=disable`)
        break
      case 'disable':
        if (value !== undefined) throw unknown(option)
        break
      case 'systempaths':
        if (value !== 'unconfined') throw bad(option)
        systemPathsUnconfined = true
        break
      default:
        throw unknown(option)
    }
  }
  return { noNewPrivileges, seccomp, systemPathsUnconfined, warnings }
}

function splitOption(option: string): [key: string, value: string | undefined] {
  const at = option.includes('=') ? option.indexOf('=') : option.indexOf(':')
  return at < 0 ? [option, undefined] : [option.slice(0, at), option.slice(at + 1)]
}

// Go's strconv.ParseBool.
function parseBoolean(value: string, option: string): boolean {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(value)) return true
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(value)) return false
  throw bad(option)
}

function parseSeccomp(value: string, option: string): SecurityOptions['seccomp'] {
  if (value === 'unconfined') return { kind: 'unconfined' }
  if (value === 'builtin') return { kind: 'default' }
  if (value.trimStart().startsWith('{')) return { kind: 'profile', json: value }
  throw invalid(
    'bad-security-option',
    `read security option '${shorten(option)}': a seccomp profile is unconfined, builtin or its JSON text`,
  )
}

// Confinement that was asked for is never left out silently where the kernel could have given it.
function checkAppArmor(profile: string, host: { readonly appArmor: boolean }): string[] {
  if (profile === 'unconfined') return []
  if (host.appArmor) throw notImplemented('apparmor-not-available', `apply AppArmor profile '${profile}': only 'unconfined' is there yet`)
  return [`AppArmor profile '${profile}' is ignored: this kernel has no AppArmor`]
}

function unknown(option: string): Error {
  return invalid('unknown-security-option', `read security option '${shorten(option)}': there is no such option`)
}

function bad(option: string): Error {
  return invalid('bad-security-option', `read security option '${shorten(option)}': its value is not one of those it takes`)
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
