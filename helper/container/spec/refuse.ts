import { PockerError } from '../../api/errors.ts'

/** The error for a request that says something wrong: `code` for programs, `message` for people. */
export function invalid(code: string, message: string, hint?: string): PockerError {
  return new PockerError('InvalidParameter', message, hint === undefined ? { code } : { code, hint })
}

/** The error for a request that asks for something Pocker does not do. */
export function notImplemented(code: string, message: string, hint?: string): PockerError {
  return new PockerError('NotImplemented', message, hint === undefined ? { code } : { code, hint })
}
