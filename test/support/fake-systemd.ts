/** A machine that seems to have systemd: a mount namespace with a `systemctl` that runs the unit's command, and with places of its own. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeTemporaryFolder, type TemporaryFolder } from './folders.ts'
import { type RunOptions, type RunResult, run } from './run.ts'

export interface FakeSystemd extends AsyncDisposable {
  readonly folder: TemporaryFolder
  /** Runs a command there. */
  run(words: readonly string[], options?: RunOptions): Promise<RunResult>
  /** The words of each call that changes something, in their order. */
  calls(): string[]
}

/**
 * It does of systemctl what the service's commands ask of it, and no more: it fails on anything else. The service's process is ended by
 * SIGTERM alone, as with KillMode=process.
 */
const SYSTEMCTL = `#!/bin/sh
state=STATE
unit=/etc/systemd/system/pocker.service
[ "$1 $2" = '--no-pager --no-ask-password' ] || exit 64
shift 2
pid() { cat "$state/pid" 2>/dev/null || echo 0; }
# Nobody may wait for it when it has ended: then it is a zombie.
alive() { [ "$1" != 0 ] && grep -q '^State:.[^Z]' "/proc/$1/status" 2>/dev/null; }
stop() {
  old=$(pid)
  alive "$old" && kill "$old"
  while alive "$old"; do sleep 0.02; done
  rm -f "$state/pid"
}
case $1 in show) ;; *) echo "$*" >>"$state/calls" ;; esac
case "$*" in
  'daemon-reload' | 'reset-failed pocker.service') ;;
  'enable pocker.service') [ -f "$unit" ] && touch "$state/enabled" ;;
  'disable --now pocker.service') stop; rm -f "$state/enabled" ;;
  'start pocker.service' | 'restart pocker.service')
    case $1 in
      start) if alive "$(pid)"; then exit 0; fi ;;
      restart) stop ;;
    esac
    command=$(sed -n 's/^ExecStart=//p' "$unit")
    setsid sh -c "exec $command" >>"$state/journal" 2>&1 </dev/null &
    echo $! >"$state/pid"
    ;;
  'show --property=MainPID --value pocker.service') pid ;;
  'show --property=ActiveState --value pocker.service') alive "$(pid)" && echo active || echo failed ;;
  'show --property=ActiveState,UnitFileState,MainPID pocker.service')
    alive "$(pid)" && echo ActiveState=active || echo ActiveState=inactive
    [ -f "$state/enabled" ] && echo UnitFileState=enabled || echo UnitFileState=disabled
    echo "MainPID=$(pid)" ;;
  *) echo "unexpected: $*" >&2; exit 64 ;;
esac
`

/** The places that the commands would change, and the folder of programs with a program more. */
const PREPARE = `
for place in /usr/local/lib /opt /etc/systemd/system /run; do [ ! -d "$place" ] || mount -t tmpfs -o mode=755 tmpfs "$place"; done
mkdir -p /run/systemd/system
mount -t overlay -o "lowerdir=$0/bin:/usr/bin" overlay /usr/bin
echo ready
read line
`

/** Makes one. At its end the service's process ends; what else runs in it is its maker's to end before. */
export async function makeFakeSystemd(): Promise<FakeSystemd> {
  const folder = makeTemporaryFolder('systemd')
  mkdirSync(join(folder.path, 'bin'))
  writeFileSync(join(folder.path, 'bin/systemctl'), SYSTEMCTL.replace('STATE', folder.path), { mode: 0o755 })
  const holder = spawn('unshare', ['--mount', '/bin/sh', '-ec', PREPARE, folder.path], { stdio: ['pipe', 'pipe', 'inherit'] })
  await Promise.race([once(holder.stdout, 'data'), once(holder, 'exit')])
  if (holder.exitCode !== null) throw new Error('make a machine with systemd: its mounts failed')
  const inside: FakeSystemd['run'] = ([command = '', ...args], options) =>
    run('nsenter', [`--mount=/proc/${holder.pid}/ns/mnt`, command, ...args], options)
  return {
    folder,
    run: inside,
    calls: () => readFileSync(join(folder.path, 'calls'), 'utf8').trim().split('\n'),
    async [Symbol.asyncDispose]() {
      await inside(['systemctl', '--no-pager', '--no-ask-password', 'disable', '--now', 'pocker.service'])
      const exit = once(holder, 'exit')
      holder.stdin.end('\n')
      await exit
      await folder[Symbol.asyncDispose]()
    },
  }
}
