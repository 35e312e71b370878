import { type RegistryAuth, registryAuthSchema } from '../api/registry-auth.ts'
import type { ApiRequest } from './route.ts'

/**
 * The credentials of a request's `X-Registry-Auth`, base64url of JSON; undefined for none. As in Docker, what cannot be read is none:
 * clients send all kinds of things there, and a registry that wants credentials says so itself. [moby: postImagesCreate, postImagesPush]
 */
export function registryAuth(request: ApiRequest): RegistryAuth | undefined {
  const header = request.header('x-registry-auth') ?? ''
  // Node.js reads both alphabets, with or without padding.
  const { success, data } = registryAuthSchema.safeParse(parse(Buffer.from(header, 'base64url').toString()))
  return success && Object.values(data).some((value) => value !== undefined && value !== '') ? data : undefined
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}
