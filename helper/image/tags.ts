/** Tags of images: each names one image at a time. */
import type { ImageRecord, ImageRecords } from './records.ts'

/**
 * Puts the record with these tags too, which the images that had them lose. Returns it as it was put.
 * The images that lose come first: after a crash in between a tag names nothing, never two images.
 */
export function takeTags(records: ImageRecords, record: ImageRecord, tags: readonly string[]): ImageRecord {
  const taken = new Set(tags)
  for (const other of taken.size === 0 ? [] : records.list()) {
    if (other.id !== record.id && other.tags.some((tag) => taken.has(tag))) {
      records.put({ ...other, tags: other.tags.filter((tag) => !taken.has(tag)) })
    }
  }
  const tagged = { ...record, tags: [...new Set([...record.tags, ...tags])] }
  records.put(tagged)
  return tagged
}
