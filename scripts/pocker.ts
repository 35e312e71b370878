/** `npm run pocker -- WORDS`: builds and runs the command line; without words, a small tour of it. */
import { spawnSync } from 'node:child_process'
import { relative } from 'node:path'
import { buildPocker, program } from './build.ts'
import { endStaleHelper } from './stale-helper.ts'

const executable = program.link
const NAME = 'hello'

/** What the container says of itself; nothing in it needs more than a shell and the most basic programs. */
const introduction = `
. /etc/os-release 2>/dev/null
devices=$(ls /sys/class/net 2>/dev/null); files=0; while read -r line; do files=$((files + 1)); done < /proc/self/mounts
processes=0; for folder in /proc/[0-9]*; do processes=$((processes + 1)); done
echo "  host name   $(uname -n)"
echo "  user        $(id)"
echo "  system      \${PRETTY_NAME:-Linux} on $(uname -m): the programs of this machine's /usr, read-only"
echo "  kernel      $(uname -r), shared with the host"
echo "  processes   $processes: this shell is number $$ and sees none of the host's"
echo "  mounts      $files of its own; its root is an overlay that nobody else sees"
echo "  network     $devices"
`

async function main(words: readonly string[]): Promise<number> {
  await buildPocker(program)
  if (process.getuid?.() === 0) {
    const stale = await endStaleHelper(program.out)
    if (stale !== undefined)
      console.error(`ended the helper of an earlier build (process ${stale}): the next one takes its containers over`)
  }
  return words.length > 0 ? pocker(words) : showTour()
}

function showTour(): number {
  if (process.getuid?.() !== 0) {
    console.error('pocker: making namespaces, mounts and cgroups takes root, as with every engine: run sudo npm run pocker')
    return 1
  }
  console.log('\npocker run --rm host sh -c …     (starts the helper if none runs; the container says:)')
  const first = pocker(['run', '--rm', 'host', 'sh', '-c', introduction])
  if (first !== 0) return first

  // One from an earlier start may still be there; when none is, there is nothing to say.
  spawnSync(executable, ['rm', '--force', NAME], { stdio: 'ignore' })
  console.log(`\npocker run --detach --rm --name ${NAME} host sleep 600`)
  const second = pocker(['run', '--detach', '--rm', '--name', NAME, 'host', 'sleep', '600'])
  if (second !== 0) return second

  console.log('\npocker ps --all')
  const third = pocker(['ps', '--all'])
  if (third !== 0) return third

  const name = relative(process.cwd(), executable)
  const hints = [
    [`${name} exec -it ${NAME} sh`, 'a shell in the container that is running'],
    [`${name} run --rm -it host bash`, 'a new container, gone when you leave it'],
    [`${name} run --rm --explain host true`, 'what a container is made of, step by step'],
    ['docker -H unix:///run/pocker/pocker.sock ps', "the same with Docker's own client"],
    [`${name} help`, 'everything else; the helper leaves when nothing runs'],
  ] as const
  console.log(`\nTry next (as root):\n${hints.map(([command, meaning]) => `  ${command.padEnd(46)}${meaning}`).join('\n')}`)
  return 0
}

function pocker(args: readonly string[]): number {
  const result = spawnSync(executable, [...args], { stdio: 'inherit' })
  if (result.error !== undefined) throw result.error
  return result.status ?? 1
}

process.exitCode = await main(process.argv.slice(2))
