import { z } from 'zod'

/** What `X-Registry-Auth` carries (base64url of JSON), and the body of `POST /auth`. */
export const registryAuthSchema = z.object({
  username: z.string().optional(),
  password: z.string().optional(),
  auth: z.string().optional(),
  email: z.string().optional(),
  serveraddress: z.string().optional(),
  identitytoken: z.string().optional(),
  registrytoken: z.string().optional(),
})

export type RegistryAuth = z.infer<typeof registryAuthSchema>
