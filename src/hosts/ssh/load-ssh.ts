/** What speaks SSH is half as large as all the rest of the extension: it is read when a host is first reached over it. */
export type { Remote, Step } from '../../../ssh/remote.ts'

type Ssh = typeof import('../../../ssh/remote.ts')

const load = async (): Promise<Ssh> => await import('../../../ssh/remote.ts')

/** The module, a file of its own in the package. */
export async function loadSsh(): Promise<Ssh> {
  return await load()
}
