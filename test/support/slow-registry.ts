/** A registry on another machine that stops in the middle of a layer until it is told to go on. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SshMachine } from './ssh-machine.ts'

export interface SlowRegistry {
  /** Within that machine. */
  readonly address: string
  /** A file that is there when half of a layer has gone out, and one that lets the rest go. */
  readonly half: string
  readonly go: string
}

const PROGRAM = `
import { createServer } from 'node:http'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
const [layer, manifest, port] = process.argv.slice(2)
const blob = (digest) => readFileSync('/mnt/layout/blobs/' + digest.replace(':', '/'))
const server = createServer(async (request, response) => {
  const [, , , kind, reference] = request.url.split('?')[0].split('/')
  if (kind === undefined || kind === '') return response.end('{}')
  const digest = kind === 'manifests' ? manifest : reference
  const bytes = blob(digest)
  response.writeHead(200, {
    'Content-Type': kind === 'manifests' ? 'application/vnd.oci.image.manifest.v1+json' : 'application/octet-stream',
    'Content-Length': bytes.length,
    'Docker-Content-Digest': digest,
  })
  if (request.method === 'HEAD') return response.end()
  if (digest !== layer || existsSync('/mnt/go')) return response.end(bytes)
  response.write(bytes.subarray(0, bytes.length / 2), () => writeFileSync('/mnt/half', ''))
  const waiting = setInterval(() => {
    if (!existsSync('/mnt/go')) return
    clearInterval(waiting)
    response.end(bytes.subarray(bytes.length / 2))
  }, 20)
})
server.listen(Number(port), '127.0.0.1', () => writeFileSync('/mnt/listening', ''))
`

/**
 * Serves the image of an OCI layout, which is the folder `layout` of the machine's files, under any name, until the machine's end. The machine must have a
 * helper already: its Node runs this.
 */
export function startSlowRegistry(machine: SshMachine, image: { readonly layer: string; readonly manifest: string }): SlowRegistry {
  const at = (name: string) => join(machine.folder, 'machine', name)
  writeFileSync(at('registry.mjs'), PROGRAM)
  const words = ['/bin/sh', '-c', 'exec /usr/local/lib/pocker/*/node /mnt/registry.mjs "$@"', 'sh', image.layer, image.manifest, '5000']
  // It ends with the machine.
  void machine.run(words, { timeout: 600_000 })
  return { address: '127.0.0.1:5000', half: at('half'), go: at('go') }
}
