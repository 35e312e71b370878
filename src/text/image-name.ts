import { plainText } from './plain-text.ts'

/** An image's name as people read it: of an ID the start, and `host` for `host:latest`, Pocker's own. */
export function imageName(image: string): string {
  const id = /^(?:sha256:)?([0-9a-f]{12})[0-9a-f]{52}$/.exec(image)?.[1]
  return plainText(id ?? (image === 'host:latest' ? 'host' : image), 150)
}
