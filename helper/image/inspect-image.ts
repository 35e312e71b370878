import type { ImageInspect } from '../api/image.ts'
import { imageReferences } from './image-references.ts'
import type { ImageRecord } from './records.ts'

/** Docker's `GET /images/{name}/json`. `size` in bytes. */
export function describeImage(record: ImageRecord, size: number): ImageInspect {
  const { content } = record
  return {
    Id: record.id,
    RepoTags: record.tags,
    RepoDigests: imageReferences(record)
      .filter(({ kind }) => kind === 'digest')
      .map(({ familiar }) => familiar),
    Parent: '',
    Comment: comment(record),
    ...created(record),
    DockerVersion: '',
    Author: content?.author ?? '',
    Config: record.config,
    Architecture: content?.architecture ?? hostArchitecture(),
    ...(content?.variant === undefined ? {} : { Variant: content.variant }),
    Os: content?.os ?? 'linux',
    Size: size,
    GraphDriver: { Name: 'overlay2', Data: content === undefined ? null : folders(record.layers) },
    RootFS: { Type: 'layers', Layers: content?.diffIds ?? [] },
    Metadata: {},
  }
}

/** Go's word for this machine's processor. */
export function hostArchitecture(): string {
  return process.arch === 'x64' ? 'amd64' : process.arch
}

function comment({ origin, content, layers }: ImageRecord): string {
  switch (origin) {
    case 'host':
      return "this machine's own /usr"
    case 'folder':
      return `imported from ${layers.join(', ')}`
    case 'layers':
      return content?.comment ?? ''
  }
}

/** As the image says it, to the nanosecond; an image may not say it. */
function created({ created: time, content }: ImageRecord): { Created?: string } {
  if (content === undefined) return { Created: new Date(time).toISOString() }
  return content.created === undefined ? {} : { Created: content.created }
}

function folders([upper = '', ...lower]: readonly string[]): Readonly<Record<string, string>> {
  return { UpperDir: upper, ...(lower.length === 0 ? {} : { LowerDir: lower.join(':') }) }
}
