/** Real images: Debian with packages, in an OCI layout that is made once a machine. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from './folders.ts'
import type { TestRegistry } from './registry.ts'
import { run, runChecked } from './run.ts'

const BUILD_DEADLINE = 400_000
const script = join(import.meta.dirname, 'debian-images.sh')

export type DebianImage = 'app' | 'nginx' | 'redis' | 'postgres' | 'base'

export interface DebianImages {
  /** The OCI layout; each image is a tag in it. */
  readonly layout: string
  /** What the layout says of it. */
  read(name: DebianImage): ReadImage
  /** `oci:LAYOUT:NAME`, a source for skopeo. */
  source(name: DebianImage): string
  /** Copies an image into a registry; its reference there, `127.0.0.1:PORT/NAME:latest`. */
  push(name: DebianImage, registry: TestRegistry, options?: PushOptions): Promise<string>
}

export interface ReadImage {
  readonly digest: string
  readonly manifest: {
    readonly config: { readonly digest: string; readonly size: number }
    readonly layers: readonly { readonly digest: string; readonly size: number }[]
  }
  readonly config: { readonly rootfs: { readonly diff_ids: readonly string[] }; readonly history: readonly unknown[] }
}

export interface PushOptions {
  /** `v2s2` makes a Docker image of it. */
  readonly format?: 'oci' | 'v2s2'
  readonly as?: string
}

/** Finds them in the cache or builds them, which takes about a minute and is told on stdout. Errors: what the script said. */
export async function debianImages(): Promise<DebianImages> {
  const version = createHash('sha256').update(readFileSync(script)).update(process.arch).digest('hex').slice(0, 16)
  const layout = join(cacheFolder(), `debian-images-${version}`)
  if (!existsSync(layout)) {
    mkdirSync(cacheFolder(), { recursive: true })
    console.log('building Debian images for the tests, once on this machine')
    const built = await run('bash', [script, layout], { timeout: BUILD_DEADLINE })
    process.stdout.write(built.stdout)
    if (built.code !== 0) throw new Error(`build Debian images: ${built.stderr.trim()}`)
    for (const name of readdirSync(cacheFolder()))
      if (name.startsWith('debian-images-') && !layout.endsWith(name)) rmSync(join(cacheFolder(), name), { recursive: true })
    const { count, bytes } = measureBlobs(layout)
    console.log(`  ${count} blobs, ${Math.round(bytes / 1e6)} MB`)
  }
  return {
    layout,
    read: (name) => readImage(layout, name),
    source: (name) => `oci:${layout}:${name}`,
    async push(name, registry, options = {}) {
      const reference = `${registry.address}/${options.as ?? name}:latest`
      const words = ['--quiet', '--format', options.format ?? 'oci', ...registry.skopeoFlags('dest')]
      await skopeo('copy', ...words, `oci:${layout}:${name}`, `docker://${reference}`)
      return reference
    },
  }
}

/** Runs skopeo, which takes any signature; its output. Errors: what it said. */
export async function skopeo(command: string, ...words: string[]): Promise<string> {
  return await runChecked('skopeo', ['--insecure-policy', command, ...words], { timeout: 120_000 })
}

function readImage(layout: string, name: DebianImage): ReadImage {
  const blob = (digest: string) => JSON.parse(readFileSync(join(layout, 'blobs/sha256', digest.slice('sha256:'.length)), 'utf8'))
  const index: { manifests: { digest: string; annotations: Record<string, string> }[] } = JSON.parse(
    readFileSync(join(layout, 'index.json'), 'utf8'),
  )
  const entry = index.manifests.find(({ annotations }) => annotations['org.opencontainers.image.ref.name'] === name)
  if (entry === undefined) throw new Error(`read ${layout}: no ${name}`)
  const manifest = blob(entry.digest)
  return { digest: entry.digest, manifest, config: blob(manifest.config.digest) }
}

function measureBlobs(layout: string): { count: number; bytes: number } {
  const folder = join(layout, 'blobs/sha256')
  const names = readdirSync(folder)
  return { count: names.length, bytes: names.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0) }
}
