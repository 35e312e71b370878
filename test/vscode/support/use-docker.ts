import { after } from 'node:test'
import { type Dockerd, startDockerd } from '../../../scripts/bench/dockerd.ts'
import { dockerCli } from '../../support/docker.ts'
import { makeRootfs, whyNoRootfs } from '../../support/rootfs.ts'
import { type UsedEditor, useEditor } from './use-editor.ts'

export interface UsedDocker extends UsedEditor {
  /** `docker WORDS` against it; what it printed, without the last line end. Errors: an exit code other than 0, with what it said. */
  docker(...words: string[]): Promise<string>
}

/** An editor whose only host is Docker's own daemon, with busybox as its image. `prepare` is called before the editor starts. */
export function useDocker(prepare?: (docker: UsedDocker['docker']) => Promise<void>): UsedDocker {
  let dockerd: Dockerd | undefined
  const docker = async (...words: string[]): Promise<string> => {
    const { code, stdout, stderr } = await dockerCli(dockerd?.socket ?? '', words, { timeout: 60_000 })
    if (code !== 0) throw new Error(`docker ${words.join(' ')}: exit code ${code}: ${stderr}`)
    return stdout.trimEnd()
  }
  const used = useEditor(async () => {
    await using rootfs = await makeRootfs()
    const started = await startDockerd(rootfs.path)
    if (typeof started === 'string') throw new Error(`start dockerd: ${started}`)
    dockerd = started
    await prepare?.(docker)
    return { env: { POCKER_HOST: `unix://${started.socket}` } }
  })
  // Registered behind the editor's own end: the editor goes first.
  after(async () => await dockerd?.[Symbol.asyncDispose]())
  return { skip: whyNoRootfs() ?? used.skip, inEditor: used.inEditor, docker }
}
