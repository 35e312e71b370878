import type { ImageContext } from './context.ts'
import { collectGarbage } from './garbage.ts'
import { makeLeases } from './leases.ts'

export type ImageContextParts = Omit<ImageContext, 'lease' | 'isLeased'>

/** The context with its leases. */
export function makeImageContext(parts: ImageContextParts): ImageContext {
  const leases = makeLeases((digests) => collectGarbage(context, digests))
  const context: ImageContext = { ...parts, lease: leases.open, isLeased: leases.has }
  return context
}
