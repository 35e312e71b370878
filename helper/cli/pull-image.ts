import { registryAuth } from './credentials/registry-auth.ts'
import type { Client } from './http/client.ts'
import type { ImageName } from './image-name.ts'
import type { Io, OutputStream } from './io.ts'
import { showProgress } from './progress/show-progress.ts'

export interface PullOptions {
  readonly name: ImageName
  /** All tags of the repository. */
  readonly all?: boolean
  readonly platform: string | undefined
  /** Where the progress is shown, if at all. */
  readonly output: OutputStream | undefined
}

/** Has the engine pull an image with the user's credentials for its registry. Errors: those of the API and of the credentials, `work-failed`. */
export async function pullImage({ client, io }: { client: Client; io: Io }, options: PullOptions): Promise<void> {
  const { name, all = false, platform, output } = options
  const query = { fromImage: name.familiar, tag: all ? undefined : (name.digest ?? name.tag ?? 'latest'), platform }
  const headers = await registryAuth(io, name.domain)
  const { body } = await client.stream('POST', '/images/create', { query, headers })
  await showProgress(body, output)
}
