/** The other programs that pull images and unpack them: those that are installed. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { skopeo } from '../../test/support/debian-image.ts'
import { makeTemporaryFolder } from '../../test/support/folders.ts'
import { startHelper } from '../../test/support/helper.ts'
import { pullImage } from '../../test/support/image-transfer.ts'
import { startPodman } from '../../test/support/podman.ts'
import { runChecked } from '../../test/support/run.ts'
import { startDockerd } from './dockerd.ts'

/** A program with empty stores of its own; what it has written stays until it is disposed of. */
export interface FreshPuller extends AsyncDisposable {
  pull(reference: string): Promise<void>
}

export interface ImagePuller {
  readonly name: string
  /** Errors: it does not start here. */
  start(): Promise<FreshPuller>
}

/** Ours first. `rootfs` is for dockerd's first image. Says on stdout which are not here. */
export function findImagePullers(rootfs: string): readonly ImagePuller[] {
  const here: ImagePuller[] = [{ name: 'pocker: pull', start: startOurs }]
  if (existsSync('/usr/sbin/dockerd')) here.push({ name: 'dockerd: pull', start: () => startTheirs(rootfs) })
  else console.log('left out: dockerd is not installed')
  if (existsSync('/usr/bin/podman')) here.push({ name: 'podman pull (whole process)', start: async () => podmanPuller() })
  else console.log('left out: podman is not installed')
  here.push({ name: 'skopeo copy + umoci unpack (whole processes)', start: async () => umociPuller() })
  return here
}

async function startOurs(): Promise<FreshPuller> {
  const helper = await startHelper()
  return { pull: (reference) => pullByApi(helper.socket, reference), [Symbol.asyncDispose]: () => helper[Symbol.asyncDispose]() }
}

async function startTheirs(rootfs: string): Promise<FreshPuller> {
  const dockerd = await startDockerd(rootfs)
  if (typeof dockerd === 'string') throw new Error(dockerd)
  return { pull: (reference) => pullByApi(dockerd.socket, reference), [Symbol.asyncDispose]: () => dockerd[Symbol.asyncDispose]() }
}

async function pullByApi(socket: string, reference: string): Promise<void> {
  const { error } = await pullImage(socket, reference)
  if (error !== undefined) throw new Error(`pull ${reference}: ${error}`)
}

function podmanPuller(): FreshPuller {
  const podman = startPodman()
  return {
    pull: async (reference) => void (await podman.run('pull', '--quiet', '--tls-verify=false', reference)),
    [Symbol.asyncDispose]: () => podman[Symbol.asyncDispose](),
  }
}

function umociPuller(): FreshPuller {
  const folder = makeTemporaryFolder('umoci')
  const [layout, bundle] = [join(folder.path, 'layout'), join(folder.path, 'bundle')]
  return {
    async pull(reference) {
      await skopeo('copy', '--quiet', '--src-tls-verify=false', `docker://${reference}`, `oci:${layout}:app`)
      await runChecked('umoci', ['unpack', '--image', `${layout}:app`, bundle], { timeout: 120_000 })
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}
