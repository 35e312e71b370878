import type { ImageContext } from './context.ts'
import { tellImage } from './image-events.ts'
import { importFolder } from './import-folder.ts'
import { parseTag } from './tag-image.ts'
import { takeTags } from './tags.ts'

/** Makes a folder of the user's known as an image by that name. Errors: `bad-image-folder`; those of `parseTag`. */
export function addFolder(context: ImageContext, folder: string, name: string): { Id: string } {
  const tag = parseTag(name)
  const imported = importFolder(folder, { dataRoot: context.dataRoot, now: context.now() })
  const known = context.records.get(imported.id)
  takeTags(context.records, { ...imported, tags: known?.tags ?? [] }, [tag])
  tellImage(context, { action: 'import', id: imported.id, name: imported.id })
  return { Id: imported.id }
}
