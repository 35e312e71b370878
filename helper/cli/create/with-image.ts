import { PockerError } from '../../api/errors.ts'
import type { CommandContext } from '../command.ts'
import { write } from '../io.ts'

export interface WantedImage {
  /** Undefined for a container that has a folder in its place. */
  readonly image: string | undefined
  readonly platform: string | undefined
}

/** No registry knows an image by that. */
const IS_ID = /^(sha256:)?[0-9a-f]{64}$/

/**
 * Does what needs an image; one that is not there is pulled, and then it is tried once more. `--pull` says when: `missing` if it is not given.
 * Errors: those of the call and of the pull.
 */
export async function withImage<T>(context: CommandContext, wanted: WantedImage, act: () => Promise<T>): Promise<T> {
  const policy = context.flags.text('pull') || 'missing'
  if (policy === 'always') await pull(context, wanted, 'asked')
  try {
    return await act()
  } catch (error) {
    if (policy !== 'missing' || wanted.image === undefined || IS_ID.test(wanted.image) || !isMissingImage(error)) throw error
    await pull(context, wanted, 'missing')
    return await act()
  }
}

/** Other engines do not tell what was not found: then it is taken for the image, as Docker's command line does. */
function isMissingImage(error: unknown): boolean {
  return error instanceof PockerError && error.kind === 'NotFound' && (error.code === 'no-such-image' || error.code.startsWith('http-'))
}

/** All of it goes to stderr: stdout is the container's. */
async function pull({ client, io, flags }: CommandContext, { image, platform }: WantedImage, why: 'asked' | 'missing'): Promise<void> {
  if (image === undefined) return
  // Only a run that pulls pays for loading this.
  const [{ readImageName }, { pullImage }] = await Promise.all([import('../image-name.ts'), import('../pull-image.ts')])
  const name = await readImageName(image)
  const quiet = flags.on('quiet')
  if (why === 'missing' && !quiet) {
    const suffix = name.digest !== undefined ? `@${name.digest}` : `:${name.tag ?? 'latest'}`
    await write(io.stderr, `Unable to find image '${name.familiar}${suffix}' locally\n`)
  }
  await pullImage({ client, io }, { name, platform, output: quiet ? undefined : io.stderr })
}
