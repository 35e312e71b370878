/** The unit of systemd's that runs the helper. */

export const UNIT = 'pocker.service'
export const UNIT_FILE = `/etc/systemd/system/${UNIT}`

export interface UnitOptions {
  /** The folder of the program, which only root can write to. */
  readonly program: string
  readonly dataRoot: string
  readonly runRoot: string
}

/** Its text. */
export function unitText({ program, dataRoot, runRoot }: UnitOptions): string {
  const words = [`${program}/pocker`, 'helper', '--idle-timeout', '0', '--data-root', dataRoot, '--run-root', runRoot]
  return `# Written by "pocker service install", and removed by "pocker service uninstall".
[Unit]
Description=Pocker, containers with no Docker to install
Wants=network-online.target
After=network-online.target
RequiresMountsFor=${quoted(dataRoot)}

[Service]
Type=exec
ExecStart=${words.map(command).join(' ')}
Restart=on-failure
RestartSec=1
# Containers and their keepers outlive the helper: only its own process ends with the service.
KillMode=process
# Keeps systemd from turning off controllers on the way to this group, which containers beside it use as well.
Delegate=yes
TasksMax=infinity

[Install]
WantedBy=multi-user.target
`
}

/** The folder of the program that a unit runs for this run root; undefined for a unit that is for another, or not of this making. */
export function unitProgram(text: string, runRoot: string): string | undefined {
  if (!text.includes(`${quoted('--run-root')} ${command(runRoot)}`)) return undefined
  const path = /^ExecStart="((?:[^"\\]|\\.)*)\/pocker"/m.exec(text)?.[1]
  return path?.replace(/\\(.)/g, '$1').replaceAll('%%', '%').replaceAll('$$', '$')
}

/** systemd.service(5): dollar signs are doubled. */
function command(word: string): string {
  return quoted(word).replaceAll('$', '$$$$')
}

/** systemd.syntax(7): quotes and backslashes are escaped, percent signs doubled. */
function quoted(word: string): string {
  return `"${word.replace(/["\\]/g, '\\$&').replaceAll('%', '%%')}"`
}
