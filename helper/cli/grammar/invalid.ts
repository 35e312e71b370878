import { PockerError } from '../../api/errors.ts'

/** An error of a grammar: the value given is none of its words. */
export function invalid(code: string, message: string): PockerError {
  return new PockerError('InvalidParameter', message, { code })
}
