/** Podman with stores of its own, to be the other program that reads and writes images. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeTemporaryFolder, removeFolder } from './folders.ts'
import { run, runChecked } from './run.ts'

export interface Podman extends AsyncDisposable {
  /** `podman WORDS`; its output. Errors: what it said. */
  run(...words: string[]): Promise<string>
}

/** Nothing runs between its commands. */
export function startPodman(): Podman {
  const folder = makeTemporaryFolder('podman')
  const [root, runRoot] = [join(folder.path, 'root'), join(folder.path, 'run')]
  const storage = join(folder.path, 'storage.conf')
  writeFileSync(storage, `[storage]\ndriver = "overlay"\ngraphroot = "${root}"\nrunroot = "${runRoot}"\n`)
  const registries = join(folder.path, 'registries.conf')
  writeFileSync(registries, '')
  const policy = join(folder.path, 'policy.json')
  writeFileSync(policy, '{"default":[{"type":"insecureAcceptAnything"}]}')
  const env = { PATH: process.env.PATH, HOME: folder.path, CONTAINERS_STORAGE_CONF: storage, CONTAINERS_REGISTRIES_CONF: registries }
  const places = ['--root', root, '--runroot', runRoot, '--tmpdir', join(folder.path, 'tmp')]
  const flags = [
    ...places,
    '--storage-driver',
    'overlay',
    '--cgroup-manager',
    'cgroupfs',
    '--events-backend',
    'none',
    '--log-level',
    'error',
  ]
  return {
    run: (...words) => {
      const [command = '', ...rest] = words
      const signature = command === 'pull' || command === 'load' ? [`--signature-policy=${policy}`] : []
      return runChecked('podman', [...flags, command, ...signature, ...rest], { env, timeout: 120_000 })
    },
    async [Symbol.asyncDispose]() {
      // Its overlay store is a mount on itself.
      await run('umount', [join(root, 'overlay')])
      await removeFolder(folder.path)
    },
  }
}
