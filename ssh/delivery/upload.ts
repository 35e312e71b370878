/** The program's files into a folder of the user's on the host, where root takes them from. */
import { once } from 'node:events'
import { type Duplex, PassThrough, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { PockerError } from '../../helper/api/errors.ts'
import type { SshConnection } from '../connection/ssh-connection.ts'
import { type Payload, sizeOf, tarOf } from './payload.ts'
import { answersIn, startScript, textOf } from './run-script.ts'

/**
 * A fresh folder with a name that nobody knows, in the first place that has room and can be written to: what is in the way there is never
 * followed or used. It goes again when the upload does not come to its end.
 */
const SCRIPT = `
new= full=
trap '[ -z "$new" ] || rm -rf -- "$new"' EXIT
trap 'exit 1' HUP INT TERM PIPE
for base in "\${XDG_CACHE_HOME:-\${HOME-}/.cache}" "\${HOME-}" "/run/user/$(id -u)" /var/tmp /tmp; do
  case $base in /*) ;; *) continue ;; esac
  if [ ! -d "$base" ]; then mkdir -p -- "$base" 2>/dev/null || continue; fi
  free=$(df -Pk -- "$base" 2>/dev/null | awk 'NR == 2 { print $4 }')
  case $free in '' | *[!0-9]*) continue ;; esac
  if [ "$free" -lt "$kilobytes" ]; then full=$base; continue; fi
  set +f
  find "$base" -maxdepth 1 -name 'pocker-upload.*' -user "$(id -u)" -mmin +60 -exec rm -rf -- {} + 2>/dev/null
  set -f
  if mkdir -m 700 -- "$base/pocker-upload.$random" 2>/dev/null; then new=$base/pocker-upload.$random; break; fi
done
if [ -z "$new" ]; then say "no room \${full:+in $full}"; exit 1; fi
if $unpack | tar -xf - -C "$new"; then
  say "at $new"
  new=
else
  say broken
fi
`

export interface Uploading {
  readonly payload: Payload
  /** Told of the bytes that have gone, of all. */
  readonly progress?: ((sent: number, all: number) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/** Milliseconds to open a channel: what is nearer has a network faster than any compression. */
const NEAR = 15

/**
 * Uploads; the folder's path. Fast compression: 130 MB become 52, and a slower one would be what one waits for. To what is near all goes as it is.
 * Errors: Unavailable `upload-no-room`, `upload-failed`; those of the connection.
 */
export async function upload(connection: SshConnection, { payload, progress, signal }: Uploading): Promise<string> {
  const all = sizeOf(payload)
  const isNear = connection.fastest < NEAR
  const words = { kilobytes: String(Math.ceil((all * 1.1) / 1024)), random: crypto.randomUUID(), unpack: isNear ? 'cat' : 'gzip -dc' }
  const { exec, nonce } = await startScript(connection, { text: SCRIPT, words })
  const answer = textOf(exec.stream)
  const complaints = textOf(exec.stderr)
  let sent = 0
  const counted = async function* () {
    for await (const piece of tarOf(payload)) {
      sent += piece.length
      progress?.(Math.min(sent, all), all)
      yield piece
    }
  }
  // A script that has ended takes no more, and its answer says why: the stream must not be destroyed for it.
  const send = async (source: AsyncIterable<Buffer>) => {
    for await (const piece of source) {
      if (!exec.stream.writable) return
      if (!exec.stream.write(piece)) await untilTakesMore(exec.stream)
    }
    exec.stream.end()
  }
  const compress = isNear ? new PassThrough() : createGzip({ level: 1, chunkSize: 1 << 18 })
  const sending = pipeline(Readable.from(counted()), compress, send, signal === undefined ? {} : { signal }).catch(
    (error: unknown) => error,
  )
  const [failure, stdout, stderr] = await Promise.all([sending, answer.catch(() => ''), complaints.catch(() => '')])
  const said = answersIn(stdout, nonce).at(-1) ?? ''
  if (failure === undefined && said.startsWith('at /')) return said.slice('at '.length)
  if (!connection.isOpen) throw await connection.closed
  if (said.startsWith('no room'))
    throw new PockerError('Unavailable', `copy the program there: no folder has room for ${Math.ceil(all / 1e6)} MB`, {
      code: 'upload-no-room',
    })
  throw new PockerError('Unavailable', `copy the program there: ${stderr.trim().split('\n').at(-1) || 'it broke off'}`, {
    code: signal?.aborted === true ? 'cancelled' : 'upload-failed',
    cause: failure,
  })
}

/** Resolves when it takes more, or will take none any more. */
async function untilTakesMore(stream: Duplex): Promise<void> {
  const settled = new AbortController()
  const { signal } = settled
  try {
    await Promise.race(['drain', 'close', 'end'].map((event) => once(stream, event, { signal })))
  } finally {
    // Each piece would leave its listeners behind otherwise.
    settled.abort()
  }
}
