import { PockerError } from '../../api/errors.ts'

/** The API's path of a container, or of something about it. Errors: `empty-name`. */
export function containerPath(name: string, part = ''): string {
  const bare = name.replace(/^\/+/, '')
  if (bare === '') throw new PockerError('InvalidParameter', 'container name cannot be empty', { code: 'empty-name' })
  return `/containers/${encodeURIComponent(bare)}${part === '' ? '' : `/${part}`}`
}

/** The API's path of a network, or of something about it. Errors: `empty-name`. */
export function networkPath(name: string, part = ''): string {
  if (name === '') throw new PockerError('InvalidParameter', 'network name cannot be empty', { code: 'empty-name' })
  return `/networks/${encodeURIComponent(name)}${part === '' ? '' : `/${part}`}`
}

/** The API's path of an image, or of something about it: its slashes stay, as Docker's client sends them. Errors: `empty-name`. */
export function imagePath(name: string, part = ''): string {
  if (name === '') throw new PockerError('InvalidParameter', 'image name cannot be empty', { code: 'empty-name' })
  const segments = name.split('/').map((segment) => encodeURIComponent(segment).replaceAll('%3A', ':').replaceAll('%40', '@'))
  return `/images/${segments.join('/')}${part === '' ? '' : `/${part}`}`
}

/** The API's path of a volume. Errors: `empty-name`. */
export function volumePath(name: string): string {
  if (name === '') throw new PockerError('InvalidParameter', 'volume name cannot be empty', { code: 'empty-name' })
  return `/volumes/${encodeURIComponent(name)}`
}
