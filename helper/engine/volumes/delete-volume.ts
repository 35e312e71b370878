import type { EngineContext } from '../context.ts'
import { ownerOfVolume } from './volume-files.ts'
import { tellVolume } from './volume-use.ts'

/** Precondition: nothing uses it. Another request may have taken it away meanwhile. */
export function deleteVolume(context: EngineContext, name: string): void {
  if (context.volumes.find(name) === undefined) return
  context.files.end(ownerOfVolume(name)).catch(context.report)
  context.mountedVolumes.unmount(name)
  context.volumes.delete(name)
  tellVolume(context, 'destroy', { name })
}
